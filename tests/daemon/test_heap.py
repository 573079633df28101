"""Memory that is free goes back to the system when we say so."""

import ctypes
from pathlib import Path

import pyarrow as pa
import pytest

from memoryd.daemon import heap

STATUS = Path("/proc/self/status")
MEGABYTES = 64


def anonymous() -> float:
    """Return the megabytes of this process that no file backs."""
    return next(int(line.split()[1]) / 1024 for line in STATUS.read_text().splitlines() if line.startswith("RssAnon"))


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="this system's C library is not glibc")
@pytest.mark.parametrize("is_asked", [True, False], ids=["when asked", "after growth"])
def test_what_is_free_is_given_back(is_asked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heap, "GROWN_BYTES", MEGABYTES << 20)
    heap.give_back()
    growth, before = heap.Growth(), anonymous()
    pieces = [b"x" * 50_000 for _ in range(MEGABYTES * 20)]
    tables = [pa.array(range(100_000), pa.int64()) for _ in range(MEGABYTES)]
    kept = pieces[-1], tables[-1]
    assert anonymous() > before + 1.5 * MEGABYTES
    del pieces, tables
    heap.give_back() if is_asked else growth.check()
    assert anonymous() < before + 0.5 * MEGABYTES
    del kept
