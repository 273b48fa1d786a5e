"""`segment(12)` in criteria: what the segment says is put in its place."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q
from django.utils.translation import gettext

from ..criteria import CriteriaError, InSegment, Node, Problem, Reference, parse
from ..criteria.problems import _
from ..criteria.tree import Leaf, leaves_of, replaced
from ..criteria.wording import say
from .models import Segment

Fit = Callable[[Node], Node]
# Conditions in all, with those of the segments named; a chain of segments could otherwise double at each link.
MOST_CONDITIONS = 300


def segments_in(node: Node) -> list[InSegment]:
    return [leaf for leaf in leaves_of(node) if isinstance(leaf, InSegment)]


def expanded(node: Node, kind: str, fit: Fit, *, within: int = 0) -> Node:
    """`fit` checks what a segment says against what the reader may ask; `within` is the segment being written.

    One query for each step down. Raises CriteriaError for a segment that would hold itself or cannot be read.
    """
    return _Expansion(kind, fit).of(node, frozenset({within} - {0}))


def with_numbers(node: Node, kind: str) -> Node:
    """Names of segments become numbers; unknown ones stay, for the check to refuse."""
    expansion = _Expansion(kind, lambda one: one)
    expansion.look_up(segments_in(node))

    def change(leaf: Leaf) -> Node:
        if isinstance(leaf, InSegment) and (segment := expansion.known.get(_key(leaf))):
            return InSegment(Reference(segment.pk), leaf.position)
        return leaf

    return replaced(node, change)


class _Expansion:
    def __init__(self, kind: str, fit: Fit) -> None:
        self.kind = kind
        self.fit = fit
        self.known: dict[int | str, Segment] = {}
        self.left = MOST_CONDITIONS

    def of(self, node: Node, within: frozenset[int]) -> Node:
        asked = segments_in(node)
        if not asked:
            return node
        self.look_up(asked)

        def change(leaf: Leaf) -> Node:
            if isinstance(leaf, InSegment) and (segment := self.known.get(_key(leaf))):
                return self.said(leaf, segment, within)
            return leaf

        return replaced(node, change)

    def said(self, leaf: InSegment, segment: Segment, within: frozenset[int]) -> Node:
        if segment.pk in within:
            raise _refused(leaf, segment, gettext("a segment cannot hold itself."))
        try:
            node = parse(segment.criteria)
            self.left -= len(leaves_of(node))
            if self.left < 0:
                raise _refused(leaf, segment, gettext("with the segments it names it holds too many conditions."))
            return self.fit(self.of(node, within | {segment.pk}))
        except CriteriaError as unreadable:
            if unreadable.problem.code == "segment_unreadable":
                raise
            raise _refused(leaf, segment, say(unreadable.problem)) from None

    def look_up(self, asked: list[InSegment]) -> None:
        keys = {_key(leaf) for leaf in asked} - self.known.keys()
        if not keys:
            return
        ids = [key for key in keys if isinstance(key, int)]
        names = [key for key in keys if isinstance(key, str)]
        for row in Segment.objects.filter(Q(id__in=ids) | Q(name__in=names), kind=self.kind):
            self.known |= {row.pk: row, row.name: row}


def _key(leaf: InSegment) -> int | str:
    return leaf.segment.id if isinstance(leaf.segment, Reference) else leaf.segment


def _refused(leaf: InSegment, segment: Segment, why: str) -> CriteriaError:
    text = _('The segment "%(name)s" cannot be read: %(why)s')
    params = {"name": segment.name, "why": why}
    return CriteriaError(Problem("segment_unreadable", text, params, line=1, column=leaf.position + 1))
