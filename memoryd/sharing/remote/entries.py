"""Entries: the rows of one file as bytes that only who holds the same file can find and read.

An entry's name and the key that it is encrypted with both follow from the file's bytes and path, and from what else decides its rows.
So who lists a remote learns how many files somebody had and how large they are, and nothing of a file that they do not have.
"""

import hashlib
from typing import NamedTuple

import pyarrow as pa

from memoryd.model import Fingerprint
from memoryd.store import FORMAT as INDEX_FORMAT

FORMAT = "memoryd entry 1"
ID_BYTES, SECRET_BYTES, NONCE_BYTES, SIZE_BYTES = 16, 32, 12, 4
MOST_BYTES = 128 * 2**20
"""Of the rows of one file; a file of source has at most a few megabytes."""


class Key(NamedTuple):
    """What an entry is found by, and what it is encrypted with."""

    id: bytes
    secret: bytes


class Maker(NamedTuple):
    """What made the vectors of rows: entries of other embedders are others."""

    embedder: str
    dimensions: int


def key_of(maker: Maker, path: str, fingerprint: Fingerprint) -> Key:
    """Return the key of the entry of a file."""
    parts = (FORMAT, str(INDEX_FORMAT), maker.embedder, str(maker.dimensions), path, fingerprint.digest, fingerprint.language_revision)
    found = hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=ID_BYTES + SECRET_BYTES).digest()
    return Key(found[:ID_BYTES], found[ID_BYTES:])


def written(key: Key, rows: pa.RecordBatch) -> bytes:
    """Return the entry of a file: the same bytes for the same rows."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    plain = rows.serialize()
    packed = len(plain).to_bytes(SIZE_BYTES, "little") + pa.compress(plain, codec="zstd", asbytes=True)
    nonce = hashlib.blake2b(packed, key=key.secret, digest_size=NONCE_BYTES).digest()
    return nonce + AESGCM(key.secret).encrypt(nonce, packed, key.id)


def rows_of(key: Key, entry: bytes | memoryview, schema: pa.Schema) -> pa.RecordBatch:
    """Return the rows of an entry; raise `ValueError` if they are not what was written with this key.

    Whoever wrote it may have written anything: the rows can be joined with others, and must be validated in full before they are read.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        packed = AESGCM(key.secret).decrypt(entry[:NONCE_BYTES], entry[NONCE_BYTES:], key.id)
        size = int.from_bytes(packed[:SIZE_BYTES], "little")
        if size > MOST_BYTES:
            raise ValueError("it unpacks to more than it should")
        plain = pa.decompress(pa.py_buffer(packed)[SIZE_BYTES:], decompressed_size=size, codec="zstd")
        rows = pa.ipc.read_record_batch(plain, schema)
        rows.validate()
    except (InvalidTag, OSError, pa.ArrowException) as error:
        raise ValueError("it is damaged") from error
    return rows
