"""Stores the facts of projects in LanceDB. The only package that imports it.

schema     the columns of the table, and their conversion from and to rows
folder     the folder of an index, and which of its tables is current
seal       the checksums of a table's files
published  a table at the version that the pointer names, and the next one
adoption   the table of another index as the beginning of a new one
tidying    merge what changes scattered, remove what no version needs
table      Store: read, commit and compact a table
writing    a new table from batches
collection several tables at one address, with LanceDB's own searches
failures   LanceDB's errors, translated
"""

from memoryd.store.adoption import Adopted, adopting
from memoryd.store.collection import Tables, Wanted, one_of
from memoryd.store.failures import RowsRefused, Unreadable
from memoryd.store.folder import FORMAT, POINTER, Meta, new_meta, read_meta
from memoryd.store.published import verify
from memoryd.store.schema import COLUMNS, FileRecord, LinkColumns, table_schema, to_batch, vectors_of
from memoryd.store.table import BATCH_ROWS, Rows, Store

__all__ = [
    "BATCH_ROWS",
    "COLUMNS",
    "FORMAT",
    "POINTER",
    "Adopted",
    "FileRecord",
    "LinkColumns",
    "Meta",
    "Rows",
    "RowsRefused",
    "Store",
    "Tables",
    "Unreadable",
    "Wanted",
    "adopting",
    "new_meta",
    "one_of",
    "read_meta",
    "table_schema",
    "to_batch",
    "vectors_of",
    "verify",
]
