"""A mapping in layers is the dictionary that the same changes make."""

from hypothesis import given
from hypothesis import strategies as st

from memoryd.overlay import DIFFERING, Overlay

KEYS = st.integers(0, 12)
CHANGES = st.lists(st.dictionaries(KEYS, st.none() | st.text(max_size=2), max_size=5), max_size=6)


@given(st.dictionaries(KEYS, st.text(max_size=2)), CHANGES)
def test_changes_make_what_they_make_of_a_dictionary(base: dict[int, str], changes: list[dict[int, str | None]]) -> None:
    layers, expected = Overlay(dict(base)), dict(base)
    for change in changes:
        before = dict(layers)
        after = layers.with_changes(change.items())
        assert dict(layers) == before
        expected = {key: value for key, value in {**expected, **change}.items() if value is not None}
        layers = after
        assert dict(layers) == expected
        assert len(layers) == len(expected)
        assert {key for key in range(13) if key in layers} == set(expected)
        assert [layers.get(key) for key in range(13)] == [expected.get(key) for key in range(13)]


def test_many_changes_become_one_dictionary_again() -> None:
    layers: Overlay[int, int] = Overlay(dict.fromkeys(range(50), 0))
    for start in range(0, 4 * DIFFERING, 50):
        layers = layers.with_changes((key, start) for key in range(start, start + 50))
        assert len(layers._changed) <= DIFFERING
    assert len(layers) == 4 * DIFFERING


class Counting(dict[str, int]):
    """A dictionary that counts how often a key is looked for."""

    looks = 0

    def __contains__(self, key: object) -> bool:
        self.looks += 1
        return super().__contains__(key)


def test_a_change_looks_for_no_key_in_the_base_before_somebody_asks_for_the_size() -> None:
    base = Counting(a=1, b=2)
    changed = Overlay(base).with_changes([("a", None), ("c", 3), ("d", 4)]).with_changes([("d", None)])
    assert base.looks == 0
    assert len(changed) == 2


@given(st.dictionaries(KEYS, st.text(max_size=2)), CHANGES)
def test_what_holds_of_the_base_is_asked_once_whatever_changes(base: dict[int, str], changes: list[dict[int, str | None]]) -> None:
    asked: list[str] = []

    def is_short(value: str) -> bool:
        asked.append(value)
        return len(value) < 2

    layers = Overlay(dict(base))
    for change in [{}, *changes]:
        layers = layers.with_changes(change.items())
        assert layers.where(is_short) == {key for key, value in layers.items() if len(value) < 2}
    assert len(asked) <= len(base) + 13 * len(changes)


@given(st.dictionaries(KEYS, st.text(max_size=2)), CHANGES)
def test_keys_are_grouped_as_all_keys_would_be_and_those_of_the_base_once(
    base: dict[int, str], changes: list[dict[int, str | None]]
) -> None:
    asked: list[int] = []

    def last_digit(key: int) -> int:
        asked.append(key)
        return key % 10

    overlay = Overlay(base)
    overlay.keys_in(3, last_digit)
    for change in changes:
        overlay = overlay.with_changes(change.items())
        assert sorted(overlay.keys_in(3, last_digit)) == sorted(key for key in overlay if key % 10 == 3)
    assert all(asked.count(key) == 1 for key in base.keys() - {key for change in changes for key in change})
