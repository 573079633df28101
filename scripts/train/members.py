"""Lists the names of members that projects call and do not define: those of libraries, by families of languages.

    python -m scripts.train.members FOLDER

FOLDER is what `scripts.train.history.prepare` made: its `trees/` are read, and what each calls and defines is kept beside them in
`members/`. Writes `memoryd/data/library_members.txt`, which `memoryd.graph.linking.guessing.library` reads. The families that odds
were learnt from (scripts/train/graph.py) are left out: they have their own names.
"""

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from indexers import base_name, index_source, language_of, languages
from memoryd.graph import LEARNT

OUT = Path("memoryd/data/library_members.txt")
PARSED = 200
"""The most files of a tree that are parsed; in the others only what may be a definition is looked for."""
FEWEST_CALLS = 200
"""The fewest calls in a family from which a tree says something of it."""
FEWEST_TREES, SHARE = 3, 0.2
"""The fewest trees, and the least share of a family's, that call a name and do not define it: then it is mostly a library's."""
MOST_BYTES = 200_000
DEFINED = re.compile(rb"(\w+|[>\]*&])[ \t]+(\w+[?!]?)[ \t]*(?=[(<=:;\n{])")
NO_TYPE = frozenset(b"return new else throw await yield not and or in case".split())


def main() -> None:
    """Read every tree that was not read, and write the names."""
    parser = argparse.ArgumentParser(prog="python -m scripts.train.members", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    trees = Counter[str]()
    lacking: dict[str, Counter[str]] = {}
    for tree in sorted((folder / "trees").iterdir()):
        for family, names in _of_tree(tree, folder / "members" / f"{tree.name}.json").items():
            trees[family] += 1
            lacking.setdefault(family, Counter()).update(names)
    lines = []
    for family in sorted(set(lacking) - set(LEARNT)):
        least = max(FEWEST_TREES, SHARE * trees[family])
        names = sorted(name for name, count in lacking[family].items() if count >= least)
        if names:
            lines.append(" ".join((family, *names)))
            print(f"{family}: {len(names)} names of {trees[family]} trees")
    OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _of_tree(tree: Path, kept: Path) -> dict[str, list[str]]:
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(json.dumps(dict(_read(tree))))
        print(tree.name, flush=True)
    found: dict[str, list[str]] = json.loads(kept.read_text())
    return found


def _read(tree: Path) -> Iterator[tuple[str, list[str]]]:
    files = sorted(path for path in tree.rglob("*") if path.is_file() and not path.is_symlink())
    random.Random(tree.name).shuffle(files)
    calls: dict[str, Counter[str]] = {}
    defined: dict[str, set[str]] = {}
    parsed = 0
    for path in files:
        language = language_of(path.name) or ""
        family = languages()[language].family if language in languages() else ""
        if not family or path.stat().st_size > MOST_BYTES:
            continue
        source, own = path.read_bytes(), defined.setdefault(family, set())
        if parsed >= PARSED:
            own |= {name.decode() for before, name in DEFINED.findall(source) if before not in NO_TYPE and name.isascii()}
            continue
        parsed += 1
        facts = index_source(language, source)
        own |= {base_name(symbol.qualname) for symbol in facts.symbols} | {member.name for member in facts.members}
        said = (reference.name for reference in facts.references if reference.kind == "call" and reference.qualifier)
        calls.setdefault(family, Counter()).update(name for name in said if not re.search(r"\s", name))
    for family, names in calls.items():
        if names.total() >= FEWEST_CALLS:
            yield family, sorted(name for name in names if name not in defined[family])


if __name__ == "__main__":
    main()
