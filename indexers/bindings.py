"""What names hold, as far as one file says: declared types and assigned values, each a chain of names, members and calls.

A chain reads `shop.Cart()`, `self.make().cart`: arguments are left out. What is no such chain is not told.
"""

import re
from functools import lru_cache

LONGEST = 400
"""The most characters of a value or a type that are read."""
CHAIN = re.compile(r"[^\W\d]\w*(?:\(\))?(?:\.[^\W\d]\w*(?:\(\))?)*")
REFERENCE = re.compile(r"^[*&?\\]+(?:'\w+ )?(?:mut |dyn )?")
"""What stands before a type and says how it is held: a pointer, a reference, or that there may be none."""
ARROWS = re.compile(r"->|::|\?->|\?\.")
CLOSES = {"(": ")", "[": "]", "{": "}", "<": ">"}
TOLD = {"(": "(", ")": ")", "<": "", ">": ""}
"""What stands for brackets in a chain: types as arguments for nothing, other brackets for `?`."""
QUOTES = "'\"`"
MARK = re.compile("[][(){}<>'\"`]")
"""What decides about the text after it: brackets and quotes."""
PREFIXES = ("try ", "try? ", "try! ", "await ", "new ", "yield ", "&")
WRAPPERS = {
    "[": frozenset(("Optional", "Annotated", "ClassVar", "Final", "Required", "NotRequired", "ReadOnly", "Awaitable")),
    "<": frozenset(("Required", "Readonly", "Partial", "Promise", "Task", "ValueTask", "Box", "Rc", "Arc")),
}
"""Generic types whose members are those of their first argument, or that are awaited for it."""
ARRAY = "Array"
GLOBAL = re.compile(r"\??\\\w+")
"""A type of PHP in no namespace: of the language, most often."""
NOTHING = frozenset(("None", "null", "undefined", "void", "never"))
LITERAL, DECLARED = "literal", "is"
"""How a binding is known, besides the value itself: a literal, or a declared type, whose instance the name holds."""


@lru_cache(maxsize=20_000)
def condensed(text: str) -> str:
    """Return an expression as a chain without arguments, "" if it is none."""
    if len(text) > LONGEST:
        return ""
    for prefix in PREFIXES:
        text = text.removeprefix(prefix)
    bare = plain(_without_arguments(text).replace("!", ""))
    return bare if CHAIN.fullmatch(bare) else ""


def plain(chain: str) -> str:
    """Return a chain with points between its names, however its language writes them: `$this->cart`, `Cart::new()`."""
    return ARROWS.sub(".", chain).replace("$", "")


@lru_cache(maxsize=20_000)
def declared(text: str) -> str:
    """Return the name of a declared type, without what may be nothing beside it and without arguments; "" if it is several."""
    text = text.strip()[:LONGEST].removeprefix("readonly ").strip("'\"").strip()
    if GLOBAL.fullmatch(text):
        return ARRAY
    text = REFERENCE.sub("", text).removesuffix("?")
    for word in ("any ", "some "):
        text = text.removeprefix(word)
    parts = [part.strip().strip("'\"") for part in _split(text, "|")]
    kept = [part for part in parts if part and part not in NOTHING]
    if len(kept) != 1:
        return ""
    if kept[0].endswith("[]") or (kept[0][0] == "[" and kept[0][-1] == "]"):
        return ARRAY
    head, mark, rest = kept[0].partition("[") if "[" in kept[0] else kept[0].partition("<")
    head = head.strip()
    head = head.rpartition("\\")[2].replace("::", ".")
    last = head.rpartition(".")[2]
    if mark and last in WRAPPERS[mark]:
        return declared(_split(rest[:-1], ",")[0])
    if mark and last == "Union":
        return declared("|".join(_split(rest[:-1], ",")))
    return head if CHAIN.fullmatch(head) and not head.endswith(")") and last not in ("type", "Type") else ""


def _without_arguments(text: str) -> str:
    """Return a text with what stands in parentheses left out, and without blanks; "?" stands for other brackets."""
    parts: list[str] = []
    awaited: list[str] = []
    quote = ""
    done = 0
    for match in MARK.finditer(text):
        character, at = match[0], match.start()
        if not awaited and at > done:
            parts += text[done:at].split()
        done = at + 1
        if quote:
            quote = "" if character == quote else quote
        elif character in QUOTES:
            quote = character
            if not awaited:
                return "?"
        elif awaited and character == awaited[-1] and not (character == ">" and text[at - 1] == "="):
            awaited.pop()
            if not awaited:
                parts.append(TOLD.get(character, "?"))
        elif character in CLOSES:
            if not awaited:
                parts.append(TOLD.get(character, "?"))
            awaited.append(CLOSES[character])
        elif not awaited:
            parts.append(character)
    if not awaited:
        parts += text[done:].split()
    return "".join(parts)


def _split(text: str, mark: str) -> list[str]:
    """Split a type at a mark outside of brackets."""
    parts, depth, start = [], 0, 0
    for at, character in enumerate(text):
        if character in "[(<{":
            depth += 1
        elif character in "])>}":
            depth -= 1
        elif character == mark and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]
