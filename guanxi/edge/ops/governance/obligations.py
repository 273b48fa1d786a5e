"""Staff read the conduct text and sign its obligations with their typed name (SEC-02, SEC-12)."""

from __future__ import annotations

import hashlib

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Refused
from guanxi.base.org import gate
from guanxi.base.org.models import Staff
from guanxi.core.messaging.actions import tell
from guanxi.core.messaging.kinds import KINDS, MessageKind
from guanxi.core.rulebooks.actions.rulebook import confirm_reading
from guanxi.core.rulebooks.models import Rulebook, Version
from guanxi.core.rulebooks.phases.running import versions_in_force
from guanxi.core.rulebooks.readers import concerned

from .models import Signature

CONDUCT = "conduct"
TO_SIGN = "ops:obligations:to_sign"
SIGNED = "ops:signature:given"
LINK = "/obligations"


def register() -> None:
    KINDS.add(MessageKind(TO_SIGN, _("Please read and sign the obligations: %(title)s")))


def version_to_sign() -> Version | None:
    """Of the rulebook "conduct", the text in force; of units with a text of their own the latest."""
    rows = Version.objects.filter(id__in=versions_in_force(), rulebook__key=CONDUCT).select_related("rulebook")
    return rows.order_by("-number").first()


def signature_of(actor: Actor, version: Version) -> Signature | None:
    return Signature.objects.filter(version=version, staff_id=actor.staff_id or -1).first()


def not_signed(version: Version) -> QuerySet[Staff]:
    signed = Signature.objects.filter(version=version, staff_id=OuterRef("pk"))
    return concerned(version).exclude(Exists(signed)).order_by("pinyin", "id")


@action("ops:obligations:signed", _("%(who)s signed the obligations."))
def sign(version_id: int, *, name: str, actor: Actor) -> Signature:
    """With the own name, of a version that still holds. Signing says that it was read."""
    gate.ask(actor, "read", Rulebook.KIND)
    version = version_to_sign()
    if version is None or version.pk != version_id:
        raise Refused(_("Another version holds by now. Read it and sign that one."), code="version_replaced")
    staff = Staff.objects.filter(id=actor.staff_id or -1).first()
    if staff is None or _plain(name) != _plain(staff.name):
        raise Invalid({"name": [_("Type your own name as the company writes it.")]})
    if signature_of(actor, version):
        raise Refused(_("You have signed this version already."), code="signed")
    now = clock.now()
    digest = digest_of(version, staff.name, now.isoformat())
    signature = Signature.objects.create(
        version=version, staff=staff, name=staff.name, signed_at=now, address=actor.address[:45], digest=digest
    )
    confirm_reading(version.pk, actor=actor)
    changes = {"version": [None, version.number], "digest": [None, digest]}
    trail.record(Signature.KIND, signature.pk, actor=actor, changes=changes, items=[("staff", staff.pk)])
    events.publish(Event(SIGNED, "staff", [staff.pk]), actor=actor)
    return signature


@action("ops:obligations:reminded", _("%(who)s reminded %(count)s people to sign the obligations."))
def remind(*, actor: Actor) -> int:
    """Once a day for each who has not signed."""
    gate.ask(actor, "update", "security")
    version = version_to_sign()
    people = list(not_signed(version).values_list("id", flat=True)) if version else []
    for staff_id in people:
        tell_to_sign(staff_id, version)
    trail.record("signature", None, actor=actor, changes={"count": len(people)}, items=[("staff", i) for i in people])
    return len(people)


def tell_to_sign(staff_id: int, version: Version | None) -> None:
    if version is None:
        return
    book = version.rulebook
    params = {"title": book.title, "title_en": book.title_en or book.title, "link": LINK}
    key = f"{TO_SIGN}:{version.pk}:{staff_id}:{clock.today()}"
    tell(staff_id, TO_SIGN, params=params, dedupe_key=key)


def is_genuine(signature: Signature) -> bool:
    """Whether text, name and time are those that were signed."""
    return signature.digest == digest_of(signature.version, signature.name, signature.signed_at.isoformat())


def digest_of(version: Version, name: str, moment: str) -> str:
    parts = [str(version.pk), version.text, name, moment]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()
