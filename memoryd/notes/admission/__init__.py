"""Admission: what may be written down (`rules`), and what no agent should read (`hazards`)."""

from memoryd.notes.admission.hazards import visible
from memoryd.notes.admission.rules import admit, objections

__all__ = ["admit", "objections", "visible"]
