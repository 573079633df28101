"""Thin faces of the same core: they parse a request, ask, and print."""
