"""Extracts the facts of source files from their parse trees."""

from indexers.extraction.facts import extract

__all__ = ["extract"]
