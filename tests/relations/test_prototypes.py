"""Questions about what a header announces are about what other files define."""

from collections.abc import Iterator

import pytest

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.questions import Relation
from memoryd.relations import RelationQuestion
from tests.project import write

PORT = {
    "port.h": "int moor(int);\nclass Pier { public: int load(int); int tare() { return 1; } };\n",
    "moor.c": '#include "port.h"\nint moor(int x) { return x; }\n',
    "pier.cc": '#include "port.h"\nint Pier::load(int x) { return tare(); }\n',
    "watch.c": '#include "port.h"\nstatic int (*watchers[])(int) = { moor };\n',
    "main.cc": '#include "port.h"\nint run(Pier* pier) { moor(1); return pier->load(3); }\n',
}


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProjectMemory]:
    base = tmp_path_factory.mktemp("port")
    write(base / "project", PORT)
    with ProjectMemory(base / "project", Settings(base / "home", embedder="hash", workers=1)) as made:
        yield made


@pytest.mark.parametrize(
    ("handle", "definition"),
    [
        ("moor", "moor.c#moor"), ("port.h#moor", "moor.c#moor"), ("moor.c#moor", "moor.c#moor"), ("port.h:1", "moor.c#moor"),
        ("Pier.load", "pier.cc#Pier.load"), ("port.h#Pier.load", "pier.cc#Pier.load"), ("Pier", "pier.cc#Pier.load"),
    ],
)  # fmt: skip
def test_callers_of_what_a_header_announces_are_those_of_the_function(memory: ProjectMemory, handle: str, definition: str) -> None:
    answer = memory.related(RelationQuestion(Relation.CALLERS, (handle,)))
    assert [(edge["from"], edge["to"]) for edge in answer.edges] == [("main.cc#run", definition)]


def test_a_header_is_called_by_who_calls_what_it_announces(memory: ProjectMemory) -> None:
    answer = memory.related(RelationQuestion(Relation.CALLERS, ("port.h",)))
    assert {(edge["from"], edge["to"]) for edge in answer.edges} == {("main.cc#run", "moor.c#moor"), ("main.cc#run", "pier.cc#Pier.load")}


def test_a_function_that_is_given_as_a_value_has_uses_there_and_callers_that_are_not_known(memory: ProjectMemory) -> None:
    used = memory.related(RelationQuestion(Relation.USES, ("moor",)))
    assert {(edge["from"], edge["kind"]) for edge in used.edges} == {("main.cc#run", "call"), ("watch.c", "value")}
    assert "1 use as a value" in memory.related(RelationQuestion(Relation.CALLERS, ("moor",))).text


def test_what_a_header_announces_is_not_dead(memory: ProjectMemory) -> None:
    assert [unit.id for unit in memory.related(RelationQuestion(Relation.DEAD)).found] == ["main.cc#run"]


def test_the_name_of_a_function_and_its_prototype_shows_the_function(memory: ProjectMemory) -> None:
    assert memory.show("moor").path == "moor.c"
