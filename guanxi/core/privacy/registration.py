"""What this room registers with the rooms below."""

from __future__ import annotations

from guanxi.base.audit.restores import AFTER_RESTORE, Restored, Step

from .actions.erasure import replay_ledger


def register() -> None:
    AFTER_RESTORE.add(Step("erased persons", erase_again))


def erase_again(_restored: Restored) -> str:
    count = replay_ledger()
    return f"{count} erased persons were erased again." if count else ""
