"""Inventories: which entry lies where in which bundle of a remote, with a checksum of each and, where keys are used, a signature.

A bundle is entries one after the other, so that a tree of thousands of files takes a few requests. Bundles and inventories are named after
their bytes and never change. Many small ones are put together again by who pushes.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import orjson

from memoryd.sharing.remote.signatures import SIGNATURE_BYTES, is_signed, public_of, signature_of

FORMAT = "memoryd inventory 1"
RECORD = np.dtype(
    [("prefix", ">u8"), ("rest", ">u8"), ("bundle", "<u4"), ("offset", "<u4"), ("length", "<u4"), ("check", ">u8"), ("check_rest", ">u8")]
)
"""Where one entry lies: its id in two halves, the number of its bundle, its place there, and the digest of its bytes in two halves."""
HALF = 8
MOST_BYTES = 512 * 2**20
MOST_HEAD = 16 * 2**20
NAME_BYTES = 16
Data = bytes | bytearray | memoryview


class Place(NamedTuple):
    """Where an entry lies, and the digest of its bytes."""

    bundle: str
    offset: int
    length: int
    check: bytes

    @property
    def end(self) -> int:
        """The offset of the first byte behind it."""
        return self.offset + self.length


@dataclass(frozen=True)
class Inventory:
    """Entries and where they lie. `records` are in the order of ids."""

    bundles: tuple[str, ...]
    records: np.ndarray

    def __len__(self) -> int:
        return len(self.records)

    @cached_property
    def _prefixes(self) -> np.ndarray:
        return self.records["prefix"].astype(np.uint64)

    def places(self, ids: Sequence[bytes]) -> dict[bytes, Place]:
        """Return the places of those of some entries that are here."""
        halves = np.frombuffer(b"".join(ids), ">u8").reshape(-1, 2)
        firsts = np.searchsorted(self._prefixes, halves[:, 0].astype(np.uint64))
        found = {}
        for id_, first in zip(ids, firsts.tolist(), strict=True):
            if (number := self._matching(id_, first)) is not None:
                found[id_] = self._place(number)
        return found

    def _matching(self, id_: bytes, first: int) -> int | None:
        """Return the number of the record of an entry, given that of the first whose id may begin like it."""
        prefix, rest = int.from_bytes(id_[:HALF]), int.from_bytes(id_[HALF:])
        for number in range(first, len(self.records)):
            record = self.records[number]
            if record["prefix"] != prefix:
                return None
            if record["rest"] == rest:
                return number
        return None

    def _place(self, number: int) -> Place:
        _, _, bundle, offset, length, check, check_rest = self.records[number].item()
        return Place(self.bundles[bundle], offset, length, check.to_bytes(HALF) + check_rest.to_bytes(HALF))

    def used(self) -> Mapping[str, int]:
        """Return how many bytes of each bundle are entries."""
        sizes = np.bincount(self.records["bundle"], self.records["length"], minlength=len(self.bundles))
        return dict(zip(self.bundles, sizes.astype(int).tolist(), strict=True))


def check_of(data: Data) -> bytes:
    """Return the digest that entries, bundles and inventories are known by."""
    return hashlib.blake2b(data, digest_size=NAME_BYTES).digest()


def name_of(data: Data) -> str:
    """Return the name of a bundle or an inventory."""
    return check_of(data).hex()


def inventory_of(entries: Mapping[bytes, Place]) -> Inventory:
    """Return the inventory of entries by their ids."""
    bundles = tuple(sorted({place.bundle for place in entries.values()}))
    numbers = {bundle: number for number, bundle in enumerate(bundles)}
    rows = [
        (*_halves(id_), numbers[place.bundle], place.offset, place.length, *_halves(place.check)) for id_, place in sorted(entries.items())
    ]
    return Inventory(bundles, np.array(rows, RECORD))


def merged(inventories: Iterable[Inventory]) -> Inventory:
    """Return one inventory of all entries of several; of an entry that several have, the first's."""
    bundles: dict[str, int] = {}
    parts = [np.empty(0, RECORD)]
    for inventory in inventories:
        records = inventory.records.copy()
        numbers = np.array([bundles.setdefault(name, len(bundles)) for name in inventory.bundles], np.uint32)
        records["bundle"] = numbers[inventory.records["bundle"]] if len(records) else 0
        parts.append(records)
    joined = np.concatenate(parts).astype(RECORD)  # concatenated they have the byte order of this machine
    ordered = joined[np.lexsort((np.arange(len(joined)), joined["rest"], joined["prefix"]))]
    is_first = np.ones(len(ordered), bool)
    is_first[1:] = (ordered["prefix"][1:] != ordered["prefix"][:-1]) | (ordered["rest"][1:] != ordered["rest"][:-1])
    chosen = ordered[is_first]
    used, places = np.unique(chosen["bundle"], return_inverse=True)
    chosen["bundle"] = places
    return Inventory(tuple(np.array(list(bundles), object)[used].tolist()), chosen)


def written(inventory: Inventory, private_key: str) -> bytes:
    """Return an inventory as bytes, signed if there is a key."""
    signer = public_of(private_key) if private_key else ""
    head = {"format": FORMAT, "entries": len(inventory), "bundles": inventory.bundles, "signer": signer}
    data = orjson.dumps(head) + b"\n" + inventory.records.tobytes()
    return data + signature_of(private_key, data) if private_key else data


def read(data: bytes, trusted: Sequence[str]) -> Inventory:
    """Return an inventory from its bytes. With `trusted` keys, one of them must have signed it. Raises `ValueError`, which says why."""
    end = data.find(b"\n", 0, MOST_HEAD)
    head = orjson.loads(data[: max(end, 0)])
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise ValueError("it is not of this version of memoryd")
    entries, bundles, signer = head.get("entries"), head.get("bundles"), head.get("signer")
    is_named = isinstance(bundles, list) and all(isinstance(name, str) and _is_name(name) for name in bundles)
    if not (is_named and isinstance(bundles, list) and isinstance(signer, str) and type(entries) is int and entries >= 0):
        raise ValueError("its head is damaged")
    body = len(data) - (end + 1) - (SIGNATURE_BYTES if signer else 0)
    if body != entries * RECORD.itemsize:
        raise ValueError("it is cut short")
    signed = data[: end + 1 + body]
    if trusted and not (signer in trusted and is_signed(signer, signed, data[len(signed) :])):
        raise ValueError("nobody whose key is trusted has signed it")
    records = np.frombuffer(data, RECORD, entries, end + 1)
    if entries and records["bundle"].max() >= len(bundles):
        raise ValueError("it names bundles that it does not list")
    prefixes = records["prefix"].astype(np.uint64)
    if (prefixes[1:] < prefixes[:-1]).any():
        raise ValueError("its entries are out of order")
    return Inventory(tuple(bundles), records)


def _is_name(name: str) -> bool:
    return len(name) == 2 * NAME_BYTES and all(character in "0123456789abcdef" for character in name)


def _halves(digest: bytes) -> tuple[int, int]:
    return int.from_bytes(digest[:HALF]), int.from_bytes(digest[HALF:])
