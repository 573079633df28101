"""The features of units: what they say, how they are named, where they stand in the graph and among those of their files."""

from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np

from memoryd.arrays import positions
from memoryd.graph import Neighbours
from memoryd.parsing import BLOCK, FILE, SECTION
from memoryd.ranking.arrays import distinct, largest, of_best, ranks
from memoryd.ranking.formula import Scored, ranks_inside
from memoryd.ranking.query import Query, name_parts
from memoryd.ranking.related import related
from memoryd.ranking.signals import Named
from memoryd.ranking.unit_names import UnitNames
from memoryd.ranking.word_scores import SOFT_WORDS, QueryWords, UnitWordScores
from memoryd.searchindex import Numbers, Scores
from memoryd.versions import View

Table = dict[str, Scores]
SHARES = ("own", "text", "name", "cosine", "covers", "head_covers", "soft_name")
"""The features whose shares of the largest in the file are features."""
KINDS = {
    "is_function": ("function", "method", "constructor", "destructor", "macro"),
    "is_type": ("class", "struct", "interface", "trait", "type", "enum", "module"),
    "is_announced": ("prototype", "forward", "extension", "impl"),
    "is_variable": ("variable", "constant", "field", "property"),
    "is_block": (BLOCK,), "is_section": (SECTION,), "is_whole": (FILE,),
}  # fmt: skip


def unit_features(
    view: View,
    query: Query,
    asked: QueryWords,
    found: Scored,
    numbers: Numbers,
    unit_names: UnitNames,
    own: Scores,
    words: UnitWordScores,
    neighbours: Neighbours,
) -> Table:
    """Return what is known of units by themselves.

    `unit_names` is what their ids say, `own` is the formula's, `words` what each word finds in them, `neighbours` which are a step apart.
    """
    return {
        **_words(asked, words), **_vectors(view, query, found, numbers), **_exact(found, numbers),
        **_named(view, query, found.named, numbers),
        **_graph(view, found, numbers, own, neighbours), **_kinds(view, numbers), **_spoken(query, unit_names),
    }  # fmt: skip


def beside_others(units: Table, numbers: Numbers, holders: Numbers, files: Numbers, own: Scores) -> Table:
    """Return how units stand among those of their files, beside the definition around them (`holders`), and beside those inside them."""
    size = int(files.max(initial=-1)) + 1
    whole = np.bincount(files, own, size)[files]
    table = {"share": np.divide(own, whole, out=np.zeros(len(own)), where=whole > 0), **_relatives(numbers, holders, own)}
    best = largest(np.column_stack([units[name] for name in SHARES]), files, size)[files].T
    for name, most in zip(SHARES, best, strict=True):
        table[f"{name}_of_file"] = np.divide(units[name], most, out=np.zeros(len(most)), where=most > 0)
    return table | {f"{name}_rank_in_file": np.log1p(ranks_inside(files, units[name])) for name in ("own", "text", "name", "cosine")}


def _words(asked: QueryWords, words: UnitWordScores) -> Table:
    """Return BM25 by text and by names, as shares of what the words can give, and the share of their rarity that is covered."""
    text, names, soft = words
    both, soft_name = text.parts + names.parts, text.weighted(soft.parts, asked.heads)
    rarest = np.where(both > 0, text.rarity[:, np.newaxis], 0.0).max(0, initial=0.0)
    return {
        "text": text.share(), "text_of_best": of_best(text.sums()), "text_covers": text.covers(text.parts),
        "name": names.sums() / text.total(), "name_of_best": of_best(names.sums()), "name_covers": text.covers(names.parts),
        "covers": text.covers(both), "rarest": rarest / max(float(text.rarity.max(initial=0.0)), 1e-9),
        "head_text": text.share(asked.heads), "head_text_of_best": of_best(text.sums(asked.heads)),
        "head_name": names.sums(asked.heads) / text.total(asked.heads), "head_name_of_best": of_best(names.sums(asked.heads)),
        "head_covers": text.covers(both, asked.heads), "head_name_covers": text.covers(names.parts, asked.heads),
        "identifiers": text.sums(asked.identifiers) / text.total(), "identifiers_of_best": of_best(text.sums(asked.identifiers)),
        "identifiers_named": names.sums(asked.identifiers) / text.total(),
        "soft_name": soft_name, "soft_name_of_best": of_best(soft_name), "soft_name_covers": text.weighted(soft.held, asked.heads),
        "text_rank": np.log1p(ranks(text.sums())), "name_rank": np.log1p(ranks(names.sums())),
    }  # fmt: skip


def _vectors(view: View, query: Query, found: Scored, numbers: Numbers) -> Table:
    """Return the cosines with the headline and with the whole text."""
    near = view.matcher.cosines(found.vector, numbers)
    whole = view.matcher.cosines(view.embedder.embed([query.text[:4_000]])[0], numbers) if query.is_report else near
    return {
        "cosine": near, "cosine_of_best": of_best(near), "cosine_rank": np.log1p(ranks(near)),
        "whole_cosine": whole, "whole_cosine_of_best": of_best(whole),
    }  # fmt: skip


def _exact(found: Scored, numbers: Numbers) -> Table:
    """Return the worth of being named, by name, frame and path: 1 for the first that is named."""
    table = {}
    for feature, signal in (("named", "name"), ("framed", "frame"), ("in_path", "path")):
        worth = np.zeros(len(numbers))
        for one in found.candidates.signals:
            if one.signal == signal:
                places = positions(one.found.numbers, numbers)
                worth = np.where(places >= 0, 1 / (1 + np.maximum(places, 0)), 0.0)
        table[feature] = worth
    return table


def _named(view: View, query: Query, named: Named, numbers: Numbers) -> Table:
    """Return how well units match a name of the query, whether one is exactly theirs, and how many definitions share that name."""
    matches, routed = named
    lasts = {parts[-1] for parts in map(name_parts, query.names) if parts}
    match, exact, alike = np.zeros(len(numbers)), np.zeros(len(numbers)), np.zeros(len(numbers))
    rows = view.matcher.numbers(matches) if matches else numbers[:0]
    places = positions(numbers, rows)
    for place, id_ in zip(places.tolist(), view.matcher.ids(rows), strict=True):
        if place >= 0:
            name = view.catalog.by_id[id_].name
            match[place], exact[place] = matches[id_], name in lasts or id_ in routed
            alike[place] = 1 if id_ in routed else len(view.catalog.by_name.get(name.lower(), ()))
    return {"name_match": match, "name_match_of_best": of_best(match), "name_exact": exact, "name_alike": np.log1p(alike)}


def _graph(view: View, found: Scored, numbers: Numbers, own: Scores, neighbours: Neighbours) -> Table:
    """Return the nearness of units to the best candidates in the graph, and the number of their uses."""
    nodes = view.nodes(numbers)
    return {
        "near": of_best(found.near.scores_of(nodes)), "uses": np.log1p(view.graph.use_counts(nodes)),
        "linked": of_best(neighbours.best(own)),
    }  # fmt: skip


def _spoken(query: Query, unit_names: UnitNames) -> Table:
    """Return what ids tell: how much of a unit's name, and of that around it, the query speaks of, by related words, too; its place."""
    nearness = dict.fromkeys(query.headline_words, 1.0)
    for one in chain.from_iterable(map(related, query.headline_words[:SOFT_WORDS])):
        nearness[one.stem] = max(nearness.get(one.stem, 0.0), one.nearness)
    return {
        "name_spoken": _share_of(unit_names.names, unit_names.words, nearness),
        "around_spoken": _share_of(unit_names.arounds, unit_names.words, nearness),
        "name_words": np.log1p(unit_names.sizes), "depth": unit_names.depths, "is_private": unit_names.is_private,
    }  # fmt: skip


def _share_of(codes: Numbers, words: Sequence[tuple[str, ...]], nearness: Mapping[str, float]) -> Scores:
    """Return the mean nearness of the words of each name, which are known by their codes."""
    # Many names are the same, and most have no such word: that of a class is around each of its methods.
    known, says_nothing = distinct(codes), nearness.keys().isdisjoint
    names = map(words.__getitem__, known.tolist())
    shares = [0.0 if says_nothing(own) else sum(filter(None, map(nearness.get, own))) / len(own) for own in names]
    return np.array(shares, np.float64)[np.searchsorted(known, codes)]


def _kinds(view: View, numbers: Numbers) -> Table:
    kinds = view.matcher.row_kind[numbers]
    return {
        **{feature: np.array([float(kind in group) for kind in view.matcher.kinds])[kinds] for feature, group in KINDS.items()},
        "lines": np.log1p(view.matcher.row_lines[numbers]),
    }  # fmt: skip


def _relatives(numbers: Numbers, holders: Numbers, own: Scores) -> Table:
    """Return the worth of the definition around a unit, and of the best one inside it."""
    around, inside = np.zeros(len(numbers)), np.zeros(len(numbers))
    above = positions(numbers, holders)
    held = np.flatnonzero(above >= 0)
    around[held] = own[above[held]]
    np.maximum.at(inside, above[held], own[held])
    best = max(float(own.max(initial=0.0)), 1e-9)
    return {"around": around / best, "inside": inside / best}
