"""A fleet: many repositories in one set of Lance tables, indexed by tasks on one machine or many, searched by LanceDB's own indexes.

listed    the list of repositories
tables    the tables, and what a part is
parts     where tasks leave their parts
tasks     one repository → its part
engines   what runs tasks: processes of this machine, or Ray
coverage  what is in a fleet, what is not, and why
indexing  all of it: a list → the tables
report    what a fleet holds
pushes    what git hosts tell of pushes
serving   search, pack and show
"""

from memoryd.fleet.coverage import Covered, State
from memoryd.fleet.engines import ENGINES, Resources
from memoryd.fleet.indexing import Fleet, FleetReport, index, moved
from memoryd.fleet.listed import Listed, Visibility, read_list, read_list_in
from memoryd.fleet.pushes import Push, is_signed, read_push
from memoryd.fleet.report import FleetStatus, Held, status_of
from memoryd.fleet.serving import Asker, FleetHit, FleetImpact, FleetPack, Located, Node, PackedRepository, Scope
from memoryd.fleet.tables import COVERAGE, REPOSITORIES, ROWS, tidy

__all__ = [
    "COVERAGE", "ENGINES", "REPOSITORIES", "ROWS", "Asker", "Covered", "Fleet", "FleetHit", "FleetImpact", "FleetPack", "FleetReport",
    "FleetStatus", "Held", "Listed", "Located", "Node", "PackedRepository", "Push", "Resources", "Scope", "State", "Visibility", "index",
    "is_signed", "moved", "read_list", "read_list_in", "read_push", "status_of", "tidy",
]  # fmt: skip
