"""Explains the rank of each unit for one question: the score of each signal, and the factors of its kind, place and file."""

from pathlib import Path

from memoryd.config import read_settings
from memoryd.escaping import escaped
from memoryd.memory import ProjectMemory
from memoryd.ranking import HITS_REPEAT, Explanation, Query, explain, rank, read_query


def run(root: Path, question: str, limit: int) -> None:
    """Print the parsed question, and the `limit` best units of a project with their reasons."""
    with ProjectMemory(root, read_settings()) as memory:
        memory.refresh()
        query, view = read_query(question), memory.view()
        why = {one.unit.id: one for one in explain(view, query)}
        ranked = rank(view, query, HITS_REPEAT, limit)
    print("\n".join(_told(query)))
    for place, found in enumerate(ranked, 1):
        unit = found.unit
        print(f"\n{place}. {escaped(unit.id)}  [{unit.first_line}-{unit.last_line}] {unit.kind}")
        print("\n".join(_reasons(why[unit.id], found.score)))


def _told(query: Query) -> list[str]:
    read = {"words": query.words, "names": query.names, "paths": query.paths, "frames": query.frames}
    told = {what: ", ".join(map(str, found)) for what, found in read.items() if found}
    return [f"{what:<7} {escaped(found)}" for what, found in told.items()]


def _reasons(one: Explanation, final: float) -> list[str]:
    """Return the lines of a score's sum: the parts, times the factor, plus the support, less the discount for better units of the file."""
    lines = [f"   {part.signal:<10} rank {part.rank + 1:>4}  strength {part.strength:.3f}  + {part.worth:.5f}" for part in one.parts]
    total = sum(part.worth for part in one.parts)
    made = f"× {one.factor:.2f} for its kind and place  + {one.support:.5f} from its file  = {one.score:.5f}"
    lines.append(f"   {'sum':<10} {total:.5f}  {made}")
    if one.score - final > 1e-6:
        lines.append(f"   {'repeated':<10} better units of the file leave {final:.5f}")
    return lines
