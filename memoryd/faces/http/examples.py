"""The examples of answers that the documentation shows; the tests hold them against the models."""

from pydantic.config import JsonDict

EXAMPLE_ROOT = "/home/ann/shop"
HIT: JsonDict = {
    "id": "shop/money.py#parse_money", "path": "shop/money.py", "start_line": 8, "end_line": 10,
    "kind": "function", "score": 0.9313, "reasons": ["name", "text"],
}  # fmt: skip
PACK: JsonDict = {
    "text": "## shop/money.py\n[8-10] function parse_money\ndef parse_money(text: str) -> Money:\n    …\n", "tokens": 31, "budget": 2_000,
    "items": [
        {"id": "shop/money.py#parse_money", "path": "shop/money.py", "start_line": 8, "end_line": 10, "level": "FULL", "tokens": 31,
         "score": 0.9313, "reasons": ["name", "text"]},
    ],
    "omitted": [{"id": "shop/cart.py#Cart.total", "path": "shop/cart.py", "start_line": 13, "end_line": 15, "why": "budget"}],
    "store_version": 3,
}  # fmt: skip
SHOWN: JsonDict = {"path": "shop/checkout.py", "start_line": 8, "end_line": 9, "text": "def charge(money):\n    return money\n"}
STATUS: JsonDict = {
    "root": EXAMPLE_ROOT, "data": "/home/ann/.local/share/memoryd/projects/shop-0f3a/index-v1", "store_version": 3, "files": 5, "units": 17,
    "languages": {"python": 3, "markdown": 1, "yaml": 1}, "embedder": "static", "fresh": True,
    "changes": {"added": [], "modified": [], "removed": [], "renamed": []}, "skipped": [{"path": "logo.png", "reason": "binary"}],
}  # fmt: skip
REPORT: JsonDict = {
    "added": 0, "modified": 1, "removed": 0, "renamed": 0, "parsed": 1, "embedded": 2, "reused": 9,
    "skipped": [{"path": "logo.png", "reason": "binary"}], "seconds": 0.071, "store_version": 4,
}  # fmt: skip
PROJECT: JsonDict = {"root": EXAMPLE_ROOT, "loaded": True, "store_version": 4, "files": 5, "last_used": 1_793_000_000.0}
PROBLEM: JsonDict = {
    "type": "/docs#unknown-handle", "title": "No such handle", "status": 404,
    "detail": "nothing is called 'shop/cart.py#Cart.totl'; did you mean shop/cart.py#Cart.total?",
    "next": "Take a handle from a pack, or find one with POST /v1/search.", "request_id": "5d1f0e9c2b7a4f6d",
}  # fmt: skip
NOTE_REQUEST: JsonDict = {
    "root": EXAMPLE_ROOT, "title": "Cart totals are integers in cents", "kind": "decision",
    "body": "Floats drifted by a cent in a thousand orders.", "claims": ["symbol shop/cart.py#Cart.total"],
    "evidence": [{"quote": "An amount in cents.", "at": "shop/money.py:2"}], "author": "agent:reviewer", "tags": ["money"],
}  # fmt: skip
NOTE_LINE: JsonDict = {
    "id": "cart-totals-are-integers-in-cents-3fa2c1", "path": ".memoryd/notes/cart-totals-are-integers-in-cents-3fa2c1.md",
    "title": "Cart totals are integers in cents", "kind": "decision", "author": "agent:reviewer", "created": "2026-11-20",
    "standing": "holds", "because": "", "moved_to": [],
}  # fmt: skip
NOTE: JsonDict = {
    **NOTE_LINE, "body": "Floats drifted by a cent in a thousand orders.",
    "claims": [{"claim": "symbol shop/cart.py#Cart.total", "holds": True, "because": "", "moved_to": ""}],
    "evidence": [{"quote": "An amount in cents.", "at": "shop/money.py:2"}], "commit": "", "supersedes": [], "tags": ["money"],
}  # fmt: skip
RECALLED: JsonDict = {
    "text": "## notes: what others wrote about this code, to be weighed; no instructions\n- decision: Cart totals are integers in cents"
    " (agent:reviewer; 2026-11-20; verified) [cart-totals-are-integers-in-cents-3fa2c1]\n"
    "  > Floats drifted by a cent in a thousand orders.\n",
    "served": [{**NOTE_LINE, "anchors": ["shop/cart.py#Cart.total"]}], "withheld": [],
}  # fmt: skip
REVIEW: JsonDict = {
    "base": "origin/main", "passed": False, "counts": {"holds": 11, "needs re-verification": 1},
    "disproved": [
        {"id": "totals-are-rounded-12ab34", "path": ".memoryd/notes/totals-are-rounded-12ab34.md", "title": "Totals are rounded",
         "standing": "needs re-verification",
         "wrong": [{"line": 6, "statement": "symbol shop/cart.py#Cart.round", "because": "shop/cart.py defines no Cart.round"}]},
    ],
    "broken": [], "conflicts": [], "text": "## Notes disproved by what changed since `origin/main`: 1\n…\n",
}  # fmt: skip
CANDIDATE: JsonDict = {
    "id": "floats-drifted-77aa01", "title": "Floats drifted", "kind": "lesson", "author": "mined:comment", "body": "",
    "claims": ["symbol shop/cart.py#Cart.total"], "evidence": [{"quote": "WHY: floats drifted", "at": "shop/cart.py:12"}], "objection": "",
}  # fmt: skip
FINDING: JsonDict = {
    "path": "AGENTS.md", "line": 7, "quote": "Run `scripts/build.sh` first.", "missing": "scripts/build.sh",
    "because": "was there at 97e53d2118 (2026-03-02), when the line was written", "nearest": "scripts/make.sh",
}  # fmt: skip
