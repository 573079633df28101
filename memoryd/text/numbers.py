"""Numbers of things."""


def number_of(number: int, noun: str, several: str = "") -> str:
    """Return a number with its noun: `1 file`, `2,000 files`. `several` is the plural where an s does not make it."""
    return f"{number:,} {noun if number == 1 else several or f'{noun}s'}"
