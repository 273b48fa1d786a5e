"""Whom we erased, written down outside the database as keyed digests: a restored backup is cleaned by it.

A line is added once the erasing is committed; `keep_up` adds what a crash in that moment left out.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path

from django.conf import settings

from guanxi.base.kernel.appended import append

from .ledger_keys import check_of, keys_from
from .models import Erasure

NAME = "ledger"


def digests_of(kind: str, record_id: int, made_at: datetime) -> list[str]:
    """With the key of today first, then with former ones. The time keeps apart who got the same number after a restore
    to a day before the number was given."""
    text = f"{kind}:{record_id}:{made_at.timestamp():.6f}".encode()
    return [hmac.new(key, text, hashlib.sha256).hexdigest() for key in _keys()]


def _keys() -> list[bytes]:
    return _derived((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@cache
def _derived(secrets: tuple[str, ...]) -> list[bytes]:
    """Once: replaying after a restore asks for each person of the database."""
    return keys_from(secrets)


def path() -> Path:
    return Path(settings.DATA_DIR) / "privacy" / NAME


def write(lines: Iterable[tuple[str, datetime]]) -> None:
    """Synced before it returns."""
    key = check_of(_keys()[0])
    texts = [json.dumps({"digest": digest, "at": at.isoformat(), "key": key}) for digest, at in lines]
    if texts:
        path().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        append(path(), texts)


def written() -> Iterator[str]:
    """Digests; a line that a crash cut short is passed over."""
    if not path().exists():
        return
    for line in path().read_text(encoding="utf-8").splitlines():
        try:
            yield str(json.loads(line)["digest"])
        except (ValueError, KeyError, TypeError):
            continue


def keep_up() -> int:
    """Certificates of the database that the ledger lacks; how many."""
    known = set(written())
    missing = [row for row in Erasure.objects.order_by("id").values_list("digest", "at") if row[0] not in known]
    write(missing)
    return len(missing)
