"""Work that is done once for many.

worktrees  further work trees of a repository, and branches seen before
remote     a clone with a remote that somebody filled
fleet      many repositories, indexed and asked as one
"""

from scripts.bench.shared import fleet, remote, worktrees

__all__ = ["fleet", "remote", "worktrees"]
