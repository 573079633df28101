"""Audit: which lines of a project's prose name what is gone (`findings`), and what git says was there (`past`)."""

from memoryd.notes.audit.findings import Finding, audit, documents

__all__ = ["Finding", "audit", "documents"]
