"""What went wrong on the daemon's machine is told to clients without its paths, or the words of lower layers; the log has them."""

import contextlib
import logging
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faces.serving import Served, serving
from tests.project import index_folder, no_room_for_files

Harm = Callable[[Served], contextlib.AbstractContextManager[object]]
ACCEPT = {"Accept": "application/json, text/event-stream", "Mcp-Protocol-Version": "2025-11-25"}
PATH = re.compile(r"(?<![\w.<`])/[\w.-]+/[^\s\"']*|\w+\.rs\b")
OURS = ("/docs#", "/v1/")


def no_room(_one: Served) -> contextlib.AbstractContextManager[None]:
    return no_room_for_files()


@contextlib.contextmanager
def a_file_in_place_of_the_data_folder(one: Served) -> Iterator[None]:
    folder = index_folder(one.root, one.home).parent
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("in the way")
    yield


@contextlib.contextmanager
def an_index_behind_a_loop(one: Served) -> Iterator[None]:
    folder = index_folder(one.root, one.home)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "meta.json").symlink_to("meta.json")
    yield


@contextlib.contextmanager
def a_folder_in_place_of_the_projects(one: Served) -> Iterator[None]:
    file = one.home / "projects.json"
    file.unlink(missing_ok=True)
    file.mkdir(parents=True)
    yield


@contextlib.contextmanager
def a_file_in_place_of_the_notes(one: Served) -> Iterator[None]:
    (one.root / ".memoryd").write_text("in the way")
    yield


@pytest.mark.parametrize("harm", [
    no_room, a_file_in_place_of_the_data_folder, an_index_behind_a_loop, a_folder_in_place_of_the_projects,
    a_file_in_place_of_the_notes,
])  # fmt: skip
def test_no_answer_names_a_place_outside_of_the_project(tmp_path: Path, harm: Harm, caplog: pytest.LogCaptureFixture) -> None:
    note = {"title": "Amounts are cents", "body": "Because of rounding.", "author": "person:ann", "claims": ["path shop/money.py"]}
    with serving(tmp_path) as one, harm(one), caplog.at_level(logging.INFO):
        answers = [
            one.post("/v1/search", query="total"),
            one.post("/v1/reindex"),
            one.client.post("/v1/reindex", json={"root": str(one.root)}, headers={"Accept": "text/event-stream"}),
            one.post("/v1/notes", **note),
            one.client.get("/v1/projects"),
            one.client.post(f"/mcp?root={one.root}", json=tool("search_code", task="total"), headers=ACCEPT),
            one.client.post(f"/mcp?root={one.root}", json=tool("status"), headers=ACCEPT),
        ]
    assert any(answer.status_code == 503 for answer in answers)
    assert "the machine stands in the way" in caplog.messages
    for answer in answers:
        found = [place for place in PATH.findall(answer.text) if not place.startswith((*OURS, str(one.root)))]
        assert not found, answer.text


def tool(name: str, **arguments: str) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}
