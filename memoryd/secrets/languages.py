"""The language of a file by the ending of its name alone, and how literals stand in it."""

from functools import lru_cache

from indexers import language_of, languages

QUOTED_TOO = frozenset(("groovy",))
"""Languages without a grammar here in which a literal stands in quotes; without them stands a name."""
WITHOUT_QUOTES = frozenset(("bash", "css", "dockerfile", "html", "makefile", "notebook", "scss"))
"""Languages with a grammar in which it need not."""


def language_by_ending(path: str) -> str:
    """Name the language of a file, "text" for a name without an ending."""
    ending = path.rpartition("/")[2].rpartition(".")[2]
    return _language(ending) if len(ending) < len(path) else "text"


def has_quotes(path: str) -> bool:
    """Tell whether a literal stands in quotes in a file."""
    language = language_by_ending(path)
    return (language in languages() and language not in WITHOUT_QUOTES) or language in QUOTED_TOO


def is_json(path: str) -> bool:
    """Tell whether a file is JSON."""
    return language_by_ending(path) in ("json", "notebook")


@lru_cache(maxsize=256)
def _language(ending: str) -> str:
    return language_of(f"file.{ending}")
