"""The steps: what is done to the project, its index and its daemon, how often, and what kind of thing that is."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from scripts.bench.torture import crowds, damage, edits, foreign, kills, requests
from scripts.bench.torture.arena import Arena


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. `weight` says how often it comes beside the others."""

    kind: str
    weight: int
    work: Callable[[Arena, random.Random], None]

    @property
    def name(self) -> str:
        """The name under which the step is counted."""
        return self.work.__name__.replace("_", " ")


WORK, KILL, DAMAGE, DISK, CROWD, FOREIGN, REQUEST = "work", "kill", "damage", "full disk", "crowd", "hostile content", "bad request"
FAULTS = (KILL, DAMAGE, DISK)
STEPS = (
    Step(WORK, 8, edits.edit),
    Step(WORK, 2, edits.git_branch),
    Step(WORK, 1, edits.git_reset),
    Step(WORK, 3, edits.note_over_http),
    Step(WORK, 1, edits.note_on_command_line),
    Step(KILL, 4, kills.kill_reindex),
    Step(KILL, 1, kills.kill_first_index),
    Step(KILL, 2, kills.kill_parser),
    Step(KILL, 1, kills.kill_note),
    Step(KILL, 1, kills.kill_export),
    Step(KILL, 1, kills.kill_import),
    Step(KILL, 2, kills.kill_daemon),
    Step(DAMAGE, 3, damage.flip_bit),
    Step(DAMAGE, 2, damage.overwrite),
    Step(DAMAGE, 2, damage.truncate),
    Step(DAMAGE, 2, damage.remove),
    Step(DAMAGE, 2, damage.older_file),
    Step(DAMAGE, 1, damage.older_index),
    Step(DAMAGE, 1, damage.foreign_file),
    Step(DISK, 2, damage.full_disk),
    Step(DISK, 1, damage.small_files),
    Step(CROWD, 2, crowds.many_processes),
    Step(CROWD, 2, crowds.many_clients),
    Step(CROWD, 1, crowds.half_open),
    Step(FOREIGN, 3, foreign.hostile_files),
    Step(FOREIGN, 1, foreign.hostile_tree),
    Step(FOREIGN, 2, foreign.hostile_notes),
    Step(FOREIGN, 1, foreign.hostile_archive),
    Step(FOREIGN, 2, foreign.clean_up),
    Step(REQUEST, 2, requests.malformed_http),
    Step(REQUEST, 1, requests.malformed_bytes),
    Step(REQUEST, 2, requests.malformed_mcp),
    Step(REQUEST, 1, requests.malformed_stdio),
)


def drawn(chance: random.Random) -> Step:
    """Return a step by chance."""
    return chance.choices(STEPS, [step.weight for step in STEPS])[0]
