"""The register of risks: list, card, form and the matrix of how likely and how bad (SEC-07)."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.org.web import ActorRequest, needs
from guanxi.base.records.standard import standard
from guanxi.base.records.types import Field, RecordType

from ..models import Risk, RiskField, RiskState, Strategy

LIKELIHOOD = [
    ("1", _("1 hardly ever")),
    ("2", _("2 seldom")),
    ("3", _("3 now and then")),
    ("4", _("4 often")),
    ("5", _("5 nearly always")),
]
IMPACT = [
    ("1", _("1 negligible")),
    ("2", _("2 small")),
    ("3", _("3 noticeable")),
    ("4", _("4 heavy")),
    ("5", _("5 threatens the company")),
]
# Likelihood times impact, from which on a risk is grave or worth a thought.
GRAVE, WORTH = 15, 8


def weight_of(weight: int) -> tuple[Any, str]:
    if weight >= GRAVE:
        return _("Grave risk"), "open"
    return (_("Medium risk") if weight >= WORTH else _("Small risk")), "plain"


def shade_of(likelihood: str, impact: str) -> str:
    weight = int(likelihood) * int(impact)
    return "grave" if weight >= GRAVE else "medium" if weight >= WORTH else "small"


def badges(risk: Risk) -> list[tuple[Any, str]]:
    found = [(risk.get_state_display(), "done" if risk.state == RiskState.TREATED else "plain"), weight_of(risk.weight)]
    if risk.review_on and risk.review_on < clock.today():
        found.append((_("Review overdue"), "late"))
    return found


RISKS = standard(
    RecordType(
        label=_("Risk"),
        plural=_("Risks"),
        path="risks",
        model=Risk,
        fields=(
            Field("title", _("Risk"), required=True, max_length=120),
            Field("field", _("Field of risk"), "choice", choices=list(RiskField.choices), required=True),
            Field("likelihood", _("How likely"), "choice", choices=LIKELIHOOD, required=True),
            Field("impact", _("How bad"), "choice", choices=IMPACT, required=True),
            Field("strategy", _("Strategy"), "choice", choices=list(Strategy.choices), required=True),
            Field("state", _("State"), "choice", choices=list(RiskState.choices), required=True),
            Field("review_on", _("To be looked at again on"), "date"),
            Field("responsible", _("Responsible"), "staff", help=_("The name, or the staff number.")),
            Field("treatment", _("What is done about it"), "longtext", max_length=4000),
        ),
        badges=badges,
        icon="alert",
        empty_hint=_("Write down what could go wrong with hardware, software, network, data and people."),
    )
)


@needs("risk", "read")
def matrix(request: ActorRequest) -> HttpResponse:
    visible: Any = Risk.objects.kept().visible_to(request.actor)
    risks: list[Risk] = list(visible.order_by("id")[:500])
    cells: dict[tuple[str, str], list[Risk]] = defaultdict(list)
    for risk in risks:
        if risk.state != RiskState.ACCEPTED:
            cells[risk.likelihood, risk.impact].append(risk)
    context = {
        "cells": cells,
        "likelihood": list(reversed(LIKELIHOOD)),
        "impact": IMPACT,
        "shade": shade_of,
        "by_field": _by_field(risks),
        "total": len(risks),
    }
    return ui.page(request, "ops/governance/matrix.html", context)


def _by_field(risks: list[Risk]) -> list[tuple[Any, int, int]]:
    """Field, how many, how many of them grave and untreated."""
    found = []
    for key, label in RiskField.choices:
        of = [risk for risk in risks if risk.field == key]
        grave = [risk for risk in of if risk.weight >= GRAVE and risk.state == RiskState.OPEN]
        found.append((label, len(of), len(grave)))
    return found
