"""Serving: questions about many repositories, answered from a fleet's tables and from files of this machine.

views    the views of repositories, mapped
routing  which repositories a question is asked of
answers  hits and packs, with repository and commit
node     search, pack and show
"""

from memoryd.fleet.serving.answers import FleetHit, FleetPack, Located, PackedRepository
from memoryd.fleet.serving.node import Asker, Node, Scope

__all__ = ["Asker", "FleetHit", "FleetPack", "Located", "Node", "PackedRepository", "Scope"]
