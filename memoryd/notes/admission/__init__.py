"""Admission: the rules that a new note must pass (`rules`), and the texts that no agent should read (`hazards`, `orders`)."""

from memoryd.notes.admission.hazards import visible
from memoryd.notes.admission.rules import admit, objections

__all__ = ["admit", "objections", "visible"]
