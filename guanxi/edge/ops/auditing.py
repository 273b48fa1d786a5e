"""Taking the trail out as a file: with a purpose, a word in the trail itself, and beyond a few rows with a permit."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.db.models import Max, QuerySet
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.models import Entry
from guanxi.base.audit.trail import action
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, NeedsPermit
from guanxi.base.org import gate, permits
from guanxi.base.org.permits import PERMITTABLE, Permittable
from guanxi.base.org.scopes import may

KIND, VERB = "audit", "export"
# The trail is one thing; a permit is for all of it, once.
TRAIL = 1
PURPOSE = 200


def register() -> None:
    name = _("Take the trail out as a file")
    PERMITTABLE.add(Permittable(KIND, VERB, name, label=_label, access=_reach, page=lambda _id: "/settings/trail"))


def _label(_trail: int) -> str:
    return str(_("Trail"))


def _reach(actor: Actor, _trail: int) -> None:
    if not may(actor, KIND, "read"):
        raise Missing()


@action("ops:trail:exported", _("%(who)s took %(count)s entries of the trail out as a file."))
def export_trail(entries: QuerySet[Entry], words: Mapping[str, str], *, purpose: str, actor: Actor) -> int:
    """The number of the last entry that belongs to the file, so that the row about it does not."""
    gate.ask(actor, "read", KIND)
    purpose = purpose.replace("\0", "").strip()[:PURPOSE]
    if not purpose:
        raise Invalid({"purpose": [_("Say what the file is for.")]})
    count, last = len(entries.values("id")[: settings.EXPORT_MAX_ROWS + 1]), entries.aggregate(last=Max("id"))["last"]
    if count > settings.EXPORT_MAX_ROWS:
        raise Invalid({"": [_("This is too much for one file. Narrow it by days or people.")]})
    if count > settings.EXPORT_WITHOUT_PERMIT and not permits.use(actor.staff_id, VERB, KIND, TRAIL):
        raise NeedsPermit(KIND, str(TRAIL), verb=VERB, role=permits.DEFAULT_ROLE)
    changes = {"count": count, "purpose": [None, purpose], "filters": [None, dict(words)]}
    trail.record(KIND, None, actor=actor, changes=changes)
    return int(last or 0)
