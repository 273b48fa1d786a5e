"""What this room shows on its own card: the team, and the history of owner, grade and status."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit.models import Entry
from guanxi.base.audit.trail import sentence_of
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Role, Staff, Unit
from guanxi.base.org.scopes import may

from ..models import Customer

FIELD_LABELS = {"owner": _("Owner"), "unit": _("Unit"), "type": _("Type"), "grade": _("Grade"), "status": _("Status")}
MOST = 12


def team_panel(actor: Actor, customer: Customer) -> dict[str, Any]:
    roles = {r.key: r.name if actor.language.startswith("zh") else r.name_en for r in Role.objects.all()}
    members = customer.team.filter(to_on=None).select_related("staff").order_by("id")
    rows = [{"id": m.pk, "name": m.staff.name, "role": roles.get(m.role, m.role)} for m in members]
    return {"members": rows, "may_change": may(actor, "customer", "update"), "customer": customer}


def history_panel(actor: Actor, customer: Customer) -> dict[str, Any]:
    entries = Entry.objects.filter(kind=Customer.KIND, subject_id=customer.pk).order_by("-id")[:MOST]
    return {"entries": [(sentence_of(e), e.at) for e in entries], "periods": periods(customer)}


def periods(customer: Customer) -> list[dict[str, Any]]:
    """Former and present values, newest first; names instead of ids."""
    rows = list(customer.validity.order_by("-from_at", "field")[:MOST])
    staff = _names(Staff, [r.value for r in rows if r.field == "owner"])
    units = _names(Unit, [r.value for r in rows if r.field == "unit"])
    statuses = dict(Customer._meta.get_field("status").choices or [])
    names = {"owner": staff, "unit": units, "status": statuses}
    return [
        {
            "label": FIELD_LABELS[r.field],
            "value": names.get(r.field, {}).get(r.value, r.value),
            "from": r.from_at,
            "to": r.to_at,
        }
        for r in rows
    ]


def _names(model: type[Staff] | type[Unit], ids: list[str]) -> dict[str, str]:
    return {str(pk): name for pk, name in model.objects.filter(id__in=ids).values_list("id", "name")} if ids else {}
