"""Lists what a pack left out, each file on one line: `shop/cart.py: Cart.total 12-40, Cart.add 50-60`. Pure.

So sixty units cost what a dozen cost by their ids. A path with `#` and a name is a handle, and so is a path with `:` and lines.
"""

from collections.abc import Mapping, Sequence

from memoryd.packing.likelihood import Likely
from memoryd.parsing import FILE
from memoryd.text import escaped, file_id, source_line
from memoryd.tokens import TokenCount
from memoryd.versions import Unit


def listed(left: Sequence[Likely], names: Mapping[str, str], room: int, advice: str, count: TokenCount) -> str:
    """Return the list of as many units as fit into `room` tokens, the likeliest, with how many there are; "" if not even one fits.

    `names` are those of the units by id, `advice` says how to see one. A whole file is not listed: it holds the others.
    """
    left = [one for one in left if one.unit.kind != FILE]
    room -= count(_head(left, left, advice))
    paths: set[str] = set()
    fitting: list[Likely] = []
    for one in left:
        room -= count(f" {_entry(one.unit, names)},") + (0 if one.unit.path in paths else count(f"{escaped(file_id(one.unit.path))}:\n"))
        if room < 0:
            break
        paths.add(one.unit.path)
        fitting.append(one)
    return _head(fitting, left, advice) + _lines([one.unit for one in fitting], names) if fitting else ""


def _head(named: Sequence[Likely], left: Sequence[Likely], advice: str) -> str:
    number = f"{len(named)} of {len(left)}" if len(named) < len(left) else str(len(left))
    return f"\n## left out ({number}); {advice}\n"


def _lines(units: Sequence[Unit], names: Mapping[str, str]) -> str:
    files: dict[str, list[str]] = {}
    for unit in units:
        files.setdefault(unit.path, []).append(_entry(unit, names))
    lines = (f"{escaped(file_id(path))}: {', '.join(entries)}" for path, entries in files.items())
    return "".join(f"{source_line(line)}\n" for line in lines)


def _entry(unit: Unit, names: Mapping[str, str]) -> str:
    lines = f"{unit.first_line}-{unit.last_line}"
    return f"{escaped(names[unit.id])} {lines}" if unit.is_symbol else lines
