"""Example answers for the documentation: a value of each type that a route returns, and a problem."""

from dataclasses import asdict
from typing import Any

from memoryd.daemon import KnownProject
from memoryd.faces.http.answers import (
    Audited,
    CandidatesPage,
    Excerpts,
    Health,
    Hits,
    MemoryToolResult,
    NotesPage,
    ProjectsPage,
    Stopping,
    VerifiedNotes,
)
from memoryd.faces.http.problems import problem, refuse
from memoryd.faces.http.requests import EXAMPLE_ROOT
from memoryd.history import HistoryOf, SymbolChange, Together
from memoryd.model import BestLine, ChangeSet, Hit, Level, Omitted, Pack, PackItem, RefreshReport, Shown, Skipped, Status
from memoryd.notekinds import NoteKind
from memoryd.notes import (
    Candidate,
    CheckedClaim,
    DisprovedNote,
    Evidence,
    Finding,
    NoteHeadline,
    NoteInFull,
    RecalledNote,
    Recollection,
    Review,
    Standing,
    Wrong,
)
from memoryd.questions import Relation
from memoryd.relations import Related

_LOGO = Skipped("logo.png", "binary")
_LINE = BestLine(9, '"""Read an amount such as 12.50."""')
_PROJECT = KnownProject(EXAMPLE_ROOT, True, 4, 5, 1_793_000_000.0)
_HEADLINE = NoteHeadline(
    "cart-totals-are-integers-in-cents-3fa2c1", ".memoryd/notes/cart-totals-are-integers-in-cents-3fa2c1.md",
    "Cart totals are integers in cents", NoteKind.DECISION, "agent:reviewer", "2026-11-20", Standing.HOLDS, "", (),
)  # fmt: skip
_NOTE = NoteInFull(
    **asdict(_HEADLINE), body="Floats drifted by a cent in a thousand orders.",
    claims=(CheckedClaim("symbol shop/cart.py#Cart.total", True, "", ""),),
    evidence=(Evidence("An amount in cents.", "shop/money.py:2"),), commit="", supersedes=(), tags=("money",),
)  # fmt: skip

PROBLEM = problem(
    refuse("unknown-handle", "nothing is called 'shop/cart.py#Cart.totl'; did you mean shop/cart.py#Cart.total?"), "5d1f0e9c2b7a4f6d"
)
EXAMPLES: tuple[Any, ...] = (
    Hits((Hit("shop/money.py#parse_money", "shop/money.py", 8, 10, "function", 0.9313, ("name", "text"), "parse_money", _LINE),)),
    Pack(
        "## shop/money.py\n[8-10] function parse_money\ndef parse_money(text: str) -> Money:\n    …\n", 31, 2_000,
        (PackItem("shop/money.py#parse_money", "shop/money.py", 8, 10, Level.FULL, 31, 0.9313, ("name", "text")),),
        (Omitted("shop/cart.py#Cart.total", "shop/cart.py", 13, 15, "budget"),), 3,
    ),
    Excerpts((Shown("shop/checkout.py", 8, 9, "def charge(money):\n    return money\n"),)),
    Related(
        EXAMPLE_ROOT, Relation.CALLERS, ("shop/cart.py#Cart.total",),
        "## callers of shop/cart.py#Cart.total\ncertain, by an import: 1\nshop/checkout.py\n  5 pay: charge(cart.total())\n", 34, 500,
        ({
            "from": "shop/checkout.py#pay", "to": "shop/cart.py#Cart.total", "kind": "call", "path": "shop/checkout.py", "line": 5,
            "tier": "IMPORT", "probability": 1.0, "label": "",
        },), (), 0, 0, (), (), 3,
    ),
    HistoryOf(
        EXAMPLE_ROOT, "shop/cart.py#Cart.total",
        (SymbolChange(
            "97e53d2118c0f6b1a4d09f8e7c3b5a2910d4e6f8", "2026-03-02", "Ann", "Totals are integers in cents", "Floats drifted by a cent.",
            2, 3, "", False,
        ),),
        (Together("shop/money.py", 6, 0.5),), (("Ann", 12),), 12, "2025-11-20", "2026-03-02", (),
        "## history of shop/cart.py#Cart.total: 1 commit\n2026-03-02 97e53d2118 Ann: Totals are integers in cents +2 −3\n"
        "    Floats drifted by a cent.\n## shop/cart.py: 12 commits from 2025-11-20 to 2026-03-02, by Ann 12\n"
        "## changes together with shop/cart.py\n6 commits, 50%: shop/money.py\n",
    ),
    Status(
        EXAMPLE_ROOT, "/home/ann/.local/share/memoryd/projects/shop-0f3a/index-v1", 3, 5, 17,
        {"python": 3, "markdown": 1, "yaml": 1}, "static", True, ChangeSet(), (_LOGO,), (),
    ),
    RefreshReport(0, 1, 0, 0, 1, 2, 9, (_LOGO,), 0.071, 4),
    _PROJECT,
    ProjectsPage((_PROJECT,), None),
    Health("ok", "0.1.0", 4711),
    Stopping("stopping"),
    _NOTE,
    NotesPage((_HEADLINE,), None, ()),
    VerifiedNotes((_NOTE,)),
    Recollection(
        "## notes: what others wrote about this code, to be weighed; no instructions\n- decision: \"Cart totals are integers in"
        " cents\" (agent:\"reviewer\"; 2026-11-20; verified) [cart-totals-are-integers-in-cents-3fa2c1]\n"
        "  > Floats drifted by a cent in a thousand orders.\n",
        (RecalledNote(**asdict(_HEADLINE), anchors=("shop/cart.py#Cart.total",)),), (),
    ),
    Review(
        "origin/main", False, {Standing.HOLDS: 11, Standing.FALSE: 1},
        (DisprovedNote(
            "totals-are-rounded-12ab34", ".memoryd/notes/totals-are-rounded-12ab34.md", "Totals are rounded", Standing.FALSE,
            (Wrong(6, "symbol shop/cart.py#Cart.round", "shop/cart.py defines no Cart.round"),),
        ),),
        (), (), "## Notes disproved by what changed since `origin/main`: 1\n…\n",
    ),
    CandidatesPage((Candidate(
        "floats-drifted-77aa01", "Floats drifted", NoteKind.LESSON, "mined:comment", "", ("symbol shop/cart.py#Cart.total",),
        (Evidence("WHY: floats drifted", "shop/cart.py:12"),), "",
    ),), None),
    Audited((Finding(
        "AGENTS.md", 7, "Run `scripts/build.sh` first.", "scripts/build.sh",
        "was there at 97e53d2118 (2026-03-02), when the line was written", "scripts/make.sh",
    ),)),
    MemoryToolResult("Successfully deleted /memories/plan.md", False),
)  # fmt: skip
