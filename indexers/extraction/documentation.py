"""Cleans documentation: comments and strings without their marks."""

import re

DOC_CHARACTERS = 1_200
COMMENT_MARKS = re.compile(
    r"^[ \t]*(?:/\*+!?|\(\*+(?!\))|\*+[/)]|\*(?![/)])|//[/!]*|--\[=*\[|(?:--)?\]=*\](?=[ \t]*$)"
    r"|=(?:begin|end|cut|head\d|item|over|back|pod)\b|--+(?: ?[|^](?=\s))?|<!--|-->|<#|#>|#+[!':]?|;+|%+|!+[<>!]?(?=\s|$)"
    r"|\{-(?: ?[|^])?|-\}|\"\"\"|''')?[ \t]?"
    r"|(?:(?<![ \t])[ \t]++)?(?:(?<!\*)\*++[/)]|-\}|-->|#>)[ \t]*+$",
    re.MULTILINE,
)
XML_DOC = re.compile(r"<(?:summary|inheritdoc|remarks|param|returns)\b")
XML_PARAMETER = re.compile(r"""<(?:param|typeparam|exception)\s+\w+=["'](?:\w:)?([^"']*)["']\s*>""")
XML_TAG = re.compile(r"""</?[a-z]+(?:\s+(?:cref|name|langword|href|type)=["'](?:\w:)?([^"']*)["'])?\s*/?>""")
STRING_MARKS = re.compile(r"""^[A-Za-z]{0,2}(\"\"\"|'''|\"|'|`)|(\"\"\"|'''|\"|'|`)$""")


def clean_doc(text: str) -> str:
    """Return documentation without quotes, or comment marks, and indentation: in a string, what looks like a mark is text."""
    text = text.strip()
    # A comment may end in a quote, too.
    text = STRING_MARKS.sub("", text) if STRING_MARKS.match(text) else COMMENT_MARKS.sub("", text)
    if XML_DOC.search(text):
        text = XML_TAG.sub(r"\1", XML_PARAMETER.sub(r"\1: ", text))
    return "\n".join(line.strip() for line in text.splitlines()).strip()[:DOC_CHARACTERS]
