"""What this room keeps about people: words sent to staff that may speak of customers."""

from __future__ import annotations

from guanxi.base.kernel.personal import About, Basis, Held, Kept, Purpose, Sort, Table, declare, of_record

from .models import Alerted, Channel, Delivery, MailChoice, Message

TOLD = Held(Sort.WORDS, Purpose.EMPLOYMENT, Basis.LABOUR, Kept.RELATION)
SENT = Held(Sort.WORDS, Purpose.MOVING, Basis.LABOUR, Kept.SHORT)


def register() -> None:
    declare(
        Table(
            Message,
            About.CUSTOMER,
            {"params": TOLD},
            plain="kind subject_kind group_key dedupe_key",
            of=f"{of_record('subject_kind', 'subject_id')} OR params::text LIKE ANY(%(words)s)",
        ),
        Table(Delivery, About.CUSTOMER, {"body": SENT}, plain="dedupe_key body_digest code"),
        Table(
            Channel,
            About.NOBODY,
            plain="name address_sealed secret_sealed address_hint language last_state last_code",
        ),
        Table(Alerted, About.NOBODY),
        Table(MailChoice, About.NOBODY),
    )
