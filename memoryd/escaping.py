"""Names on one line: what a repository calls its files must not look like lines of ours, nor steer a terminal."""


def escaped(name: str) -> str:
    """Return a name with line breaks, and all else that is neither a visible character nor a space, escaped out."""
    return name if name.isprintable() else "".join(map(_character, name))


def _character(one: str) -> str:
    return one if one.isprintable() else one.encode("unicode_escape").decode()
