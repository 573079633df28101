"""Extracts the facts of a source file: its symbols, references, members, blocks and documentation."""

import re

from indexers.extraction.captures import captured, together
from indexers.extraction.comments import comment_runs, documented, end_heads_at_comments, opening_comment
from indexers.extraction.scopes import as_written, members_in, needed, registered_in, scoped
from indexers.extraction.symbols import begin_at_blanked, joined_clauses, nested
from indexers.joining import joined
from indexers.language import Language, compiled, mends
from indexers.mending import layers, mended, parsed
from indexers.model import FileFacts
from indexers.registrations import registrations
from indexers.text import Lines, cut_blocks, gaps

NOT_UTF8 = re.compile("[\udc80-\udcff]")


def extract(language: Language, source: bytes, lines: Lines) -> FileFacts:
    """Return the facts of one source file."""
    parser = compiled(language.name)[0]
    text = _utf8(source)
    tree, read, shown = parsed(parser, text, mends(language.name), language.branches)
    has_errors = tree.root_node.has_error
    if language.nested and len(texts := layers(text, language.nested)) > 1:
        of_layers = [parsed(parser, one, mends(language.name), language.branches) for one in texts]
        read, has_errors = mended(text, mends(language.name)), any(one.tree.root_node.has_error for one in of_layers)
        found = together(captured(language, one.tree.root_node, one.read, text) for one in of_layers)
    else:
        found = captured(language, tree.root_node, read, text)
    definitions, references, bindings, members, comments, attributes, doc = found
    if read != source:
        begin_at_blanked(definitions, source, read, lines)
        references = [as_written(found, source, read) for found in references]
    runs = comment_runs(source, lines, comments, attributes)
    apart = {id(definition) for definition in definitions if definition.doc}
    definitions = documented(definitions, runs, source, lines)
    end_heads_at_comments(definitions, comments)
    if language.trimmed:
        for definition in definitions:
            definition.name = definition.name.rstrip(language.trimmed)
    above = {node.start_byte: node.end_byte for node in comments}
    if language.clauses:
        definitions = joined_clauses(definitions, apart, source, above)
    remarks = sorted((start, end) for start, end in above.items() if start not in attributes)
    alone, scopes = nested(definitions, above, remarks, source if shown is text else shown, lines)
    symbols = joined(source, lines, alone, above)
    modules = {found[3] for found in references if found[1] == "import"}
    registered = registered_in(registrations(language.name, tree, source, modules), scopes, lines)
    return FileFacts(
        language=language.name,
        symbols=symbols,
        own_spans=tuple(symbol.span for symbol in alone),
        references=needed(language, (*scoped(references + bindings, scopes, lines), *registered), symbols),
        blocks=cut_blocks(source, lines, gaps(source, symbols), language.name),
        doc=doc or opening_comment(runs, source, alone),
        has_errors=has_errors,
        members=tuple(members_in(members, alone, scopes, lines)),
    )


def _utf8(source: bytes) -> bytes:
    """Return `source` with each byte that is not UTF-8 replaced by `_`: the predicates of a query raise on such bytes."""
    try:
        source.decode("utf-8")
    except UnicodeDecodeError:
        return NOT_UTF8.sub("_", source.decode("utf-8", "surrogateescape")).encode("utf-8")
    return source
