"""What was found before is used again exactly as long as it is still so."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from tests.lengths import tries
from tests.notes.shop import EURO, SHOP, TOTAL, note
from tests.project import CART, CHECKOUT, MONEY, write

CLAIMS = (
    (TOTAL,),
    (EURO,),
    ("path README.md",),
    ("not path other/cart.py",),
    ("calls shop/checkout.py#pay -> shop/cart.py#Cart.total",),
    ("imports shop/checkout.py -> shop/cart.py",),
    ('text config.yaml has "EUR"',),
    ("symbol shop/money.py#parse_money", "path shop/base.py"),
    ("inherits shop/order.py#Order -> shop/base.py#Base",),
    ('command "pytest" exits 0',),
)
EDITS: dict[str, tuple[str, str | None]] = {
    "sum": ("shop/cart.py", CART.replace("def total", "def sum")),
    "cart": ("shop/cart.py", CART),
    "no cart": ("shop/cart.py", None),
    "dollar": ("shop/money.py", 'CURRENCY = "USD"\n'),
    "money": ("shop/money.py", SHOP["shop/money.py"]),
    "parser": ("shop/parser.py", MONEY),
    "other cart": ("other/cart.py", CART),
    "no other cart": ("other/cart.py", None),
    "no readme": ("README.md", None),
    "a readme": ("README.md", "# Shop\n"),
    "no call": ("shop/checkout.py", "def pay(cart): ...\n"),
    "calls": ("shop/checkout.py", CHECKOUT),
    "yaml": ("config.yaml", "currency: USD\n"),
    "base": ("shop/base.py", None),
    "class": ("shop/base.py", SHOP["shop/base.py"]),
}


@given(st.lists(st.sampled_from(sorted(EDITS)), min_size=1, max_size=6), st.sampled_from([0, 1]))
@settings(max_examples=tries(4, 50), deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_remembered_equals_what_is_found_anew(tmp_path_factory: pytest.TempPathFactory, edits: list[str], code: int) -> None:
    base = tmp_path_factory.mktemp("incremental")
    root = base / "project"
    write(root, SHOP)
    with ProjectMemory(root, Settings(base / "home", embedder="hash", workers=1)) as memory:
        for number, claims in enumerate(CLAIMS):
            memory.notes.add(note(f"Note {number}", *claims))
        for edit in edits:
            path, text = EDITS[edit]
            if text is None:
                (root / path).unlink(missing_ok=True)
            else:
                write(root, {path: text})
            memory.notes.check()
        memory.notes.record("pytest", code)
        memory.refresh()
        found = memory.notes.check()
    with ProjectMemory(root, Settings(base / "home", embedder="hash", workers=1)) as again:
        assert again.notes.check() == found
    shutil.rmtree(base)


def test_what_did_not_change_is_not_checked_again(root: Path, memory: ProjectMemory) -> None:
    for number, claims in enumerate(CLAIMS[:4]):
        memory.notes.add(note(f"Note {number}", *claims))
    linked = memory.notes.add(note("Linked", *CLAIMS[4])).note.id
    memory.notes.check()
    judge = memory.notes.judge
    judge.checked = 0
    memory.notes.check()
    assert judge.checked == 0
    write(root, {"web/app.ts": "export const PORT = 1;\n"})
    memory.refresh()
    memory.notes.check()
    assert judge.checked == 1  # what a call means may depend on any file
    write(root, {"shop/money.py": SHOP["shop/money.py"].replace("EUR", "USD")})
    assert str(memory.notes.check().judged[0].note.claims[0]) == EURO
    assert judge.checked == 3
    assert memory.notes.show(linked).because == ""
