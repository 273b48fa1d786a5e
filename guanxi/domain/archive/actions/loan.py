"""Borrowing a file form from its keeper and giving it back the same day (FIL-08, FIL-09)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed
from guanxi.base.org import gate
from guanxi.base.org.models import Staff

from .. import events as told
from ..custody import DOCTOR, Step, has_role_now, move_forms, require_here
from ..models import Custody, FileForm, Loan, LoanPurpose, Moved

MOST = 100
NOT_KEPT = _("%(number)s: %(state)s. Only a file that a doctor keeps can be lent.")
TAKEN = _("One of these files has just been lent. Open the page again.")


@dataclass(frozen=True)
class NewLoan:
    """Without a borrower the actor borrows."""

    form_ids: Sequence[int]
    borrower: Staff | None = None
    purpose: str = str(LoanPurpose.CALLBACK)
    reason: str = ""


@action("archive:loan:lent", _("%(who)s took out file forms of the archive: %(count)s."))
def lend_forms(wanted: NewLoan, *, actor: Actor) -> list[Loan]:
    """Due the same day. Another purpose than a callback asks the rules for each file (RB-21.16)."""
    gate.ask(actor, "create", Loan.KIND)
    borrower_id = wanted.borrower.pk if wanted.borrower else actor.staff_id
    require_readable(wanted, borrower_id)
    require_hands(borrower_id, actor.staff_id)
    require_no_keeper(borrower_id)
    require_here(borrower_id)
    forms = _kept_forms(wanted.form_ids, actor)
    if wanted.purpose == LoanPurpose.OTHER:
        for form in forms:
            gate.ask_rules(actor, "borrow-other", FileForm.KIND, form.pk)
    loans = [_new(form, wanted, borrower_id, actor) for form in forms]
    write(loans)
    ids = [form.pk for form in forms]
    move_forms(ids, Step(Moved.LENT, Custody.LENT, borrower_id, actor.staff_id))
    items = [(Loan.KIND, loan.pk) for loan in loans] + [(FileForm.KIND, one) for one in ids]
    changes = {"count": len(loans), "purpose": [None, wanted.purpose], "borrower": [None, borrower_id]}
    trail.record(Loan.KIND, loans[0].pk, actor=actor, changes=changes, items=items)
    events.publish(Event(told.LENT, Loan.KIND, [loan.pk for loan in loans]), actor=actor)
    return loans


@action("archive:loan:returned", _("%(who)s took back file forms that were lent: %(count)s."))
def return_loans(loan_ids: Sequence[int], *, actor: Actor) -> list[Loan]:
    """The keeper, or whoever keeps files in that branch, has them in hand again; never the borrower alone."""
    gate.ask(actor, "update", Loan.KIND)
    loans = _open_loans(loan_ids, actor)
    require_taker(loans, actor.staff_id)
    now = clock.now()
    Loan.objects.filter(id__in=[loan.pk for loan in loans]).update(
        returned_at=now, returned_to_id=actor.staff_id, updated_at=now
    )
    keep = [loan.form_id for loan in loans]
    move_forms(keep, Step(Moved.RETURNED, Custody.KEPT, actor.staff_id, actor.staff_id))
    items = [(Loan.KIND, loan.pk) for loan in loans] + [(FileForm.KIND, one) for one in keep]
    trail.record(Loan.KIND, loans[0].pk, actor=actor, changes={"count": len(loans)}, items=items)
    events.publish(Event(told.RETURNED, Loan.KIND, [loan.pk for loan in loans]), actor=actor)
    return loans


def require_readable(wanted: NewLoan, borrower_id: int | None) -> None:
    errors: dict[str, list[Any]] = {}
    if not wanted.form_ids:
        errors["forms"] = [_("Choose at least one file form.")]
    elif len(set(wanted.form_ids)) > MOST:
        errors["forms"] = [_("At most %(most)s files are lent at once.") % {"most": MOST}]
    if wanted.purpose not in LoanPurpose.values:
        errors["purpose"] = [_("Choose one of the values offered.")]
    elif wanted.purpose == LoanPurpose.OTHER and not wanted.reason.strip():
        errors["reason"] = [_("Say what the file is needed for.")]
    if len(wanted.reason) > 200:
        errors["reason"] = [_("At most %(count)s characters.") % {"count": 200}]
    if borrower_id is None or (wanted.borrower and wanted.borrower.left_on):
        errors["borrower"] = [_("Choose a colleague.")]
    if errors:
        raise Invalid(errors)


def require_hands(borrower_id: int | None, staff_id: int | None) -> None:
    """Only who keeps files hands them to others."""
    if borrower_id != staff_id and not has_role_now(staff_id, DOCTOR):
        raise NotAllowed(_("Only a service doctor lends files to others. You can borrow for yourself."))


def require_no_keeper(borrower_id: int | None) -> None:
    """A doctor works with the files where they are kept; a loan to oneself could never be given back to another."""
    if has_role_now(borrower_id, DOCTOR):
        raise Invalid({"borrower": [_("A service doctor keeps the files and needs no loan.")]})


def require_taker(loans: Sequence[Loan], staff_id: int | None) -> None:
    if any(loan.owner_id == staff_id for loan in loans):
        raise NotAllowed(_("The keeper takes a file back, not the person who borrowed it."))
    if any(loan.keeper_id != staff_id for loan in loans) and not has_role_now(staff_id, DOCTOR):
        raise NotAllowed(_("Only the keeper or another service doctor takes a file back."))


def _kept_forms(ids: Sequence[int], actor: Actor) -> list[FileForm]:
    """Locked in one order: what is out cannot be lent again."""
    rows = FileForm.objects.kept().visible_to(actor).filter(id__in=set(ids)).order_by("id")
    forms = list(rows.select_for_update(of=("self",)))
    if len(forms) != len(set(ids)):
        raise Missing()
    wrong = [form for form in forms if form.custody != Custody.KEPT]
    if wrong:
        raise Invalid({"forms": [NOT_KEPT % {"number": f.number, "state": f.get_custody_display()} for f in wrong]})
    return forms


def _new(form: FileForm, wanted: NewLoan, borrower_id: int | None, actor: Actor) -> Loan:
    now, today = clock.now(), clock.today()
    return Loan(
        form=form,
        customer_id=form.customer_id,
        owner_id=borrower_id,
        unit_id=form.unit_id,
        # Imported ones have no keeper yet: the doctor who hands one out is it from now on.
        keeper_id=form.keeper_id or (actor.staff_id if actor.staff_id != borrower_id else None),
        purpose=wanted.purpose,
        reason=wanted.reason.strip(),
        lent_on=today,
        due_on=today,
        created_at=now,
        updated_at=now,
    )


def write(loans: list[Loan]) -> None:
    try:
        with transaction.atomic():
            Loan.objects.bulk_create(loans)
    except IntegrityError as clash:
        raise Invalid({"forms": [TAKEN]}) from clash


def _open_loans(ids: Sequence[int], actor: Actor) -> list[Loan]:
    rows = Loan.objects.kept().visible_to(actor, "update").filter(id__in=set(ids)).order_by("id")
    loans = list(rows.select_related("form").select_for_update(of=("self", "form")))
    if not ids or len(loans) != len(set(ids)):
        raise Missing()
    if any(loan.form.custody != Custody.LENT for loan in loans if loan.is_out):
        raise Invalid({"loans": [_("An incident of one of these files is open: it ends with the replacement.")]})
    if any(not loan.is_out for loan in loans):
        raise Invalid({"loans": [_("One of these files has been returned already. Open the page again.")]})
    return loans
