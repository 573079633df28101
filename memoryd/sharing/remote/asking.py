"""Asks a remote for entries, within the time that its answer is worth. What came in time is used; nothing else is waited for."""

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from memoryd.files import PRIVATE, cache_folder, read_whole, remove, replace_quickly
from memoryd.runtime import late
from memoryd.sharing.remote import inventories
from memoryd.sharing.remote.inventories import Inventory, Place, check_of, merged, name_of
from memoryd.sharing.remote.objects import Failure, Missing, Objects

if TYPE_CHECKING:
    import asyncio
else:
    asyncio = late("asyncio")  # which no question needs that asks no remote

INVENTORIES, BUNDLES = "memoryd-1/inventories", "memoryd-1/bundles"
"""The folders below a remote's address; the number is the format's."""
AT_ONCE = 8
GAP = 64 * 1024
"""How many bytes between two entries are read along with them rather than in two requests."""
MOST_READ = 2**20
"""The bytes after which another request begins, so that several run at once."""
LOOK_SECONDS = 0.02
MOST_INVENTORIES = 10_000
Result = TypeVar("Result")


@dataclass(slots=True)
class Pace:
    """How long a remote may take: `patience` without a byte, and in all that long more than what it saves. All is in seconds.

    Time in which this process had no processor does not count: that is no fault of the remote.
    """

    patience: float
    worth: float = 0.0
    expected: int = 0
    received: int = 0
    silent: float = 0.0
    waited: float = 0.0
    looked: float = field(default_factory=time.monotonic)

    def arrived(self, count: int) -> None:
        """Note that some bytes came."""
        self.received += count
        self.silent = 0.0

    def expect(self, size: int, worth: float) -> None:
        """Note that so many bytes are still to come, and what they are worth."""
        self.silent = self.waited = 0.0
        self.expected, self.received, self.worth = size, 0, worth

    def is_over(self) -> bool:
        """Whether going on would cost more than it saves. To be asked every `LOOK_SECONDS`."""
        now = time.monotonic()
        passed = min(now - self.looked, 2 * LOOK_SECONDS)
        self.looked = now
        self.silent += passed
        self.waited += passed
        share = min(self.received / self.expected, 1.0) if self.expected else 0.0
        return self.silent > self.patience or self.waited > self.patience + share * self.worth


@dataclass(frozen=True, slots=True)
class Answer:
    """What a remote had: entries by id, the number of all it has, the digests of what was wrong, and why it broke off, "" if it did not."""

    entries: Mapping[bytes, memoryview] = field(repr=False)  # asyncio represents results, and this is tens of megabytes
    held: int
    wrong: frozenset[str]
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where entries come from: a remote's objects, the keys of who may write there, the folder for its inventories, what to leave out."""

    objects: Objects
    trusted: Sequence[str]
    folder: Path
    quarantined: frozenset[str]


def ask(source: Source, ids: Sequence[bytes], pace: Pace, worth: float) -> Answer:
    """Return those of some entries that come at a pace; each is worth some seconds. Raises `Failure` where not even an inventory does."""
    return asyncio.run(_ask(source, ids, pace, worth))


async def _ask(source: Source, ids: Sequence[bytes], pace: Pace, worth: float) -> Answer:
    inventory, wrong = await _within(inventory_of(source, pace.arrived), pace)
    found = {id_: place for id_, place in inventory.places(ids).items() if place.check.hex() not in source.quarantined}
    entries: dict[bytes, memoryview] = {}
    if not found:
        return Answer({}, len(inventory), wrong)
    bad: set[str] = set()
    pace.expect(sum(place.length for place in found.values()), worth * len(found))
    try:
        await _within(_read_all(source.objects, found, pace, entries, bad), pace)
    except Failure as failure:
        return Answer(entries, len(inventory), wrong | bad, str(failure))
    return Answer(entries, len(inventory), wrong | bad)


async def _within(work: Awaitable[Result], pace: Pace) -> Result:
    """Return what some work gives; raise `Failure` as soon as it takes too long."""
    task = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait({task}, timeout=LOOK_SECONDS))[0]:
            if pace.is_over():
                raise Failure("it does not answer in time")
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, Failure):
            await task
    return task.result()


async def inventory_of(source: Source, arrived: Callable[[int], None]) -> tuple[Inventory, frozenset[str]]:
    """Return one inventory of all that a remote has, and the names of inventories that are wrong. Raises `Failure`."""
    for attempt in range(2):
        names = await source.objects.names(INVENTORIES)
        arrived(1)
        if len(names) > MOST_INVENTORIES:
            raise Failure("it has more inventories than it should; push once more, which puts them together")
        try:
            return await _inventory(source, names, arrived)
        except Missing:  # put together with others between the two requests
            if attempt:
                raise
    raise AssertionError


async def _inventory(source: Source, names: Sequence[str], arrived: Callable[[int], None]) -> tuple[Inventory, frozenset[str]]:
    kept = source.folder / "inventories"
    cache_folder(kept)
    here = {file.name for file in kept.iterdir()}
    for gone in here - set(names):
        remove(kept / gone)
    turn = asyncio.Semaphore(AT_ONCE)

    async def data_of(name: str) -> bytes:
        if name in here:
            return read_whole(kept / name)
        async with turn:
            data = bytes(await source.objects.read(f"{INVENTORIES}/{name}", 0, inventories.MOST_BYTES, arrived))
        if name_of(data) == name:
            with suppress(OSError):
                replace_quickly(kept / name, data, PRIVATE)
        return data

    sound, wrong = [], set[str]()
    for name, data in zip(sorted(names), await _all(data_of(name) for name in sorted(names)), strict=True):
        try:
            if name_of(data) != name:
                raise ValueError("its bytes are not those that it is named after")
            sound.append(inventories.read(data, source.trusted))
        except ValueError:
            wrong.add(name)
    return sound[0] if len(sound) == 1 else merged(sound), frozenset(wrong)


async def _all(work: Iterable[Awaitable[Result]]) -> list[Result]:
    """Return what each part of some work gives. Where one fails the others are ended."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _read_all(objects: Objects, places: Mapping[bytes, Place], pace: Pace, into: dict[bytes, memoryview], bad: set[str]) -> None:
    """Read entries into a dictionary, and the digests of those that are wrong into a set."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def read(some: Sequence[tuple[bytes, Place]]) -> None:
        start, end = some[0][1].offset, max(place.end for _, place in some)
        async with turn:
            try:
                data = memoryview(await objects.read(f"{BUNDLES}/{some[0][1].bundle}", start, end, pace.arrived))
            except Missing:  # put together with others, as a newer inventory tells
                return
        for id_, place in some:
            entry = data[place.offset - start : place.end - start]
            if check_of(entry) == place.check:
                into[id_] = entry
            else:
                bad.add(place.check.hex())

    await _all(read(some) for some in _requests(places))


def _requests(places: Mapping[bytes, Place]) -> list[list[tuple[bytes, Place]]]:
    """Group entries by the request that reads them: neighbours in one bundle."""
    requests: list[list[tuple[bytes, Place]]] = []
    for id_, place in sorted(places.items(), key=lambda one: (one[1].bundle, one[1].offset)):
        first, last = (requests[-1][0][1], requests[-1][-1][1]) if requests else (None, None)
        is_near = (
            first and last and first.bundle == place.bundle and place.offset - last.end <= GAP and place.end - first.offset <= MOST_READ
        )
        if is_near:
            requests[-1].append((id_, place))
        else:
            requests.append([(id_, place)])
    return requests
