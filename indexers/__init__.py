"""One file in, facts out. Pure: no I/O but loading its own grammars, no knowledge of projects, and never an exception on source bytes."""

from importlib import import_module

from indexers.bindings import plain
from indexers.joining import FEW_BYTES
from indexers.language import Language, compiled, is_unpacked, language_of, language_revision, languages, readable
from indexers.manifests import MODULE, modules_of
from indexers.model import PROTOTYPE, FileFacts, Member, Reference, Span, Symbol, base_name, name_of_first, names_its_type, unnumbered
from indexers.registrations import KINDS as REGISTRATIONS
from indexers.registrations import PLACED, REPLACEABLE
from indexers.sections import SECTIONED, preamble, sections
from indexers.summary import MOST_NAMES, summarize, summarize_file
from indexers.text import FEW_LINES, WORD, Lines, cut_blocks, gaps, searchable
from indexers.words import identifier_parts, query_words, split_words

__all__ = [
    "FEW_BYTES", "FEW_LINES", "MODULE", "MOST_NAMES", "PLACED", "PROTOTYPE", "REGISTRATIONS", "REPLACEABLE", "WORD",
    "FileFacts", "Language", "Lines", "Member", "Reference", "Span", "Symbol",
    "base_name", "gaps", "identifier_parts", "index_source", "language_of", "language_revision", "languages", "load", "name_of_first",
    "names_its_type", "plain", "prepare", "query_words", "readable", "searchable", "split_words", "summarize", "summarize_file",
    "unnumbered",
]  # fmt: skip


def prepare() -> None:
    """Import the parser in advance, so that a process that lacks it fails before it takes a file."""
    import_module("indexers.extraction")


def load(language: str) -> None:
    """Load the grammar and the query of a language in advance. That may take seconds, for which no file is to blame."""
    if _has_grammar(language) and not languages()[language].keyed:
        compiled(language)


def _has_grammar(language: str) -> bool:
    """Tell whether files of a language can be read by its grammar, or by its rules for keys."""
    return language in languages() and readable(language) and is_unpacked(language)


def index_source(language: str, source: bytes) -> FileFacts:
    """Return the facts of one file. Any bytes are accepted: damage shows in `has_errors`, never as an exception."""
    lines = Lines(source)
    if _has_grammar(language):
        if languages()[language].keyed:
            from indexers.keyed import index_keyed

            return index_keyed(languages()[language], source, lines)
        if languages()[language].cells:
            from indexers.notebooks import index_notebook

            return index_notebook(source, lines)
        from indexers.extraction import extract  # and with it tree-sitter, which nobody needs who only asks

        facts = extract(languages()[language], source, lines)
        if not languages()[language].scripts:
            return facts
        from indexers.embedded import with_scripts

        return with_scripts(facts, source, lines)
    symbols = sections(language, source, lines) if language in SECTIONED else ()
    blocks = cut_blocks(source, lines, gaps(source, symbols), language)
    doc = preamble(source, lines, symbols) if language in SECTIONED else ""
    return FileFacts(language, symbols, tuple(symbol.span for symbol in symbols), modules_of(language, source), blocks, doc, False)
