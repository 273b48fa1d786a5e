"""What this room keeps about people."""

from __future__ import annotations

from guanxi.base.kernel.personal import ERASERS, About, Basis, Eraser, Held, Kept, Purpose, Sort, Table, declare

from .erasing import erase_from_trail
from .models import Entry, EventRow, Item, Operation, Seal, Unsealed

WHO = Held(Sort.TRACES, Purpose.SECURITY, Basis.LAW, Kept.TRAIL, stays=True)
TOLD = Held(Sort.WORDS, Purpose.SECURITY, Basis.LAW, Kept.TRAIL)
ANSWERED = Held(Sort.WORDS, Purpose.MOVING, Basis.CONTRACT, Kept.SHORT)


def register() -> None:
    ERASERS.add(Eraser("trail", erase_from_trail))
    declare(
        # Values about customers are taken out by erasing.py, which keeps the seals valid; who acted stays.
        Table(
            Entry,
            About.CUSTOMER,
            {"personal": TOLD, "who": WHO, "address": WHO},
            plain="name via kind changes personal_digest",
            by_hand=True,
        ),
        Table(Operation, About.CUSTOMER, {"answer": ANSWERED}, plain="key name fingerprint"),
        Table(Item, About.NOBODY, plain="kind"),
        Table(EventRow, About.NOBODY, plain="name kind ids"),
        Table(Seal, About.NOBODY, plain="leaves previous digest anchor let_go_digest"),
        Table(Unsealed, About.NOBODY),
    )
