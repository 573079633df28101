"""Reports of usage, worked out by `memoryd usage --json` in a process of its own, one at a time.

Transcripts may be gigabytes, and agents wait for the daemon: nothing of that is read in it. What was worked out is kept for as long as
the transcripts are the same.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from memoryd.config import Settings
from memoryd.daemon import itself
from memoryd.faces.http import refuse
from memoryd.usage import Found
from memoryd.web import UsagePage

PATIENCE_SECONDS = 2.0
"""How long a page waits for a report; after that it says how far it is, and asks again."""
MOST_SECONDS = 300.0
MOST_BYTES = 64_000_000
MOST_KEPT, MOST_WAITING = 4, 4
SAID_LAST = 500
"""Characters of what the process says that are kept."""


@dataclass
class _Work:
    """A report that is being worked out: for which transcripts, and what its process said last."""

    mark: str
    told: str = ""
    task: "asyncio.Task[None] | None" = None


@dataclass(frozen=True)
class _Done:
    """A report, or why there is none."""

    mark: str
    report: dict[str, Any] | None
    trouble: str


@dataclass
class Reports:
    """The reports of one data folder, by the options that they were asked for with."""

    settings: Settings
    _done: "OrderedDict[tuple[str, ...], _Done]" = field(default_factory=OrderedDict)
    _works: dict[tuple[str, ...], _Work] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def page(self, options: tuple[str, ...], found: Sequence[Found]) -> UsagePage:
        """Return the report about some transcripts; the one before it, or none, while it is being worked out. Raises `Refusal`."""
        mark = hashlib.blake2b("\0".join(f"{one.path}\0{one.mark}" for one in found).encode("utf-8", "replace")).hexdigest()
        done = self._done.get(options)
        if done is None or done.mark != mark:
            work = self._works.get(options) or self._begun(options, mark)
            assert work.task is not None
            await asyncio.wait([work.task], timeout=PATIENCE_SECONDS)
            done = self._done.get(options)
        work = self._works.get(options) or _Work("")
        size = sum(one.stat.st_size for one in found)
        report, trouble = (done.report, done.trouble) if done else (None, "")
        return UsagePage(report, work.task is not None, work.told, trouble, len(found), size, options)

    def _begun(self, options: tuple[str, ...], mark: str) -> _Work:
        if len(self._works) >= MOST_WAITING:
            raise refuse("overloaded", "other reports of usage are being worked out", Retry_After="5")
        work = self._works[options] = _Work(mark)
        work.task = asyncio.ensure_future(self._work_out(options, work))
        return work

    async def _work_out(self, options: tuple[str, ...], work: _Work) -> None:
        report, trouble = None, ""
        try:
            async with self._turn, asyncio.timeout(MOST_SECONDS):
                printed = await self._printed(options, work)
            report = orjson.loads(printed)
        except TimeoutError:
            trouble = f"it took longer than {MOST_SECONDS / 60:.0f} minutes; `memoryd usage` at the command line takes as long as it needs"
        except (OSError, ValueError) as error:
            trouble = work.told or f"it cannot be worked out: {error}"
        finally:
            del self._works[options]
        self._done[options] = _Done(work.mark, report, trouble)
        self._done.move_to_end(options)
        while len(self._done) > MOST_KEPT:
            self._done.popitem(last=False)

    async def _printed(self, options: Sequence[str], work: _Work) -> bytes:
        """Return what the command prints. Raises `ValueError` where it fails or prints too much; `work` has what it says."""
        command, environment = itself(self.settings)
        process = await asyncio.create_subprocess_exec(
            *command, "usage", "--json", *options, cwd=self.settings.home, env=environment,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            printed, _ = await asyncio.gather(_read(process.stdout), _heard(process.stderr, work))
            if await process.wait():
                raise ValueError("the command failed")
            return printed
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def _read(stream: asyncio.StreamReader) -> bytes:
    parts, total = list[bytes](), 0
    while part := await stream.read(1 << 16):
        parts.append(part)
        total += len(part)
        if total > MOST_BYTES:
            raise ValueError("the report is too large for a page; choose a day since when to count")
    return b"".join(parts)


async def _heard(stream: asyncio.StreamReader, work: _Work) -> None:
    """Remember the last line of what a process says."""
    said = ""
    while part := await stream.read(1 << 12):
        said = (said + part.decode("utf-8", "replace"))[-SAID_LAST:]
        lines = said.strip().splitlines()
        work.told = lines[-1].removeprefix("memoryd: ") if lines else ""
