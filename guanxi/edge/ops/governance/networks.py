"""Networks of others: their requests are refused or noticed, and whoever keeps the house safe is told (SEC-11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from time import monotonic
from typing import Any, cast

from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed
from guanxi.base.org import gate
from guanxi.base.org.addresses import address_of
from guanxi.base.org.web import ActorRequest
from guanxi.base.ui.errors import refused_response
from guanxi.core.messaging.actions import tell
from guanxi.core.messaging.kinds import KINDS, MessageKind

from ..alarms import holders
from .models import NetworkRange, OnSight

KIND = NetworkRange.KIND
SEEN = "ops:network:seen"
LINK = "/settings/security/networks"
Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
# Told of once a day each; beyond this many the memory of a process begins anew.
REMEMBERED = 10_000
NEVER_REFUSED = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


def register() -> None:
    KINDS.add(MessageKind(SEEN, _("Somebody came from a network on the list: %(note)s (%(address)s)"), is_late=True))


@dataclass(frozen=True)
class Range:
    id: int
    network: Network
    note: str
    on_sight: str


class Known:
    """The list as this process knows it, read again every few seconds at most: no query per request."""

    def __init__(self) -> None:
        self.ranges: list[Range] = []
        self.read_at = float("-inf")
        self.told: set[tuple[int, str, int | None, str]] = set()

    def forget(self) -> None:
        self.read_at = float("-inf")
        self.told.clear()

    def of(self, text: str) -> Range | None:
        """The range an address lies in; the narrowest of several."""
        self._refresh()
        address = plain(text) if self.ranges else None
        if address is None:
            return None
        found = [one for one in self.ranges if address.version == one.network.version and address in one.network]
        return max(found, key=lambda one: one.network.prefixlen, default=None)

    def _refresh(self) -> None:
        if monotonic() - self.read_at < settings.NETWORKS_READ_EVERY:
            return
        try:
            rows = NetworkRange.objects.values_list("id", "cidr", "note", "on_sight")
            self.ranges = [Range(i, cast(Network, ip_network(cidr)), note, seen) for i, cidr, note, seen in rows]
        except DatabaseError:
            # Without the database the pages say so themselves; what was known still holds.
            return
        self.read_at = monotonic()

    def is_told(self, key: tuple[int, str, int | None, str]) -> bool:
        if len(self.told) > REMEMBERED:
            self.told.clear()
        return key in self.told


KNOWN = Known()


def plain(text: str) -> Address | None:
    """An IPv4 address written as IPv6 is the same place."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (getattr(address, "ipv4_mapped", None) or address) if address.version == 6 else address


class Watched:
    """Behind the sign-in, so that the alarm says whose account it was."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found = KNOWN.of(address_of(request))
        if found is None:
            return self.respond(request)
        actor = cast(ActorRequest, request).actor
        key = (found.id, address_of(request), actor.account_id, clock.today().isoformat())
        if not KNOWN.is_told(key):
            note_sighting(found, actor=_who(actor, request))
            KNOWN.told.add(key)
        if found.on_sight == OnSight.ALARM:
            return self.respond(request)
        return refused_response(request, NotAllowed(_("This network may not use the system."), code="network_refused"))


def _who(actor: Actor, request: HttpRequest) -> Actor:
    return actor if actor.account_id else Actor("", "web", address=address_of(request))


@action(SEEN, _("Somebody came from a network on the list."))
def note_sighting(found: Range, *, actor: Actor) -> None:
    changes = {"network": [None, str(found.network)], "on_sight": [None, found.on_sight]}
    trail.record(KIND, found.id, actor=actor, changes=changes)
    params = {"note": found.note, "address": actor.address, "link": LINK}
    for staff_id in holders(KIND, "update"):
        key = f"{SEEN}:{found.id}:{actor.address}:{actor.account_id or ''}:{clock.today()}:{staff_id}"
        tell(staff_id, SEEN, params=params, dedupe_key=key)


@action("ops:network:added", _("%(who)s put a network on the list."))
def add_range(cidr: str, *, note: str, on_sight: str, actor: Actor) -> NetworkRange:
    """Refuses what would lock out this machine or whoever adds it."""
    gate.ask(actor, "update", KIND)
    network = _read(cidr)
    errors: dict[str, list[Any]] = {}
    if on_sight not in OnSight.values:
        errors["on_sight"] = [_("Choose one of the values offered.")]
    if not note.strip() or len(note.strip()) > 200:
        errors["note"] = [_("Say whose network it is, in at most 200 characters.")]
    if on_sight == OnSight.REFUSE and (reason := _locks_out(network, actor.address)):
        errors["cidr"] = [reason]
    if errors:
        raise Invalid(errors)
    try:
        with transaction.atomic():
            made = NetworkRange.objects.create(
                cidr=str(network),
                note=note.strip(),
                on_sight=on_sight,
                created_at=clock.now(),
                created_by_id=actor.staff_id,
            )
    except IntegrityError as twice:
        raise Invalid({"cidr": [_("This network is on the list already.")]}) from twice
    trail.record(KIND, made.pk, actor=actor, changes={"network": [None, made.cidr], "on_sight": [None, on_sight]})
    transaction.on_commit(KNOWN.forget)
    return made


@action("ops:network:removed", _("%(who)s took a network off the list."))
def remove_range(range_id: int, *, actor: Actor) -> None:
    gate.ask(actor, "update", KIND)
    found = NetworkRange.objects.select_for_update().filter(id=range_id).first()
    if found is None:
        raise Missing()
    trail.record(KIND, found.pk, actor=actor, changes={"network": [found.cidr, None]})
    found.delete()
    transaction.on_commit(KNOWN.forget)


def _read(text: str) -> Network:
    try:
        network = ip_network(text.strip(), strict=False)
    except ValueError as unreadable:
        words = _("Write it as 203.0.113.0/24, 2001:db8::/32 or a single address.")
        raise Invalid({"cidr": [words]}) from unreadable
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    if mapped and network.prefixlen >= 96:
        return ip_network(f"{mapped}/{network.prefixlen - 96}")
    return network


def _locks_out(network: Network, own: str) -> Any:
    if any(network.version == one.version and network.overlaps(one) for one in NEVER_REFUSED):
        return _("This machine itself would be refused.")
    address = plain(own)
    if address and address.version == network.version and address in network:
        return _("You yourself would be refused: your address lies in this network.")
    return None
