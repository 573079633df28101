"""A prototype is told as the function that it announces; of several, each tells of an overload."""

from collections.abc import Iterator

import pytest

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from tests.project import write

PIER = """static int toll(struct ship *ship, int weight);

int moor(struct ship *ship)
{
    return toll(ship, ship->weight);
}

static int toll(struct ship *ship, int weight)
{
"""
RATES = "".join(f"    weight += ship->rate[{number}] * ship->length;\n" for number in range(60))
LOADS = """export function load(path: string): string
export function load(path: number): number
export function load(path: unknown): unknown {
  return path
}
"""


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProjectMemory]:
    base = tmp_path_factory.mktemp("announced")
    write(base / "project", {"pier.c": f"{PIER}{RATES}    return weight;\n}}\n", "loads.ts": LOADS})
    with ProjectMemory(base / "project", Settings(base / "home", embedder="hash", workers=1)) as made:
        yield made


def test_a_pack_shows_the_function_with_its_callers_and_no_prototype(memory: ProjectMemory) -> None:
    pack = memory.pack("toll", 1_500)
    assert "[8-71] function toll~2\n" in pack.text
    assert "pier.c#toll" not in {*(item.id for item in pack.items), *(left.id for left in pack.omitted)}


def test_calls_lead_to_the_function(memory: ProjectMemory) -> None:
    assert "  calls: toll~2\n" in memory.pack("moor", 120).text
    assert memory.show("toll~2").start_line == 8


@pytest.mark.parametrize("handle", ["toll", "pier.c#toll~2"])
def test_a_name_means_the_function(memory: ProjectMemory, handle: str) -> None:
    shown = memory.show(handle)
    assert (shown.start_line, shown.end_line) == (8, 71)


def test_prototypes_of_overloads_are_shown(memory: ProjectMemory) -> None:
    assert {"loads.ts#load", "loads.ts#load~2", "loads.ts#load~3"} <= {item.id for item in memory.pack("load", 500).items}
