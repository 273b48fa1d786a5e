"""Figures that leave the screen leave a word in the trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel.actor import Actor
from guanxi.base.org import gate
from guanxi.base.records.prints.actions import next_number

from ..access import KIND


@action("rulebooks:figures:taken", _("%(who)s took the figures of compliance as a file or on paper: %(count)s rows."))
def take_figures(form: str, rows: int, *, actor: Actor) -> str:
    """The number of the paper or file."""
    gate.ask(actor, "read", KIND)
    number = next_number()
    trail.record(KIND, None, actor=actor, changes={"count": rows, "print_number": number, "form": form})
    return number
