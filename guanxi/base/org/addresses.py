"""Where a request comes from. Headers count only as far as proxies of ours wrote them (TRUSTED_PROXIES)."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest

LONGEST = 45


def address_of(request: HttpRequest) -> str:
    """Each proxy appends whom it heard from, so ours are at the right end and what a caller wrote is further left."""
    nearest = str(request.META.get("REMOTE_ADDR", ""))[:LONGEST]
    if not settings.TRUSTED_PROXIES:
        return nearest
    told = request.headers.get("X-Forwarded-For", "")
    chain = [part.strip() for part in told.split(",") if part.strip()] + [nearest]
    return _plain(chain[max(0, len(chain) - 1 - settings.TRUSTED_PROXIES)]) or nearest


def _plain(text: str) -> str:
    """Without port and brackets; empty for what is no address."""
    bare = text.partition("]")[0].lstrip("[") if text.startswith("[") else text
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        return str(ip_address(bare))[:LONGEST]
    except ValueError:
        return ""
