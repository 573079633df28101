"""Answers a question about relations from one view, within a token budget. The door of every face."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from memoryd.advice import Face
from memoryd.errors import UnknownHandle
from memoryd.filekinds import is_test
from memoryd.history import READ_FOR_A_QUESTION, Together, Touches
from memoryd.parsing import TextParser
from memoryd.questions import CHANGES, WHOLE, Relation
from memoryd.relations.changed import Changes, changes_since, lost_uses
from memoryd.relations.commands import commands_for
from memoryd.relations.dead import dead
from memoryd.relations.direct import direct
from memoryd.relations.drafts import Draft, Section
from memoryd.relations.impact import impact
from memoryd.relations.missed import with_missed
from memoryd.relations.model import Related
from memoryd.relations.structure import areas, cycles
from memoryd.relations.targets import targets_of
from memoryd.relations.tests import is_no_sign, tests_of
from memoryd.relations.ways import way
from memoryd.relations.writing import written
from memoryd.text import escaped, number_of, split_id
from memoryd.tokens import TokenCount
from memoryd.versions import View

MOST_PATHS, MOST_USUAL = 40, 60
"""The files that are looked at for what changes together, of each the first."""


@dataclass(frozen=True, slots=True)
class RelationQuestion:
    """A question: about some handles, about what changed `since` a commit, or about the whole project."""

    relation: Relation
    handles: tuple[str, ...] = ()
    since: str = ""

    def __post_init__(self) -> None:
        """Raise `UnknownHandle` if the question needs another number of handles."""
        given = len(self.handles)
        if self.relation in WHOLE:
            wanted = given == 0
            said = "is about the whole project and takes no handle"
        elif self.relation == Relation.PATH:
            wanted, said = given == 2, "takes two handles: from where, to where"
        elif self.relation in CHANGES:
            wanted, said = (given > 0) != bool(self.since), "takes handles, or a commit since which to look at what changed"
        else:
            wanted, said = given == 1, "takes one handle: a definition, a file, or a line"
        if not wanted or (self.since and self.relation not in CHANGES):
            raise UnknownHandle(f"`{self.relation}` {said}")


def related(
    view: View, question: RelationQuestion, changing: frozenset[str], budget: int, count: TokenCount, face: Face, texts: TextParser
) -> Related:
    """Return the answer to a question, of at most `budget` tokens. Raises `UnknownHandle` or `Stale`."""
    answer = written(view, _draft(view, question, changing, texts), changing, budget, count, face)
    if question.relation != Relation.TESTS:
        return answer
    return replace(answer, commands=tuple(commands_for(view, [split_id(one.id)[0] for one in answer.found])))


def _draft(view: View, question: RelationQuestion, changing: frozenset[str], texts: TextParser) -> Draft:
    if question.relation == Relation.DEAD:
        return dead(view, changing)
    if question.relation in WHOLE:
        return cycles(view) if question.relation == Relation.CYCLES else areas(view)
    if question.since:
        return _of_changes(view, question.relation, changes_since(view, texts, question.since, changing))
    targets = targets_of(view, question.handles)
    if question.relation == Relation.PATH:
        return way(view, targets[0], targets[-1])
    heading = f"{question.relation} of {', '.join(escaped(target.unit.id) for target in targets)}"
    if question.relation == Relation.IMPACT:
        return with_missed(view, targets, impact(view, targets, heading))
    if question.relation == Relation.TESTS:
        usual = _usual(view, [target.unit.path for target in targets])
        return with_missed(view, targets, tests_of(view, targets, heading, (), (), usual))
    return direct(view, question.relation, targets[0])


def _of_changes(view: View, relation: Relation, changes: Changes) -> Draft:
    heading = f"{relation} of {changes.heading}"
    lost = lost_uses(view, changes)
    if relation == Relation.TESTS:
        usual = _usual(view, changes.paths)
        draft = tests_of(view, changes.targets, heading, changes.uncertain, [row.path for row in lost], usual)
        draft = with_missed(view, changes.targets, draft)
        return _with_unreached(draft, changes)
    draft = with_missed(view, changes.targets, impact(view, changes.targets, heading))
    draft = draft._replace(remarks=(*draft.remarks, *changes.unknown))
    own = tuple(row for row in lost if not is_test(row.path))
    if not lost:
        return draft
    section = Section(f"names of what is gone, which no longer resolve: {len(own):,}", own)
    remark = f"and {number_of(len(lost) - len(own), 'such use')} in tests"
    return draft._replace(sections=(section, *draft.sections), remarks=(*draft.remarks, remark), unresolved=draft.unresolved + len(lost))


def _usual(view: View, paths: Sequence[str]) -> dict[str, Together]:
    """Return what changed together with some files, as far as the history was read: of each other file where it did so most."""
    found: dict[str, Together] = {}
    with Touches.of(view) as touches:
        touches.read(READ_FOR_A_QUESTION)
        for path in sorted(set(paths))[:MOST_PATHS]:
            for one in touches.together(path, MOST_USUAL):
                if one.path not in found or one.confidence > found[one.path].confidence:
                    found[one.path] = one
    return found


def _with_unreached(draft: Draft, changes: Changes) -> Draft:
    """Say so where no test is known to reach what changed: what runs it may be reached by no edge."""
    reached = [row for section in draft.sections for row in section.rows if row.found and not all(map(is_no_sign, row.found.marks))]
    if reached or not changes.paths:
        return draft
    reason = "no test is known to reach what changed"
    return draft._replace(uncertain=(*draft.uncertain, reason), remarks=(*draft.remarks, f"run all tests: {reason}"))
