"""What the forms of reports ask: headings, check boxes, comments. Every report has them, as it has links: they say nothing of this one."""

import re

HEADINGS = (
    r"(?:steps )?to reproduce|(?:expected|actual|current|observed) (?:behaviou?r|results?|output)"
    r"|additional (?:context|info(?:rmation)?)|environment|versions?|screenshots?|what happened|(?:your )?configuration"
    r"|(?:possible )?solution|search before asking|how to reproduce"
    r"|system information|checklist|code of conduct|yes i am willing to submit a pr|(?:issue |bug |problem )?description"
    r"|reproduction(?: steps)?|operating system"
)
OPENINGS = (
    r"describe (?:the|your|what|how|any)|a clear and concise description of|are you willing to work on"
    r"|is your feature request related to a problem"
)
"""What lines of a form begin with that each template ends in its own way."""
TAIL = r"(?-i:[^A-Z.?!\n]{0,80})[.?!]?(?: please [a-z]{1,20}\.?)?"
"""How these go on: a capital letter begins what somebody answered on the same line."""
LINK = re.compile(r"https?://\S+", re.IGNORECASE)
FORM = re.compile(
    r"^[ \t]{0,20}[-*] \[[ xX]\].*$"
    rf"|^[#*_ \t]{{0,20}}(?:(?:{OPENINGS})\b{TAIL}|(?:{HEADINGS})!?)[:?*_ \t\r]{{0,20}}$"
    r"|(?<!\S)[-*] \[[ xX]\] (?:[^.?!#*\[\n]|\[(?![ xX]\])){0,100}[.?!]?"
    r"|(?<!\S)(?:#{1,6} |#{2,6}|\*\*|__)"
    rf"(?:describe (?:the|your|any) \w{{1,20}}|is your feature request related to a problem|{HEADINGS})\b"
    r"[!?:.]{0,2}(?:(?:\*\*|__):?)?"
    r"|a clear and concise description of [^.\n]{1,60}\.",
    re.IGNORECASE | re.MULTILINE,
)
"""What is a form's: lines of it, and in a text without lines what is marked as a heading or a check box."""


def without_comments(text: str) -> str:
    """Return a text with a line end for each HTML comment; an unclosed comment stays."""
    parts, start = [], 0
    while (opening := text.find("<!--", start)) >= 0 and (end := text.find("-->", opening)) >= 0:
        parts.append(text[start:opening])
        start = end + 3
    return "\n".join([*parts, text[start:]])


def without_form(text: str) -> str:
    """Return what a text says beyond its form and without links, with a line end for each part of the form."""
    return FORM.sub("\n", LINK.sub(" ", without_comments(text))).strip()
