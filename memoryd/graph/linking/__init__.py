"""Links the references of files to the definitions they mean, each link with its tier.

tiers      how links are known
lookup     binary search in sorted columns of integers
places     the place of each symbol: in a file, a type or a function
manifests  where packages, configured paths and crates are
modules    the file or folder that the module of an import names
imports    the names that imports bind
tables     the lookups of one set of files, by name and place
hierarchy  the bases of types, and the members they inherit
announcing  from prototypes to functions
guessing   links by name alone, of references that no rule resolves
bindings   what names hold
registrations  what is registered with frameworks, and the fixtures that tests ask for
typing     what receivers are, by what names hold
linker     links from references
edges      edges from links
"""

from memoryd.graph.linking.announcing import ANNOUNCED, Announcing
from memoryd.graph.linking.bindings import RETURNS, binding_codes, binding_rows, no_use_codes
from memoryd.graph.linking.edges import EdgeColumns, edges_of, import_links, joined_links, merged_links, ranks
from memoryd.graph.linking.guessing import FEATURES, LEARNT, LIBRARY_MEMBERS, NOTHINGS, CandidateFeatures, Candidates, OpenReferences
from memoryd.graph.linking.hierarchy import Bases, bases_of
from memoryd.graph.linking.imports import ImportColumns
from memoryd.graph.linking.linker import Linker, tells_a_type
from memoryd.graph.linking.lookup import DEPTH, EXTERNAL, NONE, Lookup
from memoryd.graph.linking.registrations import fixtures_at, is_fixture, placed_route, registration_codes
from memoryd.graph.linking.tables import Tables, build, known_modules, rebound, rebuild, restored
from memoryd.graph.linking.tiers import Links, Tier, Weights, probability_of

__all__ = [
    "ANNOUNCED",
    "DEPTH",
    "EXTERNAL",
    "FEATURES",
    "LEARNT",
    "LIBRARY_MEMBERS",
    "NONE",
    "NOTHINGS",
    "RETURNS",
    "Announcing",
    "Bases",
    "CandidateFeatures",
    "Candidates",
    "EdgeColumns",
    "ImportColumns",
    "Linker",
    "Links",
    "Lookup",
    "OpenReferences",
    "Tables",
    "Tier",
    "Weights",
    "bases_of",
    "binding_codes",
    "binding_rows",
    "build",
    "edges_of",
    "fixtures_at",
    "import_links",
    "is_fixture",
    "joined_links",
    "known_modules",
    "merged_links",
    "no_use_codes",
    "placed_route",
    "probability_of",
    "ranks",
    "rebound",
    "rebuild",
    "registration_codes",
    "restored",
    "tells_a_type",
]
