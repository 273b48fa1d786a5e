"""What rulebooks may say about first-contact forms: clauses 21.1 to 21.4 of the pack for event selling."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.records.criteria.fields import Field, Fields, Kind
from guanxi.core.rulebooks.joining import add_subject
from guanxi.core.rulebooks.registry import EVIDENCE, GATES, SOURCES, Alive, Evidence, Gate, Source, Subject

from . import events as told
from .models import ContactForm, ContactState, FilledBy

KEY = "contact-form"
FIELDS = Fields(
    [
        Field("state", Kind.CHOICE, _("State"), choices=tuple(ContactState.values)),
        Field("collected", Kind.DATE, _("Day of the contact"), column="collected_on"),
        Field("area", Kind.TEXT, _("Area")),
        Field("place", Kind.TEXT, _("Event or place")),
        Field("filled_by", Kind.CHOICE, _("Filled in by"), choices=tuple(FilledBy.values)),
    ]
)
# A form has at most one piece of each kind: its id and the number of the kind make the piece's own.
STATES = {"signed": "signed", "allocated": "allocated", "sealed": "sealed"}
WHO = {"signed": "signed_by_id", "allocated": "allocator_id", "sealed": "sealed_by_id"}
PIECE = """SELECT f.id * 8 + {number} AS id, f.customer_id, 'contactform'::text AS subject_kind, f.id AS subject_id,
  f.{who} AS staff_id, '{kind}'::text AS kind, f.{kind}_at AS happened_at, f.{kind}_at AS recorded_at
FROM archive_contactform f WHERE f.{kind}_at IS NOT NULL AND f.removed_at IS NULL"""
PIECES = " UNION ALL ".join(
    PIECE.format(number=number, who=WHO[kind], kind=kind) for number, kind in enumerate(STATES, 1)
)
# What goes to whom is told apart by what the receiver is. Taken back or refused, it was not handed over.
HANDED_OVER = """(SELECT i.id, NULL::bigint AS customer_id, i.form_kind AS subject_kind, i.form_id AS subject_id,
  t.from_staff_id AS staff_id, CASE t.receiver_role WHEN 'sales-manager' THEN 'handed-over'
    WHEN 'service-manager' THEN 'handed-over-to-service' WHEN 'service-doctor' THEN 'handed-over-to-doctor'
    ELSE 'handed-over-elsewhere' END AS kind,
  t.sent_at AS happened_at, t.sent_at AS recorded_at
FROM archive_transferitem i JOIN archive_transfer t ON t.id = i.transfer_id
WHERE i.state IN ('waiting', 'accepted')) e"""
LABELS = {
    "signed": _("Signed"),
    "allocated": _("Allocated"),
    "sealed": _("Sealed"),
    "handed-over": _("Handed over to the sales manager"),
    "handed-over-to-service": _("Handed over to the customer service manager"),
    "handed-over-to-doctor": _("Handed over to the service doctor"),
}
PLACES = {
    "signed": "/contact-forms/{subject}/edit",
    "allocated": "/allocations/new",
    "sealed": "/sealed/new",
    "handed-over": "/transfers/new",
    "handed-over-to-service": "/transfers/new",
    "handed-over-to-doctor": "/transfers/new",
}
STEPS = {
    "accept-unsigned": _("Accept an unsigned form"),
    "open-sealed": _("Open a sealed form"),
    "print": _("Print a first-contact form"),
    "copy": _("Copy a first-contact form"),
    "show": _("Show a first-contact form to somebody outside"),
    "export": _("Take a first-contact form out as a file"),
}


def day_of(moment: str) -> str:
    return f"({moment} AT TIME ZONE 'Asia/Shanghai')::date"


def register() -> None:
    add_subject(
        Subject(
            key=KEY,
            kind=ContactForm.KIND,
            label=_("First-contact form"),
            relation="archive_contactform s LEFT JOIN customers_customer c ON c.id = s.customer_id",
            fields=FIELDS,
            unit="s.unit_id",
            owner="s.collector_id",
            alive=(Alive("removed", "s.removed_at IS NULL"),),
            people={
                "collector": "s.collector_id",
                "receiver": "s.receiver_id",
                "holder": "s.holder_id",
                "allocator": "s.allocator_id",
            },
            name="s.number",
            page="/contact-forms/{id}",
        ),
        told_by=(
            told.CONTACT_CREATED,
            told.CONTACT_CHANGED,
            told.CONTACT_SIGNED,
            told.CONTACT_REMOVED,
            told.CONTACT_ALLOCATED,
            told.CONTACT_SEALED,
            told.SENT,
            told.RECEIVED,
            told.TAKEN_BACK,
        ),
    )
    _add_sources()
    _add_evidence()
    for verb, name in STEPS.items():
        GATES.add(Gate(KEY, verb, kind=ContactForm.KIND, label=name))


def _add_sources() -> None:
    for name, label, anchor in (
        ("collected", _("The form was collected"), "s.collected_on"),
        ("signed", _("The form was signed"), day_of("s.signed_at")),
        ("received", _("The form was received"), day_of("s.received_at")),
        ("allocated", _("The form was allocated"), day_of("s.allocated_at")),
        ("received-by-service", _("Customer service received the form"), day_of("s.service_received_at")),
    ):
        SOURCES.add(Source(KEY, name, label=label, anchor=anchor))


def _add_evidence() -> None:
    EVIDENCE.add(
        Evidence(
            key="contact-form-state",
            word="state",
            label=_("State of the first-contact form"),
            relation=f"({PIECES}) e",
            kinds=tuple(STATES),
            about="subject",
            subjects=(KEY,),
            labels=LABELS,
            places=PLACES,
        )
    )
    EVIDENCE.add(
        Evidence(
            key="transfer-list",
            word="form",
            label=_("Transfer list"),
            relation=HANDED_OVER,
            kinds=("handed-over", "handed-over-to-service", "handed-over-to-doctor"),
            about="subject",
            subjects=(KEY,),
            labels=LABELS,
            places=PLACES,
        )
    )
