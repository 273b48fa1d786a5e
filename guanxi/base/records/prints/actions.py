"""Every paper has a number and a word in the trail: who printed what, when, how many rows."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel.actor import Actor
from guanxi.base.org import gate

from ..asked import Asked
from ..outsiders import NOBODY_ELSE, Recipient
from ..papers import Paper, register_paper
from ..types import RecordType


@action("records:print:list_printed", _("%(who)s printed a list: %(count)s rows."))
def print_list(
    type_: RecordType, asked: Asked, rows: int, *, recipient: Recipient = NOBODY_ELSE, left_out: int = 0, actor: Actor
) -> str:
    """The number of the paper."""
    gate.ask(actor, "read", type_.key)
    gate.ask_rules(actor, "print", type_.key)
    number = next_number()
    changes = {"count": rows, "print_number": number} | recipient.told | ({"left_out": left_out} if left_out else {})
    trail.record(type_.key, None, actor=actor, changes=changes, personal={"asked": asked.said()})
    register_paper(Paper("print", type_.key, number=number, rows=rows), actor)
    return number


@action("records:print:card_printed", _("%(who)s printed a card."))
def print_card(type_: RecordType, record_id: int, *, recipient: Recipient = NOBODY_ELSE, actor: Actor) -> str:
    gate.ask(actor, "read", type_.key, record_id)
    gate.ask_rules(actor, "print", type_.key, record_id)
    number = next_number()
    trail.record(type_.key, record_id, actor=actor, changes={"print_number": number} | recipient.told)
    register_paper(Paper("print", type_.key, record_id, number), actor)
    return number


def next_number(letter: str = "P") -> str:
    """Holes are allowed and mean nothing (ADR 6)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('records_print_number')")
        return f"{letter}{cursor.fetchone()[0]:08}"
