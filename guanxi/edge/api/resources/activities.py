from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from ninja import Query

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing
from guanxi.base.org.web import ActorRequest
from guanxi.base.records.keys import Cursor
from guanxi.core.activities.actions import change_activity, log_activity, remove_activity
from guanxi.core.activities.actions.activity import NewActivity as Contact
from guanxi.core.activities.models import Activity
from guanxi.core.customers.access import access_customer
from guanxi.domain.archive.access import access_file_form
from guanxi.domain.archive.models import FileForm

from ..endpoint import Resource, needs, reads, writes
from ..interface import add
from ..paging import moment_of, opened, sealed
from ..schemas.activities import ActivityChange, ActivityList, ActivityOut, ActivityPage, NewActivity
from ..schemas.pieces import Why

KIND = Activity.KIND
router = Resource()


@reads(router, "/customers/{int:customer_id}/activities", needs(KIND, "read"), returns=ActivityPage)
def activities_list(request: ActorRequest, customer_id: int, query: Query[ActivityList]) -> ActivityPage:
    """What happened with one customer, newest first."""
    access_customer(request.actor, customer_id)
    rows = Activity.objects.kept().visible_to(request.actor).filter(customer_id=customer_id).select_related("staff")
    if beside := opened(query.at, of=KIND):
        moment = moment_of(beside)
        older = Q(happened_at__lt=moment) | Q(happened_at=moment, id__lt=beside.id)
        rows = rows.filter(older)
    found = list(rows.order_by("-happened_at", "-id")[: query.limit + 1])
    page = found[: query.limit]
    following = sealed(Cursor(page[-1].happened_at, page[-1].pk), of=KIND) if len(found) > query.limit else ""
    return ActivityPage(items=[ActivityOut.of(a) for a in page], next=following)


@writes(
    router, "POST", "/customers/{int:customer_id}/activities", needs(KIND, "create"), returns=ActivityOut, status=201
)
def activities_log(request: ActorRequest, customer_id: int, body: NewActivity) -> ActivityOut:
    activity = log_activity(customer_id, contact_of(body, customer_id, request.actor), actor=request.actor)
    return shown(activity.pk, request.actor)


@reads(router, "/activities/{int:activity_id}", needs(KIND, "read"), returns=ActivityOut)
def activities_get(request: ActorRequest, activity_id: int) -> ActivityOut:
    return shown(activity_id, request.actor)


@writes(router, "PATCH", "/activities/{int:activity_id}", needs(KIND, "update"), returns=ActivityOut)
def activities_change(request: ActorRequest, activity_id: int, body: ActivityChange) -> ActivityOut:
    values = body.given()
    version = values.pop("version")
    if "details" in values:
        values["details"] = values["details"] or {}
    change_activity(activity_id, values, version=version, actor=request.actor)
    return shown(activity_id, request.actor)


@writes(router, "DELETE", "/activities/{int:activity_id}", needs(KIND, "delete"))
def activities_remove(request: ActorRequest, activity_id: int, query: Query[Why]) -> None:
    """A reason is needed. What the record had settled opens again."""
    remove_activity(activity_id, actor=request.actor, why=query.why)


def shown(activity_id: int, actor: Actor) -> ActivityOut:
    return ActivityOut.of(Activity.objects.kept().select_related("staff").access(actor, activity_id))


def contact_of(body: NewActivity, customer_id: int, actor: Actor, *, subject: dict[str, Any] | None = None) -> Contact:
    """`subject` is what it is about unless the caller names a form."""
    values = body.given()
    values["details"] = values.get("details") or {}
    form_id = values.pop("file_form", None)
    about = about_form(form_id, customer_id, actor) if form_id else subject or {}
    return Contact(**values, **about)


def about_form(form_id: int, customer_id: int, actor: Actor) -> dict[str, Any]:
    """A form of another customer, or one that the caller may not see, is answered alike."""
    try:
        form = access_file_form(actor, form_id)
    except Missing:
        form = None
    if form is None or form.customer_id != customer_id:
        raise Invalid({"file_form": [_("This customer has no such file form.")]})
    return {"subject_kind": FileForm.KIND, "subject_id": form.pk}


add(router, tag="activities")
