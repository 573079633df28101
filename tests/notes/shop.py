"""The project that notes are written about, and short ways to write them."""

from memoryd.notekinds import NoteKind
from memoryd.notes.claim import Claim
from memoryd.notes.note import Evidence, Note
from tests.project import FILES, MONEY

SHOP = FILES | {
    "shop/money.py": f'{MONEY}\n\nCURRENCY = "EUR"\nLIMIT: int = 10_000\nif LIMIT:\n    ROUNDING = ("half", "even")\n',
    "shop/base.py": "class Base:\n    COLOUR = 'red'\n\n    def save(self):\n        return self\n",
    "shop/order.py": (
        "import json\n\nfrom shop.base import Base\n\n\nclass Order(Base):\n    def dump(self):\n        return json.dumps(self)\n"
    ),
    "web/app.ts": (
        "export const PORT: number = 8080;\nconst a = 1, b = { c: 2 };\nexport enum Mode { Fast = 1, Slow }\n"
        "export function run(port: number): void {\n  listen(port);\n}\nfunction listen(port: number) {}\n"
    ),
    "src/lib.c": '#define BUFFER 512\nstatic const char *name = "shop";\nint add(int a, int b) {\n  return a + b;\n}\n',
    "main.go": 'package main\n\nconst Version = "1.2"\n\nfunc main() {\n\trun(Version)\n}\n\nfunc run(version string) {}\n',
    "deploy.sh": "#!/bin/sh\nREGION=eu-west-1\ndeploy() {\n  echo $REGION\n}\n",
}
TOTAL = "symbol shop/cart.py#Cart.total"
EURO = 'constant shop/money.py#CURRENCY is "EUR"'


def note(title: str, *claims: str, kind: NoteKind = NoteKind.DECISION, body: str = "", quote: tuple[str, str] | None = None) -> Note:
    """Return a note as someone would hand it in."""
    evidence = (Evidence(*quote),) if quote else ()
    return Note("", title, kind, body, tuple(map(Claim.parse, claims)), evidence)
