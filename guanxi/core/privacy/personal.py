"""What this room keeps about people: what they agreed to and asked for. Of the erased it keeps nothing but a digest."""

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
)

from .models import (
    Consent,
    ConsentPurpose,
    Erasure,
    PersonFile,
    PersonRequest,
    Processor,
    SetApart,
    SetApartKind,
    Wording,
)

PROOF = Held(Sort.WORDS, Purpose.SECURITY, Basis.LAW, Kept.PROOF)
# A refusal without its reason is none: the database would refuse the erasing.
REASON = Held(Sort.WORDS, Purpose.SECURITY, Basis.LAW, Kept.PROOF, left="—")
FILE = Held(Sort.FILES, Purpose.MOVING, Basis.LAW, Kept.SHORT)
OTHERS = Held(Sort.REACH, Purpose.MOVING, Basis.CONTRACT, Kept.RELATION)


def register() -> None:
    asked = {"asked_by": PROOF, "identified": PROOF, "details": PROOF, "answer": REASON}
    declare(
        Table(Consent, About.CUSTOMER, {"evidence": PROOF}, kind=Consent.KIND, of=OF_CUSTOMER),
        Table(PersonRequest, About.CUSTOMER, asked, plain="asked_on due_on", kind=PersonRequest.KIND, of=OF_CUSTOMER),
        Table(
            PersonFile,
            About.CUSTOMER,
            {"content": FILE},
            plain="problem",
            of=f"request_id IN (SELECT q.id FROM privacy_personrequest q WHERE q.{OF_CUSTOMER})",  # noqa: S608 (constants only)
            is_removed=True,
        ),
        Table(SetApart, About.CUSTOMER, {"why": PROOF, "lifted_why": PROOF}, of=OF_CUSTOMER),
        Table(Erasure, About.NOBODY, plain="digest who counts"),
        Table(ConsentPurpose, About.NOBODY, plain="key name name_en"),
        Table(Wording, About.NOBODY, plain="text text_en"),
        Table(
            Processor,
            About.STAFF,
            {"contact": OTHERS},
            plain="pinyin search own name sent purpose basis agreed_on agreed_until",
        ),
    )
    HOLDS.add(Hold("legal-hold", held_by_law))


def held_by_law(customers: Sequence[int]) -> list[Any]:
    rows = SetApart.objects.filter(customer_id__in=customers, kind=SetApartKind.LEGAL_HOLD, lifted_at=None)
    return [_("It must be kept by law: %(why)s") % {"why": row.why} for row in rows]
