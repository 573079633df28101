"""What the processes of `tests.warm` find done when they begin: all that commands import late, and some languages and rules compiled.

LanceDB starts a thread when it is imported, and starts it anew after a fork. It is idle while processes are forked: nothing here
opens a table.
"""

import warnings
from importlib import import_module

from indexers import index_source
from memoryd.config import set_unless_given
from memoryd.runtime import lighten_lancedb
from memoryd.secrets import masked

COMPILED = ("bash", "c", "go", "python", "typescript")
"""The languages of the projects that most commands are tried on."""

# As the command line and the store do it before they import LanceDB.
lighten_lancedb()
set_unless_given("LANCEDB_LOG", "error")
warnings.filterwarnings("ignore", message="lancedb fork support")
for name in ("lancedb", "lancedb.index", "memoryd.memory", "memoryd.notes", "pytest", "tests.warm"):
    import_module(name)
for language in COMPILED:
    index_source(language, b"")
masked(b"")
