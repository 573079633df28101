"""Finds the references whose receivers are something else after a change of files, by what names hold before and after.

What names hold is inferred from what other names hold. So a change goes from a binding to those that rest on it, but only as long as
what is inferred differs: where a name holds what it held before, all that rests on it is as before (builds call this early cutoff).
"""

from collections import Counter
from collections.abc import Callable
from itertools import chain
from typing import NamedTuple

import numpy as np

from memoryd.graph.columns import Flags, Ints, flagged
from memoryd.graph.linking import DEPTH, NONE, Linker, Tables


class _State(NamedTuple):
    """The bindings before or after, by the numbers after; `key` is holder and name in one number, `NONE` where the holder is gone."""

    file: Ints
    key: Ints
    scope: Ints
    value: Ints
    how: Ints
    stays: Flags


class _Seen(NamedTuple):
    """Names that are seen everywhere, and names of variables, with the functions in which alone these are seen."""

    names: set[int]
    inner: set[int]
    functions: Ints


class Change:
    """Compares what names hold in two states. `nodes` and `file_map` give old nodes and files their new numbers, `changed` flags files."""

    def __init__(self, old: Linker, new: Linker, nodes: Callable[[Ints], Ints], file_map: Ints, changed: Flags) -> None:
        self._old, self._new, self._nodes, self._changed = old, new, nodes, changed
        self._facts, tables = new.tables.facts, old.tables
        held = tables.held[0]
        scope = np.where(held.scope >= 0, nodes(np.maximum(held.scope, 0) + tables.files), NONE)
        scope = np.where(scope >= 0, scope - new.tables.files, scope)
        self._states = (
            self._state(file_map[held.file], nodes(held.holder), held.name, scope, held.value, held.how),
            self._state(*(getattr(new.tables.held[0], column) for column in ("file", "holder", "name", "scope", "value", "how"))),
        )
        chains = (self._facts.references.qualifier, *(state.value for state in self._states))
        self._chains = np.flatnonzero(np.bincount(np.concatenate(chains), minlength=1))
        self._back = np.full(new.tables.nodes, NONE, dtype=np.int64)
        moved = nodes(np.arange(tables.nodes))
        self._back[moved[moved >= 0]] = np.flatnonzero(moved >= 0)

    def _state(self, file: Ints, holder: Ints, name: Ints, scope: Ints, value: Ints, how: Ints) -> _State:
        stays = file >= 0
        stays[stays] = ~self._changed[file[stays]]
        return _State(file, np.where(holder >= 0, (holder << 32) | name, NONE), scope, value, how, stays)

    def rows(self, names: set[int], moved: Ints, foreign: Flags) -> Flags:
        """Flag the references whose receivers rest on what holds something else now; those in changed files need not be among them.

        `names` mean something else, `moved` are symbols in another place or type, `foreign` flags files whose language is another.
        """
        references, after = self._facts.references, self._states[1]
        found = np.zeros(len(references.file), dtype=np.bool_)
        if self._changed.all():
            return found
        known = np.zeros(0, dtype=np.int64)
        asked = np.concatenate([self._own(), after.key[np.isin(after.scope, moved) | foreign[after.file]]])
        asked = np.union1d(asked, self._resting(_Seen(names, set(), known)))
        while len(asked):
            known = np.union1d(known, asked)
            # A receiver rests on what is known by most steps, and a binding on what is known by one step less.
            differs = self._differs(asked)
            seen, deeper = self._seen(asked[differs[:, -1]]), self._seen(asked[differs[:, :-1].any(axis=1)])
            found |= self._saying(seen.names)[references.qualifier]
            at = np.flatnonzero(self._saying(seen.inner)[references.qualifier])
            scope = self._new.tables.qualnames.first(references.file[at], references.scope[at])
            found[at[self._are_within(scope, seen.functions)]] = True
            asked = np.setdiff1d(self._resting(deeper), known)
        return found

    def _own(self) -> Ints:
        """Return the keys of the bindings that are others than before, whatever they rest on."""
        columns = [(state.key, state.scope, state.value, state.how) for state in self._states]
        staying = all(
            np.array_equal(*(column[state.stays] for column, state in zip(pair, self._states, strict=True)))
            for pair in zip(*columns, strict=True)
        )
        # A name with many bindings is not followed, so their number counts, too.
        before, after = (
            Counter(zip(*(column[~state.stays if staying else slice(None)].tolist() for column in part), strict=True))
            for part, state in zip(columns, self._states, strict=True)
        )
        differing = {key for key, *_ in chain(before - after, after - before)} - {NONE}
        return np.array(sorted(differing), dtype=np.int64)

    def _differs(self, keys: Ints) -> Flags:
        """Tell of each key whether it is held in one state only, or holds something else: columns as of `held_at_depths`."""
        holder, name = keys >> 32, keys & 0xFFFFFFFF
        has, now = self._new.typing.held_at_depths(holder, name)
        had, was = self._old.typing.held_at_depths(self._back[holder], name)
        node = self._nodes(was.node.reshape(-1)).reshape(was.node.shape)
        return np.asarray((has != had)[:, np.newaxis] | (node != now.node) | (was.is_instance != now.is_instance))

    def _seen(self, keys: Ints) -> _Seen:
        """Return the names by which some keys are reached."""
        holder, name, size = keys >> 32, keys & 0xFFFFFFFF, self._new.tables.files
        old = self._back[holder]
        is_inner = (name > 0) & _are_functions(self._new.tables, holder) & ((old < 0) | _are_functions(self._old.tables, old))
        outer = {*name[~is_inner].tolist(), *self._facts.symbols.name[holder[(name == 0) & (holder >= size)] - size].tolist()} - {0}
        return _Seen(aliases((self._old.tables, self._new.tables), outer), set(name[is_inner].tolist()), np.unique(holder[is_inner]) - size)

    def _resting(self, seen: _Seen) -> Ints:
        """Return the keys of the bindings, before or after, in whose chains one of some names stands."""
        found = []
        for state in self._states:
            found.append(state.key[self._saying(seen.names)[state.value]])
            at = np.flatnonzero(self._saying(seen.inner)[state.value])
            found.append(state.key[at[self._are_within(state.scope[at], seen.functions)]])
        keys = np.unique(np.concatenate(found))
        return keys[keys >= 0]

    def _are_within(self, scope: Ints, functions: Ints) -> Flags:
        """Tell whether each scope is one of some functions or is inside of one."""
        found, current = np.isin(scope, functions), scope
        for _ in range(DEPTH if len(functions) else 0):
            current = np.where(current >= 0, self._new.tables.types.container[np.maximum(current, 0)], NONE)
            found |= np.isin(current, functions)
        return np.asarray(found)

    def _saying(self, names: set[int]) -> Flags:
        """Flag the texts that are chains in which one of some names stands, and maybe others."""
        words = self._facts.words
        said = [*words.saying(names), *words.holding(self._chains, names)]
        return flagged(np.array(said, dtype=np.int64), len(words.texts))


def _are_functions(tables: Tables, holder: Ints) -> Flags:
    found: Flags = holder >= tables.files
    found[found] = tables.types.is_callable[holder[found] - tables.files]
    return found


def aliases(states: tuple[Tables, Tables], names: set[int]) -> set[int]:
    """Return some names with those that imports give, at any remove, to what has one of them."""
    found, fresh = set(names), names
    while fresh:
        given: set[int] = set()
        for tables in states:
            imports = tables.imports
            given.update(imports.local[np.isin(imports.name, list(fresh)) & (imports.local != imports.name)].tolist())
        fresh = given - found - {0}
        found |= fresh
    return found
