"""No face serves a secret, no file of ours holds one, and `status` says what is left out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

from memoryd.config import Settings
from memoryd.errors import ArchiveRefused, NoteRefused, RefreshBusy, UnknownHandle
from memoryd.memory import ProjectMemory
from memoryd.model import Secrets
from memoryd.notes.claim import Claim
from tests.faces.serving import KEYED, Served, serving
from tests.notes.shop import note
from tests.project import FILES, write
from tests.secrets.corpus import ALNUM, BASE64, Maker

MADE = Maker(7)
AWS, STRIPE, DATABASE, NPM = (
    MADE.some(BASE64, 40),
    "sk_" + "live_" + MADE.some(ALNUM, 24),
    "vX7" + MADE.some(ALNUM, 12),
    MADE.some(ALNUM, 36),
)
KEY = MADE.key("OPENSSH PRIVATE KEY")
VALUES = {"AWS": AWS, "Stripe": STRIPE, "database": DATABASE, "npm": NPM, "key": KEY.split("\n")[3]}
CONFIG = f'''"""Settings: the aws secret access key, the stripe key, the database password."""

AWS_SECRET_ACCESS_KEY = "{AWS}"
STRIPE = "{STRIPE}"
DATABASE = "postgres://shop:{DATABASE}@db.internal/shop"


def charge(key="{STRIPE}"):
    """Charge with the stripe key."""
    return key
'''
SECRET_FILES = {
    ".env": f"AWS_SECRET_ACCESS_KEY={AWS}\n",
    "id_ed25519": f"{KEY}\n",
    ".npmrc": f"//registry.npmjs.org/:_authToken={NPM}\n",
    "credentials": f"[default]\naws_secret_access_key = {AWS}\n",
}
REASONS = {
    ".env": "secret: an env file with values", "id_ed25519": "secret: a private key", ".npmrc": "secret: a token of npm",
    "credentials": "secret: credentials of a cloud",
}  # fmt: skip
TASK = "aws secret access key, stripe key, database password, private key, npm token"


def told(text: str | bytes) -> list[str]:
    """Return the names of the secrets in a text."""
    raw = text if isinstance(text, bytes) else text.encode()
    return [name for name, value in VALUES.items() if value.encode() in raw or value.lower().encode() in raw]


def project(base: Path) -> Path:
    write(base / "project", {**FILES, **SECRET_FILES, "shop/config.py": CONFIG})
    return base / "project"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    base = tmp_path_factory.mktemp("secrets")
    project(base)
    with serving(base) as found:
        found.projects.register(found.root)
        yield found


def test_no_answer_holds_a_secret_and_places_are_those_on_disk(served: Served) -> None:
    packed = served.post("/v1/pack", task=TASK, budget=8_000).text
    assert "shop/config.py" in packed
    answers = [packed, served.post("/v1/map", budget=4_000).text]
    answers += [served.post("/v1/search", query=value, limit=50, lines=True).text for value in (TASK, *VALUES.values())]
    assert any('STRIPE = \\"' + "*" * len(STRIPE) in answer for answer in answers)
    (shown,) = served.post("/v1/show", handles=["shop/config.py"]).json()["shown"]
    assert [len(line) for line in shown["text"].split("\n")] == [len(line) for line in CONFIG.split("\n")]
    assert 'STRIPE = "' + "*" * len(STRIPE) + '"\n' in shown["text"]
    assert f"postgres://shop:{'*' * len(DATABASE)}@db.internal/shop" in shown["text"]
    answers += [shown["text"], served.post("/v1/show", handles=["shop/config.py#charge"]).text]
    for path in SECRET_FILES:
        refused = served.post("/v1/show", handles=[path])
        assert refused.status_code == 404
        assert REASONS[path] in refused.text
        answers.append(refused.text)
    assert [told(answer) for answer in answers] == [[]] * len(answers)


def test_no_tool_of_mcp_tells_a_secret(served: Served) -> None:
    async def use() -> list[str]:
        asked: list[tuple[str, dict[str, Any]]] = [
            ("search_code", {"task": TASK}),
            ("show_code", {"handles": ["shop/config.py"]}),
            ("show_code", {"handles": [".env"]}),
        ]
        url = f"http://127.0.0.1:{served.port}/mcp?root={served.root}"
        async with create_mcp_http_client(KEYED) as http, Client(streamable_http_client(url, http_client=http)) as client:
            return [str((await client.call_tool(tool, arguments)).content) for tool, arguments in asked]

    found = anyio.run(use)
    assert "shop/config.py" in found[0]
    assert "STRIPE = " in found[1]
    assert REASONS[".env"] in found[2]
    assert [told(one) for one in found] == [[]] * 3


def test_status_says_which_files_are_left_out_and_why(served: Served) -> None:
    skipped = {one["path"]: one["reason"] for one in served.client.get("/v1/status", params={"root": str(served.root)}).json()["skipped"]}
    assert {path: skipped.get(path) for path in REASONS} == REASONS


def test_no_file_of_the_index_and_no_archive_holds_a_secret(served: Served, tmp_path: Path) -> None:
    served.post("/v1/pack", task=TASK)
    with ProjectMemory(served.root, Settings(served.home, embedder="hash", workers=1)) as memory:
        memory.export(tmp_path / "index.memoryd")
        stored = memory.view().store.columns(["id", "path", "signature", "doc", "summary", "names", "words"])
    assert told(str(stored)) == []
    files = [file for file in (served.home, tmp_path) for file in file.rglob("*") if file.is_file()]
    assert len(files) > 3
    assert {str(file): names for file in files if (names := told(file.read_bytes()))} == {}


@pytest.mark.parametrize("guess", ['text shop/config.py has "{}"', 'text .env has "{}"', 'constant shop/config.py#STRIPE is "{}"'])
def test_claims_cannot_guess_at_secrets(served: Served, guess: str) -> None:
    value = AWS if ".env" in guess else STRIPE
    with ProjectMemory(served.root, Settings(served.home, embedder="hash", workers=1)) as memory:
        right, wrong = (memory.notes.tell(Claim.parse(guess.format(one))) for one in (value, value[:-1] + "_"))
    assert right.holds is not True
    assert (right.holds, right.because.replace(value, "?")) == (wrong.holds, wrong.because.replace(value[:-1] + "_", "?"))


def test_evidence_cannot_guess_at_secrets(served: Served) -> None:
    with ProjectMemory(served.root, Settings(served.home, embedder="hash", workers=1)) as memory:
        for quote, at in ((DATABASE[:9], "shop/config.py:1-5"), ("AWS_SECRET", ".env:1")):
            with pytest.raises(NoteRefused) as refused:
                memory.notes.add(note("Quoting", quote=(quote, at)))
            assert any("do not hold" in one or "no text" in one for one in refused.value.reasons)


def test_one_setting_shows_secrets_in_an_index_of_its_own(tmp_path: Path) -> None:
    root, home = project(tmp_path), tmp_path / "home"
    with ProjectMemory(root, Settings(home, embedder="hash", workers=1)) as memory:
        memory.refresh()
        with pytest.raises(UnknownHandle):
            memory.show(".env")
    with ProjectMemory(root, Settings(home, embedder="hash", workers=1, secrets=Secrets.SHOW)) as memory:
        memory.refresh()
        assert AWS in memory.show(".env").text
        assert STRIPE in memory.show("shop/config.py").text
        assert told(memory.pack("stripe key", 8_000).text) != []
        memory.export(tmp_path / "shown.memoryd")
    with ProjectMemory(root, Settings(home, embedder="hash", workers=1)) as memory:
        assert memory.refresh().parsed == 0
        with pytest.raises(ArchiveRefused, match="MEMORYD_SECRETS"):
            memory.take_in(tmp_path / "shown.memoryd")
        assert told(memory.pack(TASK, 8_000).text) == []


def test_a_file_that_is_shown_before_the_index_knows_its_edit_holds_no_secret(root: Path, tmp_path: Path) -> None:
    with ProjectMemory(root, Settings(tmp_path / "home", workers=1)) as memory:
        memory.refresh()
        with memory._versions._refreshing.held(0.0):
            write(root, {"shop/cart.py": CONFIG, "shop/money.py": f"{KEY}\n", "README.md": "no text: \0"})
            shown = memory.show("shop/cart.py").text + memory.show("shop/money.py:1-9").text
            with pytest.raises(RefreshBusy):
                memory.show("README.md")  # the index would not have it
        assert "Charge with the stripe key" in shown
        assert not told(shown)
        with pytest.raises(UnknownHandle, match=r"README\.md is not indexed: binary"):
            memory.show("README.md")
