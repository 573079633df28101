"""Serving: questions about many repositories, answered from a fleet's tables and from files of this machine.

views    the views of repositories, mapped
routing  which repositories a question is asked of
vocabulary  which repositories hold a word
answers  hits and packs, with repository and commit
local_copy  a copy of tables that lie in object storage
dependents  what depends on a repository in others
node     search, pack, show and impact
"""

from memoryd.fleet.serving.answers import FleetHit, FleetPack, Located, PackedRepository
from memoryd.fleet.serving.dependents import FleetImpact
from memoryd.fleet.serving.node import Asker, Node, Scope

__all__ = ["Asker", "FleetHit", "FleetImpact", "FleetPack", "Located", "Node", "PackedRepository", "Scope"]
