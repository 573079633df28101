"""What holds for the facts of any bytes in any language: every fact is in its place, and the same bytes give the same facts."""

from itertools import islice

from indexers import FEW_BYTES, FEW_LINES, WORD, FileFacts, Span, gaps, index_source, languages

LANGUAGES = sorted({*languages(), "markdown", "rst", "text", "yaml"})


def check_facts(language: str, source: bytes) -> FileFacts:
    """Index a source twice and hold the facts against the laws."""
    facts = index_source(language, source)
    assert index_source(language, source) == facts
    qualnames = [symbol.qualname for symbol in facts.symbols]
    assert len(set(qualnames)) == len(qualnames)
    assert all(qualnames)
    assert {reference.scope for reference in facts.references} <= {"", *qualnames}
    for reference in facts.references:
        assert 1 <= reference.line <= source.count(b"\n") + 1
        assert sorted(set(reference.lines)) == list(reference.lines)
    types = {symbol.qualname: symbol.span for symbol in facts.symbols}
    for member in facts.members:
        around = types[member.owner]
        assert around.first_line <= member.first_line <= member.last_line <= source.count(b"\n") + 1
        assert member.name.split() == [member.name]
    for span in [*(symbol.span for symbol in facts.symbols), *facts.blocks]:
        _check_span(source, span)
    _check_cover(source, facts)
    if facts.symbols and language in languages() and language != "notebook":  # whose blocks are its cells
        _check_blocks(source, facts)
    str(facts).encode("utf-8")  # no half of a surrogate pair came through
    return facts


def _check_span(source: bytes, span: Span) -> None:
    assert 0 <= span.start < span.end <= len(source)
    assert span.first_line == source.count(b"\n", 0, span.start) + 1
    assert span.last_line == source.count(b"\n", 0, span.end - 1) + 1


def _check_cover(source: bytes, facts: FileFacts) -> None:
    """Blocks lie in order, each in a gap between symbols, and hold its words; symbols hold one another or do not touch."""
    free = list(gaps(source, facts.symbols))
    words = [match.span() for start, end in free for match in islice(WORD.finditer(source, start, end), 20)]
    position = 0
    for block in facts.blocks:
        assert position <= block.start
        assert any(start <= block.start and block.end <= end for start, end in free)
        position = block.end
    if facts.language != "notebook":  # in which outputs are left out
        assert all(any(block.start <= start and end <= block.end for block in facts.blocks) for start, end in words)


def _check_blocks(source: bytes, facts: FileFacts) -> None:
    """Beside symbols there are no blocks of few lines, unless these are long."""
    few = [block for block in facts.blocks if block.last_line - block.first_line < FEW_LINES]
    long = [(start, end) for start, end in gaps(source, facts.symbols) if end - start > FEW_BYTES]
    assert all(any(start <= block.start < end for start, end in long) for block in few)
