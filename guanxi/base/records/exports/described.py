"""What a list was asked for, in words: for the last sheet of a file, the trail and paper."""

from __future__ import annotations

from django.utils.translation import gettext as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Unit

from ..asked import Asked
from ..types import RecordType


def described(type_: RecordType, asked: Asked, actor: Actor) -> list[tuple[str, str]]:
    """Pairs of what and which, in the language of who reads."""
    pairs = [(_("Search"), asked.q)] if asked.q else []
    for filter_ in type_.filters:
        if chosen := asked.filters.get(filter_.key):
            options = {str(value): str(label) for value, label in filter_.options(actor)}
            pairs.append((str(filter_.label), options.get(chosen, chosen)))
    if asked.where:
        pairs.append((_("Conditions"), asked.where))
    return [*pairs, (_("Sorted by"), str(type_.sort(asked.sort).label))]


def in_one_line(pairs: list[tuple[str, str]]) -> str:
    return _("; ").join(_("%(what)s: %(which)s") % {"what": what, "which": which} for what, which in pairs)


def company_name() -> str:
    """The uppermost unit."""
    return Unit.objects.filter(parent=None).order_by("id").values_list("name", flat=True).first() or ""
