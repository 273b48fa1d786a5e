"""Why a restore was done, who agreed and what came of it, in files beside the database, which a restore would forget.

Works without Django, as restoring does.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from guanxi.base.kernel import clock

from .servers import Failed
from .staging import Until

CODE = re.compile(r"R\d{4}-[0-9A-F]{6}")


def folder(data: Path) -> Path:
    return data / "restores"


def new_code() -> str:
    return f"R{clock.today():%m%d}-{os.urandom(3).hex().upper()}"


def write(values: dict[str, Any], *, data: Path) -> None:
    place = folder(data)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    waiting = place / f"{values['code']}.new"
    with os.fdopen(os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(values, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    waiting.replace(place / f"{values['code']}.json")


def all_of(data: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder(data).glob("R*.json")):
        yield json.loads(path.read_text())


def approved(code: str, set_id: str, *, until: Until, data: Path) -> dict[str, Any]:
    """Raises Failed unless somebody else agreed to this very set and moment, and it was not done yet."""
    path = folder(data) / f"{code}.json"
    if not CODE.fullmatch(code) or not path.exists():
        raise Failed(f"No restore was approved here under {code!r}. See the page Backups; or give --reason instead.")
    found: dict[str, Any] = json.loads(path.read_text())
    if not found.get("is_approved"):
        raise Failed(f"The restore {code} was declined.")
    if found["set_id"] != set_id:
        raise Failed(f"The restore {code} is approved for {found['set_id']}, not for {set_id}.")
    if until != Until(at=(at := found.get("moment")) and datetime.fromisoformat(at)):
        raise Failed(f"The restore {code} is approved {f'to the moment {at}' if at else 'as of the set itself'}.")
    if found.get("restored_at"):
        raise Failed(f"The restore {code} was carried out already, at {found['restored_at']}.")
    return found


def unapproved(reason: str, set_id: str) -> dict[str, Any]:
    """When the house burns: by whoever has the machine, and said so for ever."""
    now = clock.now().isoformat()
    asked = {"reason": reason, "asked_by": "guanxi restore", "asked_at": now}
    return {"code": new_code(), "set_id": set_id, "is_approved": None, **asked}


def close(values: dict[str, Any], report: dict[str, Any], *, data: Path) -> None:
    write(values | {"report": report, "restored_at": clock.now().isoformat()}, data=data)
