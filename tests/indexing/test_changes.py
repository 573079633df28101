"""What differs between two states of a tree, and the laws that a change set keeps."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from memoryd.indexing.changes import diff
from memoryd.model import ChangeSet, Fingerprint, Touched

State = dict[str, Fingerprint]


def state(**digests: str) -> State:
    return {name.replace("_", "/"): Fingerprint(digest, "r1") for name, digest in digests.items()}


def test_an_added_a_modified_and_a_removed_file_are_told_apart() -> None:
    assert diff(state(a="1", b="2"), state(b="3", c="4")) == ChangeSet(added=("c",), modified=("b",), removed=("a",))


def test_paths_are_sorted() -> None:
    changes = diff(state(z="1", y="2", n="3", m="4"), state(n="5", m="6", b="7", a="8"))
    assert changes == ChangeSet(added=("a", "b"), modified=("m", "n"), removed=("y", "z"))


def test_a_new_language_revision_counts_as_a_modification() -> None:
    assert diff({"a": Fingerprint("1", "r1")}, {"a": Fingerprint("1", "r2")}) == ChangeSet(modified=("a",))


def test_a_moved_file_is_a_rename() -> None:
    assert diff(state(old="1"), state(new="1")) == ChangeSet(renamed=(("old", "new"),))


def test_a_moved_and_edited_file_is_removed_and_added() -> None:
    assert diff(state(old="1"), state(new="2")) == ChangeSet(added=("new",), removed=("old",))


def test_a_file_moved_into_another_language_is_no_rename_because_its_facts_differ() -> None:
    changes = diff({"a.h": Fingerprint("1", "c")}, {"a.py": Fingerprint("1", "python")})
    assert changes == ChangeSet(added=("a.py",), removed=("a.h",))


def test_a_copy_is_added() -> None:
    assert diff(state(a="1"), state(a="1", b="1")) == ChangeSet(added=("b",))


def test_equal_files_are_paired_by_name_before_order() -> None:
    changes = diff(state(p_a="1", p_b="1", p_c="1"), state(q_b="1", q_x="1", q_z="1"))
    assert changes.renamed == (("p/a", "q/x"), ("p/b", "q/b"), ("p/c", "q/z"))


def test_each_vanished_path_is_used_once() -> None:
    changes = diff(state(a="1"), state(b="1", c="1"))
    assert changes == ChangeSet(added=("c",), renamed=(("a", "b"),))


paths = st.sampled_from([f"{folder}{name}" for folder in ("", "p/", "q/") for name in "abc"])
states = st.dictionaries(paths, st.builds(Fingerprint, st.sampled_from("123"), st.sampled_from(("r1", "r2"))))


@given(states)
def test_a_state_does_not_differ_from_itself(one: State) -> None:
    assert not diff(one, dict(one))


@given(states, states)
def test_applying_the_changes_to_the_index_gives_the_tree(indexed: State, current: State) -> None:
    changes = diff(indexed, current)
    moved = dict(changes.renamed)
    applied = {moved.get(path, path): fingerprint for path, fingerprint in indexed.items() if path not in changes.removed}
    applied |= {path: current[path] for path in changes.added + changes.modified}
    assert applied == current


@given(states, states)
def test_every_path_is_named_at_most_once_and_only_for_a_reason(indexed: State, current: State) -> None:
    changes = diff(indexed, current)
    old, new = [old for old, _ in changes.renamed], [new for _, new in changes.renamed]
    gone, come = sorted([*changes.removed, *old]), sorted([*changes.added, *new])
    assert gone == sorted(indexed.keys() - current.keys())
    assert come == sorted(current.keys() - indexed.keys())
    assert list(changes.modified) == sorted(path for path in indexed.keys() & current.keys() if indexed[path] != current[path])


@given(states, states, st.randoms())
def test_the_order_of_the_mappings_does_not_matter(indexed: State, current: State, random: Random) -> None:
    def shuffled(one: State) -> State:
        items = list(one.items())
        random.shuffle(items)
        return dict(items)

    assert diff(shuffled(indexed), shuffled(current)) == diff(indexed, current)


def test_changes_one_after_the_other_touch_what_they_touch_together() -> None:
    chance = Random(3)
    for _ in range(100):
        has_rows: dict[str, bool] = {}
        together = Touched()
        for _ in range(3):
            change = {path: chance.random() < 0.5 for path in chance.sample("abcdef", 3)}
            has_rows |= change
            together = together.then(Touched(frozenset(p for p in change if change[p]), frozenset(p for p in change if not change[p])))
        assert together.paths == sorted(has_rows)
        assert together.written == {path for path, has in has_rows.items() if has}
