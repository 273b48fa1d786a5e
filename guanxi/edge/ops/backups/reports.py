"""What was planned and what came of it, in files beside the database: a restore must not forget why it was done."""

from __future__ import annotations

import json
import os
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from config import env
from guanxi.base.kernel import clock

from .models import RestorePlan

CODE = re.compile(r"R\d{4}-[0-9A-F]{6}")
TIMES = ("moment", "asked_at", "answered_at", "restored_at")
NAMES = (
    "code", "set_id", "reason", "asked_by", "asked_by_account", "answered_by", "answered_by_account", "is_approved",
    "report",
)  # fmt: skip


def folder(data: Path | None = None) -> Path:
    return (data or env.data_dir()) / "restores"


def write_down(plan: RestorePlan) -> None:
    values = {name: getattr(plan, name) for name in NAMES}
    write(plan.code, values | {name: _iso(getattr(plan, name)) for name in TIMES})


def write(code: str, values: dict[str, Any], *, data: Path | None = None) -> None:
    place = folder(data)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    waiting = place / f"{code}.new"
    with os.fdopen(os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(values, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    waiting.replace(place / f"{code}.json")


def read(code: str, *, data: Path | None = None) -> dict[str, Any] | None:
    """None when there is none of that code."""
    path = folder(data) / f"{code}.json"
    if not CODE.fullmatch(code) or not path.exists():
        return None
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def take_in() -> int:
    """After a restore: the database is of before, the files are of now."""
    count = 0
    for path in sorted(folder().glob("R*.json")):
        values = json.loads(path.read_text())
        times = {name: datetime.fromisoformat(values[name]) if values.get(name) else None for name in TIMES}
        given = {name: values.get(name) for name in NAMES if name != "code"} | times
        RestorePlan.objects.update_or_create(code=values["code"], defaults=given)
        count += 1
    return count


def new_code() -> str:
    return f"R{clock.today():%m%d}-{os.urandom(3).hex().upper()}"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
