"""The engine that is Ray, with Ray itself: needs the extra `fleet`, and half a minute."""

import importlib.util
from pathlib import Path

import pytest

from memoryd.fleet.engines import with_ray
from tests.fleet.fleets import Small
from tests.fleet.test_indexing import dies_twice

pytestmark = pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="needs Ray, 850 MB: run scripts/test-fleet")


def test_with_ray_and_a_worker_that_is_killed_twice_the_tables_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = Small(tmp_path).make()
    monkeypatch.setattr("memoryd.fleet.engines.run", dies_twice)
    small.index(small.listed() + "sources/gone\n", with_ray)
    assert (tmp_path / "home/tries").read_text() == "xx"
    small.index(at="fresh")
    assert small.rows() == small.rows("fresh")
