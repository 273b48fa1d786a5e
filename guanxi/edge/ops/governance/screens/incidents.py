"""Data incidents: list, card, reporting; and the steps of who judges them (SEC-04)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, NotAllowed, Refused
from guanxi.base.org.colleagues import working_here
from guanxi.base.org.models import Staff
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest
from guanxi.base.records.actions import standard_actions
from guanxi.base.records.standard import NUMBER
from guanxi.base.records.types import Button, Field, Filter, ListColumn, RecordType, Section

from ...screens.sending import send
from ..judging import OWN, UNTOLD, access_incident, close_incident, judge_incident, note_told
from ..models import DataIncident, IncidentSort, IncidentState, Severity

TONES = {"reported": "open", "confirmed": "open", "dismissed": "plain", "closed": "done"}
SEVERITY_TONES = {"low": "plain", "medium": "plain", "high": "open", "grave": "open"}
MOST_COLLEAGUES = 2000
JUDGED = ("state", "responsible", "judged_by", "judged_at", "judgement")
# The states in which a step makes sense; the action asks again.
STATES = {"judge": ("reported",), "told": tuple(IncidentState.values), "close": ("confirmed",)}
COURSE = (*JUDGED, "told_at", "told_whom", "measures", "closed_by", "closed_at")


def badges(incident: DataIncident) -> list[tuple[Any, str]]:
    found = [
        (incident.get_severity_display(), SEVERITY_TONES[incident.severity]),
        (incident.get_state_display(), TONES[incident.state]),
    ]
    if incident.is_to_be_told and clock.now() > incident.tell_by:
        found.append((_("Should have been told by now"), "late"))
    return found


def _step(key: str) -> Callable[[Any], str]:
    return lambda incident: f"/data-incidents/{incident.pk}/{key}"


def _may(state: tuple[str, ...]) -> Callable[[Actor, Any], bool]:
    """Never whoever answers for it."""
    return lambda actor, incident: (
        incident.state in state
        and may(actor, DataIncident.KIND, "update")
        and (incident.responsible_id is None or incident.responsible_id != actor.staff_id)
    )


def _not_told(actor: Actor, incident: Any) -> bool:
    return incident.is_to_be_told and may(actor, DataIncident.KIND, "update")


def _may_close(actor: Actor, incident: Any) -> bool:
    return not incident.is_to_be_told and _may(STATES["close"])(actor, incident)


def _reads_trail(actor: Actor, incident: Any) -> bool:
    return may(actor, "audit", "read")


def trail_around(incident: DataIncident) -> str:
    """What the trail says of the days before, from where it can be taken out as a file."""
    day = clock.local_date(incident.noticed_at)
    since = incident.happened_on or day
    asked = {"since": since.isoformat(), "until": day.isoformat()}
    if incident.responsible_id:
        asked["who"] = str(incident.responsible_id)
    return "/settings/trail?" + urlencode(asked)


_DECLARED = RecordType(
    label=gettext_lazy("Data incident"),
    plural=gettext_lazy("Data incidents"),
    path="data-incidents",
    model=DataIncident,
    fields=(
        Field("title", gettext_lazy("In a few words"), required=True, max_length=120),
        Field(
            "what",
            gettext_lazy("Kind of data incident"),
            "choice",
            choices=list(IncidentSort.choices),
            required=True,
            column="sort",
        ),
        Field("severity", gettext_lazy("Severity"), "choice", choices=list(Severity.choices), required=True),
        Field("happened_on", gettext_lazy("Happened on"), "date", may_be_future=False),
        Field("noticed_by", gettext_lazy("Noticed by"), max_length=120, is_personal=True),
        Field(
            "description",
            gettext_lazy("What happened, in detail"),
            "longtext",
            required=True,
            max_length=4000,
            is_personal=True,
            help=gettext_lazy("Name no customers here: their numbers are enough."),
        ),
        Field("whose", gettext_lazy("Whose data"), max_length=300, is_personal=True),
        Field("persons", gettext_lazy("How many persons"), "number", between=(0, 2_000_000_000)),
        NUMBER,
        Field("owner", gettext_lazy("Reported by"), "staff", is_fixed=True, is_indexed=True),
        Field("unit", gettext_lazy("Unit"), "unit", is_fixed=True, is_indexed=True),
        Field("noticed_at", gettext_lazy("Noticed"), "moment", is_fixed=True),
        Field("state", gettext_lazy("State"), "choice", choices=list(IncidentState.choices), is_fixed=True),
        Field("responsible", gettext_lazy("Responsible"), "staff", is_fixed=True),
        Field("judged_by", gettext_lazy("Judged by"), "staff", is_fixed=True),
        Field("judged_at", gettext_lazy("Judged"), "moment", is_fixed=True),
        Field("judgement", gettext_lazy("Judgement"), is_fixed=True, is_personal=True),
        Field("told_at", gettext_lazy("Told"), "moment", is_fixed=True),
        Field("told_whom", gettext_lazy("Who was told"), is_fixed=True),
        Field("measures", gettext_lazy("What was done against it"), "longtext", is_fixed=True, is_personal=True),
        Field("closed_by", gettext_lazy("Closed by"), "staff", is_fixed=True),
        Field("closed_at", gettext_lazy("Incident closed at"), "moment", is_fixed=True),
    ),
    sections=(
        Section(
            "what",
            gettext_lazy("The data incident"),
            ("title", "what", "severity", "happened_on", "noticed_by", "noticed_at", "description", "owner", "unit"),
        ),
        Section("whom", gettext_lazy("Who is concerned"), ("whose", "persons")),
        Section(
            "course",
            gettext_lazy("What became of it"),
            COURSE,
        ),
    ),
    columns=(
        ListColumn("number", gettext_lazy("Number"), "t.number", is_title=True),
        ListColumn("title", gettext_lazy("In a few words"), "t.title"),
        ListColumn("what", gettext_lazy("Kind of data incident"), "t.sort", choices=dict(IncidentSort.choices)),
        ListColumn(
            "severity",
            gettext_lazy("Severity"),
            "t.severity",
            choices=dict(Severity.choices),
            tones=SEVERITY_TONES,
        ),
        ListColumn("noticed_at", gettext_lazy("Noticed"), "t.noticed_at", "moment"),
        ListColumn("state", gettext_lazy("State"), "t.state", choices=dict(IncidentState.choices), tones=TONES),
        ListColumn("told_at", gettext_lazy("Told"), "t.told_at", "moment", is_minor=True),
    ),
    filters=(
        Filter("state", gettext_lazy("State"), "t.state = %s", lambda actor: list(IncidentState.choices)),
        Filter("severity", gettext_lazy("Severity"), "t.severity = %s", lambda actor: list(Severity.choices)),
    ),
    title=lambda incident: f"{incident.number} {incident.title}",
    subtitle=lambda incident: str(incident.get_what_display()),
    badges=badges,
    found_by=("title",),
    searchable=True,
    number="number",
    buttons=(
        Button("judge", gettext_lazy("Judge"), _step("judge"), _may(STATES["judge"]), style="primary"),
        Button("told", gettext_lazy("Note who was told"), _step("told"), _not_told),
        Button("close", gettext_lazy("Close the incident"), _step("close"), _may_close, style="primary"),
        Button("trail", gettext_lazy("Trail of those days"), trail_around, _reads_trail),
    ),
    new_label=gettext_lazy("Report a data incident"),
    empty_hint=gettext_lazy("When data were lost, leaked or misused, whoever notices reports it here."),
    icon="alert",
)

_STEPS = standard_actions(_DECLARED)


def _is_open(incident: Any) -> bool:
    return incident.state not in (IncidentState.CLOSED, IncidentState.DISMISSED)


def change_incident(record_id: int, values: Mapping[str, Any], *, version: int, actor: Actor) -> Any:
    """Open ones, and never by whoever answers for it: the severity says what is proposed."""
    incident = access_incident(actor, record_id, to="update")
    if incident.responsible_id and incident.responsible_id == actor.staff_id:
        raise NotAllowed(OWN, code="own_case")
    if not _is_open(incident):
        raise Refused(_("This incident is closed and stays as it is."), code="incident_state")
    return _STEPS.change(record_id, values, version=version, actor=actor)


# No steps for many and no bin: what was reported stays, and is judged one by one.
DATA_INCIDENTS = replace(_DECLARED, create=_STEPS.create, change=change_incident, is_open=_is_open)


@require_http_methods(["GET", "POST"])
def judge(request: ActorRequest, record_id: int) -> HttpResponse:
    def perform() -> None:
        is_violation = _verdict(request)
        responsible = _staff(request.POST.get("responsible", ""))
        words = request.POST.get("judgement", "")
        judge_incident(
            record_id, is_violation=is_violation, judgement=words, responsible=responsible, actor=request.actor
        )

    people = [one for one in working_here(most=MOST_COLLEAGUES) if one[0] != str(request.actor.staff_id)]
    done = _("Judged. What the rules propose follows by itself.")
    return answered(request, record_id, "judge", perform, {"people": people}, done)


def _verdict(request: ActorRequest) -> bool:
    if request.POST.get("verdict") not in ("yes", "no"):
        raise Invalid({"verdict": [_("Choose one of the two.")]})
    return request.POST["verdict"] == "yes"


def _staff(text: str) -> Staff | None:
    if not text:
        return None
    found = Staff.objects.filter(id=int(text)).first() if text.isascii() and text.isdecimal() else None
    if found is None:
        raise Invalid({"responsible": [_("Choose one of the list.")]})
    return found


@require_http_methods(["GET", "POST"])
def told(request: ActorRequest, record_id: int) -> HttpResponse:
    def perform() -> None:
        note_told(record_id, whom=request.POST.get("whom", ""), at=_moment(request.POST), actor=request.actor)

    usual = {"at": clock.now().astimezone(clock.ZONE).strftime("%Y-%m-%dT%H:%M")}
    return answered(request, record_id, "told", perform, {"usual": usual}, _("Noted."))


def _moment(post: Any) -> datetime:
    try:
        found = datetime.fromisoformat(post.get("at", ""))
        return found if found.tzinfo else found.replace(tzinfo=clock.ZONE)
    except ValueError as unreadable:
        raise Invalid({"at": [_("Enter day and time, such as 2026-11-21 15:30.")]}) from unreadable


@require_http_methods(["GET", "POST"])
def close(request: ActorRequest, record_id: int) -> HttpResponse:
    def perform() -> None:
        close_incident(record_id, measures=request.POST.get("measures", ""), actor=request.actor)

    return answered(request, record_id, "close", perform, {}, _("Closed."))


def answered(
    request: ActorRequest, record_id: int, step: str, perform: Callable[[], None], more: dict[str, Any], done: str
) -> HttpResponse:
    incident = access_incident(request.actor, record_id, to="update")
    if incident.responsible_id and incident.responsible_id == request.actor.staff_id and step != "told":
        raise NotAllowed(OWN, code="own_case")
    errors: dict[str, list[Any]] = {}
    if request.method == "GET" and incident.state not in STATES[step]:
        raise Refused(_("This step was done meanwhile, or it comes later."), code="incident_state")
    if request.method == "GET" and step == "close" and incident.is_to_be_told:
        raise Refused(UNTOLD, code="incident_untold")
    if request.method == "POST":
        sent = send(request, f"dataincident:{step}:{record_id}", perform)
        if sent.is_done:
            ui.toast(request, done)
            return ui.go(request, f"/data-incidents/{record_id}")
        if sent.refusal is not None and sent.refusal.status in (403, 404):
            raise sent.refusal
        errors = sent.errors
    context = {
        "incident": incident,
        "step": step,
        "typed": request.POST or more.get("usual", {}),
        "errors": errors,
        "hours": settings.DATA_INCIDENT_REPORT_HOURS,
        "is_late": incident.is_to_be_told and clock.now() > incident.tell_by,
    }
    return ui.page(request, "ops/governance/incident.html", context | more, status=422 if errors else 200)
