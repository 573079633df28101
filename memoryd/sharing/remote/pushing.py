"""Puts entries to a remote: those that it lacks, in bundles, and then an inventory, so that a reader sees whole ones or none.

Whoever pushes also puts small inventories and bundles together. What they replace is removed last, so that no entry is ever lost.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from memoryd.runtime import late
from memoryd.sharing.remote import inventories
from memoryd.sharing.remote.asking import BUNDLES, INVENTORIES, Source, inventory_of
from memoryd.sharing.remote.inventories import Inventory, Place, check_of, merged, name_of
from memoryd.sharing.remote.inventories import inventory_of as inventory_of_places
from memoryd.sharing.remote.objects import Failure, Missing

if TYPE_CHECKING:
    import asyncio
else:
    asyncio = late("asyncio")  # which no question needs that asks no remote

BUNDLE_BYTES = 8 * 2**20
"""The bytes after which a bundle is full."""
SMALL = 2**20
MOST_SMALL = 16
"""The most inventories, and the most bundles below `SMALL` bytes, that are left apart."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a remote has: the names of its inventories, and all that they and the bundles hold."""

    names: tuple[str, ...]
    inventory: Inventory


def held(source: Source) -> Held:
    """Return what a remote has. Raises `Failure`."""
    return asyncio.run(_held(source))


async def _held(source: Source) -> Held:
    names = await source.objects.names(INVENTORIES)
    inventory, wrong = await inventory_of(source, lambda _: None)
    bundles = set(await source.objects.names(BUNDLES))
    there = [name in bundles for name in inventory.bundles]
    if not all(there):  # removed by hand, or by a rule of the bucket
        is_there = [there[number] for number in inventory.records["bundle"].tolist()]
        inventory = Inventory(inventory.bundles, inventory.records[is_there])
    return Held(tuple(name for name in names if name not in wrong), inventory)


def put(source: Source, entries: Iterable[tuple[bytes, bytes]], private_key: str) -> int:
    """Put entries, each an id and its bytes, and then their inventory; return the number of bytes. Raises `Failure`."""

    async def all_of_it() -> int:
        places: dict[bytes, Place] = {}
        for some in _filled(entries):
            await _put_bundle(source, some, places)
        if places:
            await _put_inventory(source, inventory_of_places(places), private_key)
        return sum(place.length for place in places.values())

    return asyncio.run(all_of_it())


def tidy(source: Source, private_key: str) -> bool:
    """Put small inventories and bundles together where there are many; tell whether that was done. Raises `Failure`."""
    return asyncio.run(_tidy(source, private_key))


async def _tidy(source: Source, private_key: str) -> bool:
    found = await _held(source)
    small = [name for name, size in found.inventory.used().items() if 0 < size < SMALL]
    if max(len(found.names), len(small)) <= MOST_SMALL:
        return False
    places: dict[bytes, Place] = {}
    if len(small) > MOST_SMALL:
        try:
            entries = [one for name in sorted(small) for one in await _entries_of(source, found.inventory, name)]
        except Missing:  # somebody else puts them together right now
            return False
        for some in _filled(entries):
            await _put_bundle(source, some, places)
    together = merged([inventory_of_places(places), found.inventory])
    name = await _put_inventory(source, together, private_key)
    for folder, gone in ((INVENTORIES, set(found.names) - {name}), (BUNDLES, set(small) - set(together.bundles) if places else ())):
        for one in sorted(gone):
            with suppress(Failure):  # whoever may not remove leaves it
                await source.objects.remove(f"{folder}/{one}")
    return True


async def _entries_of(source: Source, inventory: Inventory, bundle: str) -> list[tuple[bytes, bytes]]:
    """Return the entries of a bundle that are what its inventory says."""
    records = inventory.records[inventory.records["bundle"] == inventory.bundles.index(bundle)]
    ids = [
        int(first).to_bytes(inventories.HALF) + int(rest).to_bytes(inventories.HALF)
        for first, rest in zip(records["prefix"], records["rest"], strict=True)
    ]
    places = inventory.places(ids)
    data = await source.objects.read(f"{BUNDLES}/{bundle}", 0, max(place.end for place in places.values()), lambda _: None)
    found = [(id_, place, bytes(data[place.offset : place.end])) for id_, place in places.items()]
    return [(id_, entry) for id_, place, entry in found if check_of(entry) == place.check]


async def _put_bundle(source: Source, entries: Sequence[tuple[bytes, bytes]], places: dict[bytes, Place]) -> None:
    data = b"".join(entry for _, entry in entries)
    name, offset = name_of(data), 0
    await source.objects.write(f"{BUNDLES}/{name}", data)
    for id_, entry in entries:
        places[id_] = Place(name, offset, len(entry), check_of(entry))
        offset += len(entry)


async def _put_inventory(source: Source, inventory: Inventory, private_key: str) -> str:
    data = inventories.written(inventory, private_key)
    await source.objects.write(f"{INVENTORIES}/{name_of(data)}", data)
    return name_of(data)


def _filled(entries: Iterable[tuple[bytes, bytes]]) -> Iterator[list[tuple[bytes, bytes]]]:
    """Yield entries in groups that fill a bundle each."""
    waiting: list[tuple[bytes, bytes]] = []
    size = 0
    for entry in entries:
        waiting.append(entry)
        size += len(entry[1])
        if size >= BUNDLE_BYTES:
            yield waiting
            waiting, size = [], 0
    if waiting:
        yield waiting
