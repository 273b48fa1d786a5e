"""File forms on transfer lists: representative, sales manager, doctor (FIL-07); and what a leaver still holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.blockers import DEPARTURE, Blocker

from .custody import DOCTOR, MANAGER, Step, give_back, move_forms
from .models import Custody, FileForm, Incident, Loan, Moved, Transfer
from .transferring import TRANSFERABLE, Transferable

RECEIVERS = {MANAGER: Custody.MANAGER, DOCTOR: Custody.KEPT}
LENT = _("It is lent: it goes back to its keeper first.")
NOT_A_KEEPER = _("File forms go to a sales manager or a service doctor.")
FIRST_RECEIVED = """
UPDATE archive_fileform SET received_at = %(now)s, received_by_id = %(by)s
WHERE id = ANY(%(ids)s) AND received_at IS NULL
"""


def refused(forms: Sequence[Any], transfer: Transfer, actor: Actor) -> dict[int, Any]:
    """A form that is lent is not the borrower's to pass on."""
    if transfer.receiver_role not in RECEIVERS:
        return {form.pk: NOT_A_KEEPER for form in forms}
    return {form.pk: LENT for form in forms if form.custody == Custody.LENT}


def received(ids: Sequence[int], transfer: Transfer, actor: Actor) -> None:
    state = RECEIVERS[transfer.receiver_role]
    step = Step(
        Moved.TRANSFERRED, state, transfer.to_staff_id, actor.staff_id, transfer.from_staff_id, reference_id=transfer.pk
    )
    move_forms(ids, step)
    if state == Custody.MANAGER:
        with connection.cursor() as cursor:
            cursor.execute(FIRST_RECEIVED, {"ids": list(ids), "by": transfer.to_staff_id, "now": clock.now()})


def sent(ids: Sequence[int], transfer: Transfer, actor: Actor) -> None:
    """The holder is still the sender, until the list is received."""
    move_forms(ids, Step(Moved.SENT, Custody.TRANSIT, transfer.from_staff_id, actor.staff_id, reference_id=transfer.pk))


def came_back(ids: Sequence[int], transfer: Transfer, actor: Actor) -> None:
    give_back(ids, by_id=actor.staff_id)


def register() -> None:
    TRANSFERABLE.add(
        Transferable(
            FileForm.KIND,
            _("File forms"),
            FileForm,
            kept=FileForm.objects.kept,
            named=lambda form: form.event_name,
            page=lambda form_id: f"/file-forms/{form_id}",
            roles=tuple(RECEIVERS),
            state_of=lambda form: form.get_custody_display(),
            is_ready=lambda form: form.custody in (Custody.REPRESENTATIVE, Custody.MANAGER),
            refused=refused,
            sent=sent,
            received=received,
            came_back=came_back,
        )
    )
    DEPARTURE.add(
        Blocker(
            key="file-forms",
            kind=FileForm.KIND,
            label=_("File forms in hand"),
            count=lambda staff_id: FileForm.objects.kept().filter(holder_id=staff_id).count(),
            url=lambda staff_id: f"/file-registers?holder={staff_id}",
        )
    )
    DEPARTURE.add(
        Blocker(
            key="loans",
            kind=Loan.KIND,
            label=_("Borrowed file forms"),
            count=lambda staff_id: Loan.objects.filter(owner_id=staff_id, returned_at=None).count(),
            url=lambda staff_id: f"/loans?borrower={staff_id}",
        )
    )
    DEPARTURE.add(
        Blocker(
            key="incidents",
            kind=Incident.KIND,
            label=_("File forms to be replaced"),
            count=lambda staff_id: Incident.objects.kept().filter(owner_id=staff_id, replaced_at=None).count(),
            url=lambda staff_id: f"/incidents?state=open&concerned={staff_id}",
        )
    )
