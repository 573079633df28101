"""Cleans documentation: comments and strings without their marks."""

import re

DOC_CHARACTERS = 1_200
OPENING_MARK = re.compile(
    r"[ \t]*(?:/\*+!?|\(\*+(?!\))|\*+[/)]|\*(?![/)])|//[/!]*|--\[=*\[|(?:--)?\]=*\](?=[ \t]*$)"
    r"|=(?:begin|end|cut|head\d|item|over|back|pod)\b|--+(?: ?[|^](?=\s))?|<!--|-->|<#|#>|#+[!':]?|;+|%+|!+[<>!]?(?=\s|$)"
    r"|\{-(?: ?[|^])?|-\}|\"\"\"|''')?[ \t]?",
    re.MULTILINE,
)
"""What stands at the beginning of a line of a comment: blanks and a mark, maybe nothing."""
CLOSING_MARK = re.compile(r"(?:(?<![ \t])[ \t]++)?(?:(?<!\*)\*++[/)]|-\}|-->|#>)[ \t]*+$")
CLOSING = ("/", ")", "}", ">")
"""How each `CLOSING_MARK` ends: few lines do, and to search all of them takes ten times as long."""
XML_DOC = re.compile(r"<(?:summary|inheritdoc|remarks|param|returns)\b")
XML_PARAMETER = re.compile(r"""<(?:param|typeparam|exception)\s+\w+=["'](?:\w:)?([^"']*)["']\s*>""")
XML_TAG = re.compile(r"""</?[a-z]+(?:\s+(?:cref|name|langword|href|type)=["'](?:\w:)?([^"']*)["'])?\s*/?>""")
OPENING_QUOTE = re.compile(r"""[A-Za-z]{0,2}(?:\"\"\"|'''|\"|'|`)""")


def clean_doc(text: str) -> str:
    """Return documentation without quotes, or comment marks, and indentation: in a string, what looks like a mark is text."""
    text = text.strip()
    # A comment may end in a quote, too.
    quote = OPENING_QUOTE.match(text)
    text = _without_closing_quote(text[quote.end() :]) if quote else _without_marks(text)
    if XML_DOC.search(text):
        text = XML_TAG.sub(r"\1", XML_PARAMETER.sub(r"\1: ", text))
    return "\n".join(line.strip() for line in text.splitlines()).strip()[:DOC_CHARACTERS]


def _without_closing_quote(text: str) -> str:
    return text[:-3] if text.endswith(('"""', "'''")) else text[:-1] if text.endswith(('"', "'", "`")) else text


def _without_marks(text: str) -> str:
    lines, begin = [], 0
    for line in text.split("\n"):
        end = begin + len(line)
        opening = OPENING_MARK.match(text, begin)
        start = opening.end() if opening else begin
        closing = CLOSING_MARK.search(text, start, end) if line.rstrip(" \t").endswith(CLOSING) else None
        lines.append(text[start : closing.start() if closing else end])
        begin = end + 1
    return "\n".join(lines)
