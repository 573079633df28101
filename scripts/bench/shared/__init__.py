"""Work that is done once for many.

worktrees  further work trees of a repository, and branches seen before
branches   forty branches walked at random, and a bisect, against fresh indexes
held       what one daemon holds of several work trees, in memory and on disk
remote     a clone with a remote that somebody filled
repository  makes a repository with branches of a tree
fleet      many repositories, indexed and asked as one
filled     a fleet of copies under other names, as large as an organisation's
served     a node that serves a fleet, as a process of its own
"""

from scripts.bench.shared import branches, fleet, held, remote, worktrees

__all__ = ["branches", "fleet", "held", "remote", "worktrees"]
