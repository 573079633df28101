"""Escapes names for one line of output: the name of a file must not look like a line of memoryd, nor control a terminal."""


def escaped(name: str) -> str:
    """Return a name in which every character that is neither printable nor a space is escaped, line breaks too."""
    return name if name.isprintable() else "".join(map(_character, name))


def _character(one: str) -> str:
    return one if one.isprintable() else one.encode("unicode_escape").decode()
