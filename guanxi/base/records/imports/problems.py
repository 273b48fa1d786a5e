"""Whom a job acts for, and what is kept of a refusal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Refused

from .models import ImportRun
from .reading import in_english

UNEXPECTED = _("Something went wrong on our side. Nothing of this file was taken in. Please try again.")


def actor_of(run: ImportRun) -> Actor:
    return Actor(run.actor_label, run.actor_via, account_id=run.account_id, staff_id=run.staff_id)


def problem_of(refused: Refused) -> dict[str, object]:
    """As English text with its values, so that each reader sees it in their language."""
    text = in_english(getattr(refused, "template", refused.message))
    return {"code": refused.code, "text": text, "details": refused.details}
