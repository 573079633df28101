"""Tasks: one repository at its head → its part of a fleet's tables.

checkout   the files of a repository at a commit
manifests  which packages it provides and requires
summary    the short text that stands for it
contents   the rows of a part
task       all of it, in whichever process
"""

from memoryd.fleet.tasks.checkout import Unreachable, head_commit
from memoryd.fleet.tasks.task import Done, Task, run, work_folder

__all__ = ["Done", "Task", "Unreachable", "head_commit", "run", "work_folder"]
