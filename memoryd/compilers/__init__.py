"""Compilers: what their indexers say of a project's uses of definitions, taken from a SCIP index, or had by running an indexer.

importing  the uses that an index tells of, in files that have the bytes that were indexed
programs   the indexers that are installed, run on a copy of the project's files
"""

from memoryd.compilers.importing import Imported, read_file, uses_of
from memoryd.compilers.programs import Program, chosen, run

__all__ = ["Imported", "Program", "chosen", "read_file", "run", "uses_of"]
