"""How amounts are written for people: tokens, dollars, shares. Pure."""


def tokens(number: float) -> str:
    """Return a number of tokens, short."""
    for size, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(number) >= size:
            return f"{number / size:.1f}{name}" if abs(number) < 100 * size else f"{number / size:.0f}{name}"
    return f"{number:.0f}"


def dollars(amount: float | None) -> str:
    """Return an amount of money; what is not known is no zero."""
    if amount is None:
        return "no price"
    if amount and abs(amount) < 0.005:
        return "<$0.01" if amount > 0 else ">-$0.01"
    return f"{'-' if amount < 0 else ''}${abs(amount):,.2f}"


def share(part: float | None) -> str:
    """Return a share in percent."""
    return "–" if part is None else f"{part:.1%}"
