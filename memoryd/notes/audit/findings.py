"""The findings of an audit: lines of documents that name a path or a symbol that no longer exists.

Precision before recall. A path or symbol counts as gone if git shows that it existed when the line was last written. Without that
evidence these are reported: a relative link that leads nowhere; a path whose folder, or for code whose uppermost folder, exists
without it; a symbol whose file, class, module or package exists without its name; a called function that no code names.
Names that an ignore rule matches are skipped: such files are generated.
"""

import os
import posixpath
import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from indexers import language_of, languages
from memoryd.filekinds import PROSE_LANGUAGES, is_guide
from memoryd.files import git, path_bytes, path_text, read, scan
from memoryd.model import Skipped
from memoryd.notes.audit.past import Past
from memoryd.notes.mentions import FILE_ENDINGS, Form, Mention, last_of, linked, mentions, path_meant, symbols_of, within
from memoryd.versions import View

SECONDS = 20.0
"""Seconds that git may take for one answer."""
HYPOTHETICAL = re.compile(
    r"\b(?:e\.g|for example|such as|like|sample|create|creates|creating|add|adding|new|would|could|imagine|suppose|if you|your own"
    r"|generated?|generates|output|outputs|writes?|remove[ds]?|deleted?|renamed|no longer|formerly|was|were|legacy|deprecated"
    r"|instead of|moved|optional(?:ly)?|yet|has no|planned|future|todo|don't|do not|never|ignored?|gitignored|not committed|local"
    r"|temporary|(?:that|their|other|another|separate|upstream) repo(?:sitory)?)\b",
    re.IGNORECASE,
)
"""Words of a line about something that need not exist; in such a line absence alone is no finding."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A line that names something gone: `missing` is the path or name, `because` the evidence, `nearest` the one likely successor."""

    path: str
    line: int
    quote: str
    missing: str
    because: str
    nearest: str


def audit(view: View, documents: Iterable[str]) -> tuple[Finding, ...]:
    """Return the findings in documents of the project, in the order of the documents.

    Raises `OutsideRoot` for a path outside the project; a document that cannot be read has no findings.
    """
    texts: dict[str, str] = {}
    present = scan(view.root).paths()
    for document in documents:
        content = read(view.root, document, view.secrets)
        if not isinstance(content, Skipped):
            texts[document] = content.source.decode("utf-8", "replace").replace("\r\n", "\n")
    absent = {
        document: [mention for mention in mentions(text) if _is_absent(view, present, document, mention)]
        for document, text in texts.items()
    }
    unnamed = _unnamed(view, {last_of(mention).encode() for found in absent.values() for mention in found if mention.form == Form.SYMBOL})
    gone = {
        document: [mention for mention in found if mention.form != Form.SYMBOL or last_of(mention).encode() in unnamed]
        for document, found in absent.items()
    }
    return tuple(
        finding
        for document, found in gone.items()
        if found
        for finding in _findings(view, present, document, texts[document].split("\n"), found)
    )


def _findings(view: View, present: Container[str], document: str, lines: list[str], absent: list[Mention]) -> Iterator[Finding]:
    """Yield a finding for each absent mention that existed once, or that can mean nothing else."""
    past = Past(view.root, document, lines)
    ignored = _ignored(view.root, document, absent)
    for mention in absent:
        line = lines[mention.line - 1]
        if mention.path in ignored:
            continue
        if mention.form == Form.LINK:
            because = f"the link leads to {linked(document, mention.path)}, which is not there"
        else:
            because = past.saw(mention) or _evident(view, present, document, mention, line)
        if because:
            missing = f"{mention.path}#{mention.name}" if mention.form == Form.SYMBOL_OF else mention.path or mention.name
            yield Finding(document, mention.line, line.strip(), missing, because, _nearest(view, mention))


def documents(view: View) -> tuple[str, ...]:
    """Return the documents of an audit without names, sorted by path: instructions for agents, and READMEs."""
    return tuple(sorted(path for path, record in view.records.items() if not record.skipped and is_guide(path)))


def _is_absent(view: View, present: Container[str], document: str, mention: Mention) -> bool:
    if mention.form == Form.SYMBOL:
        return not symbols_of(view, mention.name)
    if mention.form == Form.LINK:
        place = linked(document, mention.path)
        return place not in present and not place.startswith("..")
    place = path_meant(present, document, mention.path)
    if mention.form == Form.PATH:
        return not place and not within(view.records, mention.path)
    if not place:
        return not within(view.records, mention.path)
    content = read(view.root, place, view.secrets)
    return not isinstance(content, Skipped) and last_of(mention).encode() not in content.source


def _unnamed(view: View, names: set[bytes]) -> set[bytes]:
    """Return the names that no file of code or configuration contains."""
    for path, record in view.records.items():
        if not names:
            break
        if not record.skipped and record.language not in PROSE_LANGUAGES:
            content = read(view.root, path, view.secrets)
            if not isinstance(content, Skipped):
                names = {name for name in names if name not in content.source}
    return names


def _ignored(root: Path, document: str, absent: Iterable[Mention]) -> frozenset[str]:
    """Return the paths that git ignores, taken from the root or from the document's folder."""
    places = {place: mention.path for mention in absent if mention.path for place in _places(document, mention.path)}
    if not places:
        return frozenset()
    given = b"".join(path_bytes(place) + b"\0" for place in sorted(places))
    done = git(os.fsencode(root), ["check-ignore", "-z", "--stdin", "--no-index"], SECONDS, given)
    found = done.stdout.split(b"\0") if done is not None and done.returncode == 0 else []
    return frozenset(places[path_text(place)] for place in found if path_text(place) in places)


def _places(document: str, path: str) -> list[str]:
    joined = (path.strip("/"), posixpath.normpath(posixpath.join(posixpath.dirname(document), path)))
    return [place for place in joined if place and not place.startswith("..")]


def _evident(view: View, present: Container[str], document: str, mention: Mention, line: str) -> str:
    """Say why a mention counts as gone although its past is unknown; "" if it may mean something else."""
    if HYPOTHETICAL.search(line):
        return ""
    if mention.form == Form.SYMBOL_OF and path_meant(present, document, mention.path):
        return f"{mention.path} does not name it"
    if mention.form == Form.SYMBOL:
        return _unsaid(view, mention)
    folder, _, name = mention.path.rstrip("/").rpartition("/")
    is_file = name.rpartition(".")[2].lower() in FILE_ENDINGS and "." in name
    place = path_meant(present, document, folder) if folder and is_file else ""
    # A folder kept for generated files may be empty.
    is_used = place and any(path.startswith(f"{place}/") and not posixpath.basename(path).startswith(".") for path in view.records)
    if is_used:
        return f"{folder}/ is there and has no such file"
    top = mention.path.partition("/")[0]
    # Deeper down, the same words may be said of another project; and other files than code may be made by it.
    is_ours = language_of(mention.path, b"") in languages() and ("/" not in document or document.startswith(f"{top}/"))
    is_below = is_ours and any(path.startswith(f"{top}/") for path in view.records)
    return f"{top}/ is there, {folder}/ is not" if is_below else ""


def _unsaid(view: View, mention: Mention) -> str:
    """Say of a name that no code says why it must mean something of the project; "" if it may be of another."""
    owner = mention.name.rpartition(".")[0]
    if owner:
        return f"{owner} is there, and no code names {last_of(mention)}" if symbols_of(view, owner) or _is_module(view, owner) else ""
    return f"no code names {last_of(mention)}" if mention.is_called else ""


def _is_module(view: View, dotted: str) -> bool:
    """Tell whether a dotted name is that of a module or a package of the project: a file or folder of code, at the root or in `src`."""
    place = dotted.replace(".", "/")
    return any(
        path.startswith((f"{place}/", f"{place}.", f"src/{place}/", f"src/{place}.")) and record.language in languages()
        for path, record in view.records.items()
    )


def _nearest(view: View, mention: Mention) -> str:
    """Return the only path or symbol of the same name, or of one spelled or numbered differently; "" if there is none or a choice."""
    if mention.form == Form.PATH:
        base = posixpath.basename(mention.path.rstrip("/"))
        found = [path for path in view.records if posixpath.basename(path) == base]
        found = found or [path for path in view.records if _unnumbered(posixpath.basename(path)) == _unnumbered(base)]
    else:
        found = [unit.id for unit in symbols_of(view, last_of(mention))]
        found = found or [
            id_
            for name, ids in view.catalog.by_name.items()
            if _plain(name) == _plain(last_of(mention))
            for id_ in ids
            if _is_code(view, id_)
        ]
    return found[0] if len(found) == 1 else ""


def _is_code(view: View, id_: str) -> bool:
    return view.records[view.catalog.by_id[id_].path].language in languages()


def _unnumbered(name: str) -> str:
    return re.sub(r"^\d+[-_]", "", name)


def _plain(name: str) -> str:
    """Return a name without differences of spelling style: `getUser` and `get_user` become equal."""
    return name.replace("_", "").lower()
