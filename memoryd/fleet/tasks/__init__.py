"""Tasks: one repository at its head → its part of a fleet's tables.

source     where git reads a repository, and the commit that it is at
manifests  which packages it provides and requires
summary    the short text that stands for it
contents   the rows of a part
task       all of it, in whichever process
"""

from memoryd.fleet.tasks.source import head_commit
from memoryd.fleet.tasks.task import Done, Task, run, work_folder

__all__ = ["Done", "Task", "head_commit", "run", "work_folder"]
