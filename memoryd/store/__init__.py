"""The facts of projects in LanceDB. The only package that knows it.

schema     the columns, and how rows become them and come back
folder     which table of a folder is current
table      Store: read, commit, tidy
writing    a new table from batches
failures   what LanceDB raises, translated
"""

from memoryd.store.failures import Unreadable
from memoryd.store.folder import FORMAT, Meta, next_table, read_meta
from memoryd.store.schema import COLUMNS, FileRecord, LinkColumns, table_schema, to_batch
from memoryd.store.table import BATCH_ROWS, Store

__all__ = [
    "BATCH_ROWS",
    "COLUMNS",
    "FORMAT",
    "FileRecord",
    "LinkColumns",
    "Meta",
    "Store",
    "Unreadable",
    "next_table",
    "read_meta",
    "table_schema",
    "to_batch",
]
