"""Links references by name alone, where no rule resolves them: likely, never proven.

library     the names that calls mostly mean in a library
candidates  the definitions that a reference may mean, and what speaks for each
odds        how likely each candidate is
links       links to the candidates that are likely enough
"""

from memoryd.graph.linking.guessing.candidates import FEATURES, LEARNT, NOTHINGS, CandidateFeatures, Candidates, Comparing, OpenReferences
from memoryd.graph.linking.guessing.library import LIBRARY_MEMBERS
from memoryd.graph.linking.guessing.links import guess

__all__ = ["FEATURES", "LEARNT", "LIBRARY_MEMBERS", "NOTHINGS", "CandidateFeatures", "Candidates", "Comparing", "OpenReferences", "guess"]
