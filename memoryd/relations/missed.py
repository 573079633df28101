"""Calls that may belong to an answer and that nothing resolved: what is missing is not none."""

from collections.abc import Sequence

import numpy as np

from indexers import languages
from memoryd.relations.drafts import Draft
from memoryd.relations.targets import Target
from memoryd.text import escaped, number_of
from memoryd.versions import View

NEED_RECEIVERS = frozenset(("python", "javascript", "go", "rust"))
"""Families of languages in which a member is only ever called on something."""
VALUES = frozenset(("constant", "variable"))
"""Kinds of definitions to which no edge leads: what reads them is not followed."""
UNREAD = "what reads a constant or a variable is not known: search for its name"
NAMED = 3
"""The most names that a remark tells."""


def with_missed(view: View, targets: Sequence[Target], draft: Draft) -> Draft:
    """Say how many calls of the targets' names could not be resolved, how many definitions share these, and what is not followed at all."""
    if any(target.unit.kind in VALUES for target in targets):
        draft = draft._replace(remarks=(*draft.remarks, UNREAD))
    by_need: dict[bool, list[str]] = {}
    for target in targets:
        if not target.is_file:
            is_member = "." in target.unit.qualname and target.unit.kind in ("method", "function")
            family = languages()[view.records[target.unit.path].language].family
            by_need.setdefault(is_member and family in NEED_RECEIVERS, []).append(target.unit.name)
    found = [view.graph.misses(names, "call", needs_receiver) for needs_receiver, names in sorted(by_need.items())]
    references, symbols, text = view.graph.facts.references, view.graph.facts.symbols, view.graph.facts.words.text
    rows = np.unique(np.concatenate([one.rows for one in found])) if found else np.zeros(0, np.int64)
    if not len(rows):
        return draft
    codes, counts = np.unique(references.name[rows], return_counts=True)
    codes = codes[np.argsort(-counts, kind="stable")]
    names = ", ".join(f"`{escaped(text(code))}`" for code in codes[:NAMED].tolist()) + (", …" if len(codes) > NAMED else "")
    same = int(np.isin(symbols.name, codes).sum())
    shared = f"; {number_of(same, 'definition')} have {'that name' if len(codes) == 1 else 'these names'}" if same > len(codes) else ""
    total = sum(one.total for one in found)
    remark = f"not resolved: {len(rows):,} of {number_of(total, 'call')} of {names} in the project{shared}"
    return draft._replace(remarks=(*draft.remarks, remark), unresolved=draft.unresolved + len(rows))
