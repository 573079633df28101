"""Audit: finds the lines of a project's documents that name something gone (`findings`), with evidence from git (`past`)."""

from memoryd.notes.audit.findings import Finding, audit, documents

__all__ = ["Finding", "audit", "documents"]
