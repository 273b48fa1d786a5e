"""The steps about one consequence, each a form of its own: confirm, forgive, appeal, answer, look again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.base import ui
from guanxi.base.kernel.errors import Invalid, NotAllowed, Unreadable
from guanxi.base.kernel.money import read_money
from guanxi.base.org.models import Staff
from guanxi.base.org.web import ActorRequest

from ..actions import proposal as actions
from ..models import Proposal, ProposalKind
from .gestures import once, staff_of
from .giving import refused
from .proposals import access_shown, whole

Perform = Callable[[ActorRequest, int], Proposal]


@dataclass(frozen=True)
class Step:
    """`fields` are shown in this order: amount, to, why, text, and which of two answers."""

    key: str
    title: Any
    submit: Any
    done: Any
    fields: tuple[str, ...]
    perform: Perform
    kind: str = "primary"


def words(request: ActorRequest, field: str) -> str:
    return request.POST.get(field, "").replace("\x00", "")


def amount_of(request: ActorRequest) -> Decimal | None:
    """Raises Invalid. Empty: as proposed."""
    text = words(request, "amount").strip()
    if not text:
        return None
    try:
        return read_money(text)
    except Unreadable as problem:
        raise Invalid({"amount": [problem.message]}) from problem


def _confirm(request: ActorRequest, proposal_id: int) -> Proposal:
    amount, to = amount_of(request), staff_of(request.POST.get("to", ""))
    return actions.confirm_proposal(proposal_id, amount=amount, to=to, note=words(request, "note"), actor=request.actor)


def _forgive(request: ActorRequest, proposal_id: int) -> Proposal:
    return actions.forgive_proposal(proposal_id, why=words(request, "why"), actor=request.actor)


def _appeal(request: ActorRequest, proposal_id: int) -> Proposal:
    return actions.appeal_proposal(proposal_id, text=words(request, "text"), actor=request.actor)


def _answer(request: ActorRequest, proposal_id: int) -> Proposal:
    upheld = _yes_or_no(request, "upheld")
    return actions.answer_appeal(proposal_id, upheld=upheld, why=words(request, "why"), actor=request.actor)


def _review(request: ActorRequest, proposal_id: int) -> Proposal:
    takes_back = _yes_or_no(request, "takes_back")
    return actions.review_proposal(proposal_id, takes_back=takes_back, why=words(request, "why"), actor=request.actor)


def _yes_or_no(request: ActorRequest, field: str) -> bool:
    if request.POST.get(field) not in ("yes", "no"):
        raise Invalid({field: [_("Choose one of the two.")]})
    return request.POST[field] == "yes"


STEPS = {
    step.key: step
    for step in (
        Step(
            "confirm",
            gettext_lazy("Confirm this consequence"),
            gettext_lazy("Confirm"),
            gettext_lazy("Confirmed. The person concerned was told and can appeal."),
            ("amount", "to", "note"),
            _confirm,
        ),
        Step(
            "forgive",
            gettext_lazy("Forgive this"),
            gettext_lazy("Forgive"),
            gettext_lazy("Forgiven. Your reason stays with it."),
            ("why",),
            _forgive,
        ),
        Step(
            "appeal",
            gettext_lazy("Appeal"),
            gettext_lazy("Send the appeal"),
            gettext_lazy("Sent. The next level answers, and you will be told."),
            ("text",),
            _appeal,
        ),
        Step(
            "answer",
            gettext_lazy("Answer the appeal"),
            gettext_lazy("Answer"),
            gettext_lazy("Answered. Both have been told."),
            ("upheld", "why"),
            _answer,
        ),
        Step(
            "review",
            gettext_lazy("Look at it again"),
            gettext_lazy("Decide"),
            gettext_lazy("Decided. The person concerned was told."),
            ("takes_back", "why"),
            _review,
        ),
    )
}


def step_view(key: str) -> Callable[..., HttpResponse]:
    step = STEPS[key]

    def view(request: ActorRequest, proposal_id: int) -> HttpResponse:
        proposal = access_shown(request.actor, proposal_id)
        errors: dict[str, list[Any]] = {}
        if request.method == "POST":
            errors = refused(lambda: _perform(request, step, proposal_id))
            if not errors:
                ui.toast(request, step.done)
                return ui.go(request, f"/proposals/{proposal_id}")
        shown = whole(proposal, request.actor)
        if key not in shown["steps"]:
            raise NotAllowed(_("This step is not open to you here: somebody else decides, or it is decided already."))
        context = shown | {"step": step, "errors": errors, "typed": typed(request, proposal), "labels": LABELS}
        return ui.page(request, "rulebooks/proposal_step.html", context, status=422 if errors else 200)

    return view


def _perform(request: ActorRequest, step: Step, proposal_id: int) -> None:
    once(request, f"proposal:{step.key}:{proposal_id}", lambda: {"id": step.perform(request, proposal_id).pk})


LABELS = {
    "amount": gettext_lazy("Amount"),
    "to": gettext_lazy("New owner"),
    "note": gettext_lazy("Note"),
    "why": gettext_lazy("Reason"),
    "text": gettext_lazy("Why it is not right"),
    "upheld": gettext_lazy("Answer"),
    "takes_back": gettext_lazy("Decision"),
}


def typed(request: ActorRequest, proposal: Proposal) -> dict[str, Any]:
    """What was typed, or what stands there; the colleagues who could have the customer."""
    found: dict[str, Any] = {"amount": "" if proposal.amount is None else f"{proposal.amount:f}"}
    found |= request.POST.dict()
    if proposal.kind == ProposalKind.REASSIGNMENT:
        others = Staff.objects.filter(left_on=None).exclude(id=proposal.staff_id).order_by("pinyin", "id")
        found["colleagues"] = [(str(pk), name) for pk, name in others.values_list("id", "name")[:2000]]
    return found
