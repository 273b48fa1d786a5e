"""People: the list, the card, hiring, changing, leaving."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from markupsafe import Markup

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.access import access_staff, staff_visible_to, standing_posts
from guanxi.base.org.actions import (
    PostEntry,
    StaffEntry,
    change_staff,
    end_employment,
    hire_staff,
    next_staff_number,
)
from guanxi.base.org.actions.reading import staff_values
from guanxi.base.org.blockers import held_by
from guanxi.base.org.departures import departures_visible_to, open_departure
from guanxi.base.org.models import Post, Staff
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest, needs

from .choices import role_name, role_options, superior_options, unit_options
from .sending import day, day_or_none, number, number_or_none, send, together
from .trail import latest_about

PAGE = 50
STATES = {"": lambda: _("Working here"), "left": lambda: _("Has left"), "no-account": lambda: _("Without an account")}


@needs("staff", "read")
def staff_list(request: ActorRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "").strip()[:80] for name in ("q", "unit", "state", "after")}
    rows = matching(staff_visible_to(request.actor), asked)
    count = rows.count()
    page = list(_after(rows, asked["after"])[: PAGE + 1])
    context = {
        "asked": asked,
        "rows": _table(page[:PAGE], count, _older(asked, page), asked),
        "units": unit_options(),
        "states": [(key, text()) for key, text in STATES.items()],
        "state_label": STATES.get(asked["state"], STATES[""])(),
        "is_narrowed": any(asked[name] for name in ("q", "unit", "state")),
        "may_hire": may(request.actor, "staff", "create"),
        "count": count,
    }
    return ui.page(request, "ops/staff_list.html", context)


def matching(staff: QuerySet[Staff], asked: dict[str, str]) -> QuerySet[Staff]:
    if q := asked["q"]:
        exactly = Q(number=q) | Q(phone=q) | Q(account__login=q)
        staff = staff.filter(Q(name__contains=q) | exactly | _sounds_like(q))
    if asked["unit"].isdecimal():
        staff = staff.filter(id__in=standing_posts().filter(unit_id=int(asked["unit"])).values("staff_id"))
    if asked["state"] == "no-account":
        staff = staff.filter(account=None)
    staff = staff.filter(left_on__isnull=asked["state"] != "left")
    posts = Prefetch(
        "posts", standing_posts().select_related("unit", "role", "superior__staff").order_by("-is_main", "id")
    )
    return staff.select_related("account").prefetch_related(posts).order_by("pinyin", "id")


def _sounds_like(q: str) -> Q:
    """邱远 by "qiuy", "qiu yuan" or the initials "qy"."""
    letters = q.replace(" ", "").lower()
    if not letters.isascii() or not letters.isalpha():
        return Q(pk__in=[])
    return Q(pinyin__regex="^(" + " ?".join(letters) + "|" + r"\S* ".join(letters) + ")")


def _after(staff: QuerySet[Staff], after: str) -> QuerySet[Staff]:
    """By key: the rows after the last one shown."""
    last = Staff.objects.filter(id=int(after)).first() if after.isdecimal() and len(after) < 16 else None
    if last is None:
        return staff
    return staff.filter(Q(pinyin__gt=last.pinyin) | Q(pinyin=last.pinyin, id__gt=last.pk))


def _older(asked: dict[str, str], page: Sequence[Staff]) -> str:
    if len(page) <= PAGE:
        return ""
    return "/settings/staff?" + urlencode({k: v for k, v in asked.items() if v} | {"after": page[PAGE - 1].pk})


def _table(page: Sequence[Staff], count: int, older: str, asked: dict[str, str]) -> ui.Table:
    columns = [
        ui.Column("name", _("Name"), "link", is_title=True),
        ui.Column("number", _("Staff number")),
        ui.Column("posts", _("Posts")),
        ui.Column("superior", _("Superior")),
        ui.Column("phone", _("Phone"), "phone"),
        ui.Column("account", _("Account"), "badge"),
    ]
    newer = "/settings/staff?" + urlencode({k: v for k, v in asked.items() if v and k != "after"})
    paging = ui.Paging(newer=newer if asked["after"] else "", older=older, shown=len(page))
    return ui.Table(columns, [_row(staff) for staff in page], label=_("Staff"), count=count, paging=paging)


def _row(staff: Staff) -> ui.Row:
    posts: list[Post] = list(staff.posts.all())
    url = f"/settings/staff/{staff.pk}"
    cells = [
        Markup('<a href="{}">{}</a>').format(url, staff.name),
        staff.number,
        Markup("<br>").join(f"{post.unit.name} · {role_name(post.role)}" for post in posts),
        next((post.superior.staff.name for post in posts if post.superior), ""),
        staff.phone,
        account_badge(staff),
    ]
    return ui.Row(staff.pk, cells, url=url, tone="faint" if staff.left_on else "", label=staff.name)


def account_badge(staff: Staff) -> Any:
    if staff.account is None:
        return ""
    if not staff.account.is_active:
        return Markup('<span class="badge is-plain">{}</span>').format(_("Closed"))
    return Markup('<span class="tabular">{}</span>').format(staff.account.login)


@needs("staff", "read")
def staff_card(request: ActorRequest, staff_id: int) -> HttpResponse:
    return card_page(request, access_staff(request.actor, staff_id))


def card_page(
    request: ActorRequest, staff: Staff, *, absence: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """`absence`: what was typed into the absence form and why it was refused."""
    actor, today = request.actor, clock.today()
    posts = staff.posts.select_related("unit", "role", "superior__staff", "superior__role").order_by("-starts_on", "id")
    context = {
        "staff": staff,
        "account": staff.account,
        "posts": [post for post in posts if post.ends_on is None or post.ends_on >= today],
        "past_posts": [post for post in posts if post.ends_on and post.ends_on < today],
        "absences": staff.absences.order_by("-starts_on")[:20],
        "absence": absence or {"typed": {}, "errors": {}},
        "history": latest_about("staff", staff.pk) if may(actor, "audit", "read") else None,
        "role_name": role_name,
        "rights": _rights(actor, staff),
        "departure": departures_visible_to(actor).filter(staff=staff, cancelled_at=None).order_by("-id").first(),
    }
    return ui.page(request, "ops/staff_card.html", context, status=status)


def _rights(actor: Actor, staff: Staff) -> dict[str, bool]:
    """Which buttons the card offers; the actions ask again."""

    def reaches(kind: str, verb: str) -> bool:
        return may(actor, kind, verb) and staff_visible_to(actor, kind=kind, verb=verb).filter(id=staff.pk).exists()

    is_here = staff.left_on is None
    return {
        "change": reaches("staff", "update"),
        "appoint": is_here and reaches("staff", "update"),
        "announce": is_here and staff.pk != actor.staff_id and reaches("departure", "create"),
        "leave": is_here and staff.pk != actor.staff_id and reaches("staff", "update"),
        "absence": is_here and staff.pk != actor.staff_id and reaches("absence", "create"),
        # Why somebody is away may be health data.
        "see_reason": staff.pk == actor.staff_id or reaches("absence", "create"),
        "see_account": reaches("account", "read") or staff.pk == actor.staff_id,
        "open": is_here and reaches("account", "create"),
        "reset": is_here and reaches("account", "update"),
        "close": staff.pk != actor.staff_id and reaches("account", "delete"),
    }


@needs("staff", "create")
@require_http_methods(["GET", "POST"])
def hire(request: ActorRequest) -> HttpResponse:
    if request.method != "POST":
        unit = request.GET.get("unit", "")
        typed = {"number": next_staff_number(), "joined_on": clock.today().isoformat(), "unit": unit}
        return _form(request, None, typed, {})
    made: list[Staff] = []

    def perform() -> None:
        entry, post = read_newcomer(request)
        made.append(hire_staff(entry, post=post, actor=request.actor))

    sent = send(request, "staff:hire", perform)
    if sent.errors:
        return _form(request, None, request.POST.dict(), sent.errors)
    ui.toast(request, _("Saved. Now open an account, so that this person can sign in."))
    return ui.go(request, f"/settings/staff/{made[0].pk}" if made else "/settings/staff")


@needs("staff", "update")
@require_http_methods(["GET", "POST"])
def edit(request: ActorRequest, staff_id: int) -> HttpResponse:
    staff = access_staff(request.actor, staff_id, to="update")
    if request.method != "POST":
        typed = {"name": staff.name, "number": staff.number, "phone": staff.phone, "email": staff.email}
        return _form(request, staff, typed | {"joined_on": staff.joined_on.isoformat()}, {})
    sent = send(
        request, f"staff:change:{staff_id}", lambda: change_staff(staff_id, read_staff(request), actor=request.actor)
    )
    if sent.errors:
        return _form(request, staff, request.POST.dict(), sent.errors)
    ui.toast(request, _("Saved."))
    return ui.go(request, f"/settings/staff/{staff_id}")


def read_staff(request: ActorRequest) -> StaffEntry:
    texts = {name: request.POST.get(name, "") for name in ("name", "number", "phone", "email")}
    return StaffEntry(**texts, joined_on=day(request.POST, "joined_on"))


def read_post(request: ActorRequest, *, starts_on: str = "starts_on") -> PostEntry:
    post = request.POST
    values = together(
        unit_id=lambda: number(post, "unit"),
        role_id=lambda: number(post, "role"),
        starts_on=lambda: day(post, starts_on),
        ends_on=lambda: day_or_none(post, "ends_on"),
    )
    is_main = "is_main" in post or starts_on == "joined_on"
    return PostEntry(**values, superior_id=number_or_none(post, "superior"), is_main=is_main)


def read_newcomer(request: ActorRequest) -> tuple[StaffEntry, PostEntry]:
    """A person and the first post, from one form."""
    read = together(
        entry=lambda: read_staff(request),
        # Read once more by the action; here so that its faults come together with those of the post.
        checked=lambda: staff_values(read_staff(request)),
        post=lambda: read_post(request, starts_on="joined_on"),
    )
    return read["entry"], read["post"]


def _form(
    request: ActorRequest, staff: Staff | None, typed: dict[str, str], errors: dict[str, list[Any]]
) -> HttpResponse:
    context = {
        "staff": staff,
        "typed": typed,
        "errors": errors,
        "units": unit_options(),
        "roles": role_options(),
        "superiors": superior_options() if staff is None else [],
    }
    return ui.page(request, "ops/staff_form.html", context, status=422 if errors else 200)


@needs("staff", "update")
@require_http_methods(["GET", "POST"])
def leave(request: ActorRequest, staff_id: int) -> HttpResponse:
    staff = access_staff(request.actor, staff_id, to="update")
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        sent = send(
            request,
            f"staff:leave:{staff_id}",
            lambda: end_employment(staff_id, on=day(request.POST, "on"), actor=request.actor),
        )
        if sent.is_done:
            ui.toast(request, _("The departure is recorded; posts and account have ended."))
            return ui.go(request, f"/settings/staff/{staff_id}")
        errors = sent.errors
    context = {
        "staff": staff,
        "held": held_by(staff_id),
        "departure": open_departure(staff_id),
        "may_open": lambda one: may(request.actor, one.kind, "read"),
        "on": request.POST.get("on", clock.today().isoformat()),
        "errors": errors,
    }
    return ui.page(request, "ops/leave.html", context, status=422 if errors else 200)
