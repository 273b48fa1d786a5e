"""Rungs: who is reminded or told, and what is proposed, as a duty gets later."""

from __future__ import annotations

from typing import Any

from guanxi.base.records.criteria.problems import Problem, _

from .amounts import MONEY, POINTS, AmountReader
from .catalogue import Catalogue, SubjectNames
from .durations import DURATION_PATTERN, RUNG_PATTERN, Duration, read_duration
from .parameters import Filled, RungTime, read_moment
from .people import People
from .rules import A_WEEK, Amount, Proposed, Rung, Who
from .shapes import Choice, Key, Read, Reader, Shape
from .yaml_text import Item, Mapping, Report

DURATION = Filled(
    Read(
        read_duration,
        Problem("duration", _("A time such as 3 days or 2 workdays is expected here.")),
        {"type": "string", "pattern": DURATION_PATTERN},
    ),
    Duration(0),
)
RUNG_AT = RungTime(
    Read(
        read_moment,
        Problem("rung_at", _("A time such as due + 1 day is expected here.")),
        {"type": "string", "pattern": RUNG_PATTERN},
    )
)
DEEDS = ("remind", "tell", "propose")
LATER_DEEDS = ("restrict", "start")
CONSEQUENCES = ("notice", "score", "deduct", "reassign")


def rung_shape(catalogue: Catalogue, names: SubjectNames) -> Shape:
    keys = (
        Key("at", RUNG_AT, "When, counted from the day it is due; raised is the moment it arises.", required=True),
        Key("remind", Choice(("assignee",)), "Remind the person who has the duty."),
        Key("tell", People(catalogue, ("superior", "owner"), names.people), "Tell somebody else that it is late."),
        Key("propose", proposal_shape(catalogue, names), "What a named role is asked to confirm against a person."),
    )
    return Shape(keys, _finish_rung, later=LATER_DEEDS)


def _finish_rung(values: dict[str, Any], item: Mapping, report: Report) -> Rung:
    deeds = [name for name in DEEDS if name in item.entries]
    if len(deeds) != 1 and not set(item.entries) & set(LATER_DEEDS):
        report.add(Problem("rung_deed", _("A rung does one thing: remind, tell or propose.")), item)
    deed = deeds[0] if deeds else "remind"
    at = values.get("at") or Duration(0)
    to = values["tell"] if deed == "tell" and "tell" in values else Who("assignee")
    proposed = values.get("propose") if deed == "propose" else None
    if at == "raised":
        return Rung(Duration(0), deed, to, proposed, from_raised=True)
    return Rung(at, deed, to, proposed)


def proposal_shape(catalogue: Catalogue, names: SubjectNames) -> Shape:
    said = Choice(("yes",))
    amounts: dict[str, Reader] = {
        "notice": said,
        "score": AmountReader(POINTS, names.fields),
        "deduct": AmountReader(MONEY, names.fields),
        "reassign": said,
    }
    about = {
        "notice": "A notice to the person.",
        "score": "Points taken off.",
        "deduct": "An amount taken off the pay. Labour law and the contract decide whether it may be; 0 is allowed.",
        "reassign": "Another person shall have the customer.",
    }
    # One person at a time: neither a role nor a team is liable, and a team decides about nobody.
    against = People(catalogue, ("assignee", "owner", "superior"), names.people, kinds=())
    confirmer = People(catalogue, ("superior", "owner"), names.people, kinds=("role", "named"))
    keys = (
        *(Key(name, amounts[name], about[name]) for name in CONSEQUENCES),
        Key("from", against, "Whom it is against; the assignee without this key."),
        Key("confirmed_by", confirmer, "Who confirms or forgives it; the superior without this key."),
        Key("within", DURATION, "How long the confirmer has before the next level decides; 7 days without this key."),
    )
    return Shape(keys, _finish_proposal)


def _finish_proposal(values: dict[str, Any], item: Mapping, report: Report) -> Proposed:
    kinds = [name for name in CONSEQUENCES if name in item.entries]
    if len(kinds) != 1:
        text = _("A proposal is one of these: %(options)s.")
        report.add(Problem("proposal_kind", text, {"options": ", ".join(CONSEQUENCES)}), item)
    against, confirmed_by = values.get("from", Who("assignee")), values.get("confirmed_by", Who("superior"))
    if against == confirmed_by and "confirmed_by" in item.entries and against.kind not in {"role", "team"}:
        text = _("Nobody confirms what is proposed against themselves.")
        report.add(Problem("proposal_by_oneself", text), item.entries["confirmed_by"])
    amount = values.get(kinds[0]) if kinds else None
    within = values.get("within") or A_WEEK
    given = amount if isinstance(amount, Amount) else Amount()
    return Proposed(kinds[0] if kinds else "notice", given, against, confirmed_by, within)


def rung_place(rung: Rung) -> tuple[bool, float]:
    """What arises with the duty stands before what comes with its day."""
    return (not rung.from_raised, float(rung.at.amount) * (7 if rung.at.unit.value == "week" else 1))


def out_of_order(rungs: tuple[Rung, ...], item: Item) -> tuple[Problem, Item] | None:
    places = [rung_place(rung) for rung in rungs]
    if places == sorted(places):
        return None
    return Problem("ladder_order", _("The rungs must be in the order of time.")), item
