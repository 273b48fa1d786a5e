"""What went wrong with a whole run, kept in English so that each reader sees it in their language."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from guanxi.base.kernel.errors import Refused


def problem_of(refused: Refused) -> dict[str, Any]:
    with translation.override("en"):
        return {"code": refused.code, "text": str(refused.message)}


def say(problem: dict[str, Any]) -> str:
    text = problem.get("text", "")
    return gettext(text) % problem.get("values", {}) if text else ""
