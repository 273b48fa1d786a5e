"""What this room keeps about people: forms with their health, their visits, who took files home.

Nobody is erased while a file of theirs is still away.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from guanxi.base.kernel.personal import (
    HOLDS,
    OF_CUSTOMER,
    About,
    Basis,
    Held,
    Hold,
    Kept,
    Purpose,
    Sort,
    Table,
    declare,
    of_record,
)

from .models import (
    Allocation,
    AllocationItem,
    Attendance,
    CallbackRequest,
    ContactForm,
    ContestCheck,
    CopyEntry,
    CustodyEntry,
    FileContest,
    FileForm,
    FormIssue,
    FormSheet,
    FormTemplate,
    Incident,
    Loan,
    Opening,
    SealedBox,
    Transfer,
    TransferItem,
    WorkingNote,
)

NAME = Held(Sort.NAME)
CALLED = Held(Sort.NAME, left="—")
REACH = Held(Sort.REACH)
BIRTH = Held(Sort.BIRTH)
HEALTH = Held(Sort.HEALTH, basis=Basis.SEPARATE, is_sensitive=True)
WORDS = Held(Sort.WORDS)
FIGURE = Held(Sort.TRADE, stays=True)
PLACE = Held(Sort.TRADE)
REGISTERED = Held(Sort.WORDS, Purpose.SECURITY, Basis.LABOUR, Kept.PROOF)
STORED = {"pinyin": NAME, "search": NAME, "own": WORDS}
OF_FORM = "form_id IN (SELECT f.id FROM {table} f WHERE f.customer_id = ANY(%(customers)s))"


def register() -> None:
    _declare_forms()
    _declare_events()
    _declare_custody()
    _declare_the_rest()
    HOLDS.add(Hold("archive-loans", files_away))


def _declare_forms() -> None:
    who = {"name": CALLED, "initials": NAME, "search": NAME, "phone": REACH, "address": REACH, "area": REACH}
    health = {"health": HEALTH, "medication": HEALTH, "concern": HEALTH}
    birth = {"gender": BIRTH, "birth_year": BIRTH}
    declare(
        Table(
            ContactForm,
            About.CUSTOMER,
            who | health | birth | {"place": PLACE, "signature": WORDS, "collected_on": FIGURE},
            kind=ContactForm.KIND,
            of=OF_CUSTOMER,
        ),
        Table(
            FileForm,
            About.CUSTOMER,
            {"health": HEALTH, "remark": WORDS, "product": FIGURE, "event_name": FIGURE, "amount": FIGURE},
            plain="number completed_on",
            kind=FileForm.KIND,
            of=OF_CUSTOMER,
        ),
    )


def _declare_events() -> None:
    declare(
        Table(
            Attendance,
            About.CUSTOMER,
            STORED | {"event_name": FIGURE, "held_on": FIGURE},
            kind=Attendance.KIND,
            of=OF_CUSTOMER,
        ),
        Table(
            CallbackRequest,
            About.CUSTOMER,
            STORED | {"reason": WORDS},
            plain="wanted_on called_on",
            kind=CallbackRequest.KIND,
            of=OF_CUSTOMER,
        ),
        Table(WorkingNote, About.CUSTOMER, {"text": WORDS}, of=OF_CUSTOMER),
        Table(AllocationItem, About.CUSTOMER, {"why": WORDS}, of=OF_CUSTOMER),
    )


def _declare_custody() -> None:
    of_file_form, of_contact_form = (OF_FORM.format(table=m._meta.db_table) for m in (FileForm, ContactForm))
    declare(
        Table(
            Incident,
            About.CUSTOMER,
            STORED | {"description": WORDS},
            plain="reported_on replaced_with",
            kind=Incident.KIND,
            of=OF_CUSTOMER,
        ),
        Table(
            Loan,
            About.CUSTOMER,
            STORED | {"reason": WORDS},
            plain="lent_on due_on",
            kind=Loan.KIND,
            of=OF_CUSTOMER,
        ),
        Table(
            CopyEntry,
            About.CUSTOMER,
            {"subject_label": REGISTERED, "purpose": REGISTERED},
            plain="subject_kind number",
            of=of_record("subject_kind", "subject_id"),
        ),
        Table(ContestCheck, About.CUSTOMER, {"note": WORDS}, of=of_file_form),
        Table(Opening, About.CUSTOMER, {"purpose": REGISTERED}, of=of_contact_form),
        Table(TransferItem, About.CUSTOMER, {"why": WORDS}, plain="form_kind", of=of_record("form_kind", "form_id")),
        Table(Transfer, About.CUSTOMER, {"note": WORDS}, plain="kind receiver_role"),
    )


def _declare_the_rest() -> None:
    nobody = {
        Allocation: "",
        CustodyEntry: "",
        FileContest: "quarter reward forfeit",
        FormIssue: "issued_on",
        FormSheet: "code settled_on note",
        FormTemplate: "code title title_en purpose purpose_en consent consent_en lines page effective_on retired_on",
        SealedBox: "label",
    }
    declare(*(Table(model, About.NOBODY, plain=plain) for model, plain in nobody.items()))


def files_away(customers: Sequence[int]) -> list[Any]:
    """Somebody has to bring them back first, and to whom they belong must be known until then."""
    loans = Loan.objects.filter(customer_id__in=customers, returned_at=None, removed_at=None).count()
    if not loans:
        return []
    return [_("%(count)s file form(s) are still lent out and have to come back first.") % {"count": loans}]
