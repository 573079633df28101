"""Reads files of YAML whose keys say what they define: workflows, services, operations of an API."""

from indexers.keyed.facts import index_keyed

__all__ = ["index_keyed"]
