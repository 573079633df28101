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
