"""How things are written: ids, and text that nobody else wrote so that it misleads.

ids         the ids of files, symbols, blocks and kept outputs
numbers     a number with its noun
escaping    what a reader cannot see or a terminal obeys, as visible escapes
delimiting  foreign text that cannot end its delimiter, nor pass for a line of memoryd
"""

from memoryd.text.delimiting import excerpt_heading, literal, quotation, source_line, source_lines, source_text, under_heading
from memoryd.text.escaping import HIDDEN, escaped, escaped_json, escaped_text, shortened
from memoryd.text.ids import OBSERVATION_DIGITS, block_id, file_id, names_observation, plain_path, qualname_in, split_id, symbol_id
from memoryd.text.numbers import number_of

__all__ = [
    "HIDDEN", "OBSERVATION_DIGITS", "block_id", "escaped", "escaped_json", "escaped_text", "excerpt_heading", "file_id", "literal",
    "names_observation", "number_of", "plain_path", "qualname_in", "quotation", "shortened", "source_line", "source_lines", "source_text",
    "split_id", "symbol_id", "under_heading",
]  # fmt: skip
