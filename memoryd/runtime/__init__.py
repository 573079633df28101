"""What memoryd asks of Python and of the system: which systems, which imports when, when garbage is collected.

system         the systems that memoryd runs on
light_imports  imports that come late, or not at all
gc_pause       pauses of the garbage collector
lifeline       processes that end with the one they work for
"""

from memoryd.runtime.gc_pause import gc_paused
from memoryd.runtime.lifeline import end_with
from memoryd.runtime.light_imports import import_fastapi, late, lighten_lancedb
from memoryd.runtime.system import check_system

__all__ = ["check_system", "end_with", "gc_paused", "import_fastapi", "late", "lighten_lancedb"]
