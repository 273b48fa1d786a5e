"""Problems in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext

from .problems import Problem


def say(problem: Problem) -> str:
    return gettext(problem.text) % dict(problem.params)
