"""Where a request may go: an https address of a public host, or a place an administrator has allowed by name.

Everything odd is refused rather than understood: two programs that read one address differently are how a request
ends up inside the company's own network.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

PORTS = (443,)
LONGEST = 2000
# One label of a host name; no underscore, no percent, nothing that is not ASCII (write 中文.cn as xn--...).
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
# Ends in a number: some resolvers read 127.1, 0x7f.1 and 2130706433 as addresses.
NUMERIC = re.compile(r"\d+|0x[0-9a-f]*")
# Printable ASCII but for those that readers of addresses disagree about.
PLAIN = re.compile(r"[!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]+")
# What Python's is_global counts as public, or counted in some version, and is not.
CLOSED_TEXT = """
0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24
192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3 168.63.129.16/32
2001::/23 2001:db8::/32 2002::/16 3fff::/20
"""
CLOSED = [ipaddress.ip_network(text) for text in CLOSED_TEXT.split()]
# All that is given out as public; mapped, NAT64, local and multicast addresses lie outside.
OPEN_V6 = ipaddress.ip_network("2000::/3")

Resolve = Callable[[str, int], Sequence[str]]


class Blocked(Exception):
    """A request that must not be made. `reason` is for the log and for machines."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Allowed:
    """An entry of OUTGOING_ALLOW: `host:port`, or `http://host:port` for a service that speaks no TLS."""

    host: str
    port: int
    scheme: str = "https"


@dataclass(frozen=True)
class Destination:
    scheme: str
    host: str
    port: int
    target: str
    # Where to connect; resolved once, so that a second answer of the name server cannot lead elsewhere.
    address: str


def read_allowed(text: str) -> list[Allowed]:
    found = []
    for entry in filter(None, (part.strip().lower() for part in text.split(","))):
        scheme, _, place = entry.rpartition("://")
        host, _, port = place.rpartition(":")
        if scheme not in ("", "https", "http") or not host or not port.isdecimal():
            raise ValueError(f"OUTGOING_ALLOW: write host:port, not {entry!r}")
        found.append(Allowed(host.strip("[]"), int(port), scheme or "https"))
    return found


def resolve(host: str, port: int) -> list[str]:
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [str(answer[4][0]) for answer in answers]


def destination(url: str, *, allow: Iterable[Allowed] = (), resolve: Resolve = resolve) -> Destination:
    """Raises Blocked, or Unresolved where the name has no address now."""
    place = read(url, allow=allow)
    addresses = [place.host] if is_number(place.host) else list(resolve(place.host, place.port))
    if not addresses:
        raise Unresolved("name")
    if not _is_allowed(place, allow) and not all(is_public(one) for one in addresses):
        raise Blocked("not public")
    return Destination(place.scheme, place.host, place.port, place.target, addresses[0])


class Unresolved(Exception):
    """The name server knows no address for it, now."""


def read(url: str, *, allow: Iterable[Allowed] = ()) -> Destination:
    """The parts of the address, without asking anybody; `address` stays empty."""
    if len(url) > LONGEST or not PLAIN.fullmatch(url):
        raise Blocked("characters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as odd:
        raise Blocked("unreadable") from odd
    if parts.scheme not in ("https", "http") or not url.startswith(f"{parts.scheme}://"):
        raise Blocked("scheme")
    if "@" in parts.netloc or parts.fragment or parts.netloc.endswith(":") or not parts.hostname:
        raise Blocked("parts")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    usual = 443 if parts.scheme == "https" else 80
    place = Destination(parts.scheme, parts.hostname, usual if port is None else port, target, "")
    if not _is_allowed(place, allow):
        _refuse_closed(place)
    return place


def _is_allowed(place: Destination, allow: Iterable[Allowed]) -> bool:
    return any((one.host, one.port, one.scheme) == (place.host, place.port, place.scheme) for one in allow)


def _refuse_closed(place: Destination) -> None:
    if place.scheme != "https":
        raise Blocked("scheme")
    if place.port not in PORTS:
        raise Blocked("port")
    labels = place.host.split(".")
    if len(labels) < 2 or not all(LABEL.fullmatch(label) for label in labels) or NUMERIC.fullmatch(labels[-1]):
        raise Blocked("host")


def is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_public(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if address.version == 6 and address not in OPEN_V6:
        return False
    if any(address in network for network in CLOSED if network.version == address.version):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved
