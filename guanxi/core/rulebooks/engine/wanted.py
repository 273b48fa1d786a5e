"""What settles a step: `evidence: {activity: [call], with: [note]}`; or `form`, `state`, `file` of its subject."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from guanxi.base.records.criteria.problems import Problem, _

from .catalogue import WORDS, Catalogue
from .rules import Wanted
from .shapes import Choice, Key, List, Shape, Word
from .yaml_text import Item, Mapping, Report

LATER = ("approval", "delivery", "sign_in")
ABOUT = {
    "activity": "Kinds of activity that count.",
    "form": "Forms and registers that count.",
    "state": "States of the record that count.",
    "file": "Labels of attached files that count.",
}


@dataclass(frozen=True)
class WantedReader:
    """Kinds and qualities are those known for the clause's subject."""

    catalogue: Catalogue
    subject: str = ""

    def read(self, item: Item, report: Report) -> Any:
        return self._shape(self._word_of(item)).read(item, report)

    def schema(self) -> dict[str, Any]:
        return self._shape("activity").schema()

    @staticmethod
    def _word_of(item: Item) -> str:
        given = item.entries if isinstance(item, Mapping) else {}
        return next((word for word in WORDS if word in given), "activity")

    def _shape(self, chosen: str) -> Shape:
        qualities = self.catalogue.qualities(chosen, self.subject)
        keys = (
            *(Key(word, List(self._kinds(word)), ABOUT[word]) for word in WORDS),
            Key("with", List(Word(qualities)), "What the record must hold. A note must be detailed and not copied."),
            Key("recorded", Choice(("same day",)), "The record was written on the day it happened."),
            Key("by", Choice(("assignee", "anyone")), "Whose record counts; the assignee's without this key."),
        )
        return Shape(keys, self._finish, later=LATER)

    def _kinds(self, word: str) -> Choice | Word:
        kinds = self.catalogue.kinds(word, self.subject)
        return Choice(kinds) if word == "activity" else Word(kinds)

    def _finish(self, values: dict[str, Any], item: Mapping, report: Report) -> Wanted:
        words = [word for word in WORDS if word in item.entries]
        if len(words) != 1 and not set(item.entries) & set(LATER):
            text = _("Evidence names one of these: %(options)s.")
            report.add(Problem("evidence_word", text, {"options": ", ".join(WORDS)}), item)
        word = words[0] if words else "activity"
        wanted = Wanted(
            provider=word,
            kinds=values.get(word, ()),
            qualities=values.get("with", ()),
            same_day="recorded" in values,
            by=values.get("by", "assignee"),
        )
        self._check_together(wanted, item, report)
        return wanted

    def _check_together(self, wanted: Wanted, item: Mapping, report: Report) -> None:
        """One provider must know all of it: pieces of different ones are numbered apart."""
        known, qualities = set(self.catalogue.kinds(wanted.provider, self.subject)), set(wanted.qualities)
        if not wanted.kinds or not set(wanted.kinds) <= known:
            return
        fitting = [
            one
            for one in self.catalogue.providers(wanted.provider, self.subject)
            if set(wanted.kinds) <= set(one.kinds)
        ]
        if not fitting:
            text = _("These come from different places. Make a clause for each of them.")
            report.add(Problem("evidence_apart", text), item.entries[wanted.provider])
        elif not any(qualities <= set(one.qualities) for one in fitting) and qualities <= set(
            self.catalogue.qualities(wanted.provider, self.subject)
        ):
            text = _("Not all of this is known of what settles the clause.")
            report.add(Problem("evidence_with", text), item.entries["with"])
