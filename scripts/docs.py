"""Write the generated parts of all Markdown files; with `--check` only compare them, and follow every relative link.

A generated part stands between `<!-- generated: NAME -->` and `<!-- end -->`.
"""

import re
import sys

from scripts.documentation import PARTS, TOP, broken_links, documents

PART = re.compile(r"(<!-- generated: (?P<name>[\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def generated(text: str) -> str:
    """Return a document with its generated parts as they should be."""
    return PART.sub(lambda match: match[1] + PARTS[match["name"]]() + match[3], text)


def stale() -> dict[str, str]:
    """Return the documents that are out of date, as they should be."""
    texts = {name: (TOP / name).read_text(encoding="utf-8") for name in documents()}
    return {name: new for name, text in texts.items() if (new := generated(text)) != text}


def main() -> None:
    """Rewrite what is out of date, or with `--check` only say what is; exit 1 for that, and for links that lead nowhere."""
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
