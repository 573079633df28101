"""Rewrites the generated parts of all Markdown files; with `--check` only compares them, and checks every relative link.

A generated part stands between `<!-- generated: NAME -->` and `<!-- end -->`.
"""

import re
import sys

from scripts.documentation import PARTS, TOP, broken_links, documents

PART = re.compile(r"(<!-- generated: (?P<name>[\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def generated(text: str) -> str:
    """Return a document with its generated parts up to date."""
    return PART.sub(lambda match: match[1] + PARTS[match["name"]]() + match[3], text)


def stale() -> dict[str, str]:
    """Return the up-to-date text of each document that is out of date."""
    texts = {name: (TOP / name).read_text(encoding="utf-8") for name in documents()}
    return {name: new for name, text in texts.items() if (new := generated(text)) != text}


def main() -> None:
    """Rewrite the documents that are out of date; with `--check` only name them, and exit 1 for these and for broken links."""
    old = stale()
    wrong = []
    if "--check" in sys.argv[1:]:
        wrong = [f"{name} is out of date; run: python scripts/docs.py" for name in old]
    else:
        for name, text in old.items():
            (TOP / name).write_text(text, encoding="utf-8")
    if wrong := [*wrong, *broken_links(TOP)]:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
