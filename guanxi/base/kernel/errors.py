"""What can go wrong in a way a user is told about. Messages are translatable and whole sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """An action said no. `code` is stable for machines; `message` is for people."""

    status = 409
    code = "refused"

    def __init__(self, message: Any = "", *, code: str = "", **details: Any) -> None:
        super().__init__(code or self.code)
        self.message = message
        self.code = code or self.code
        self.details = details


class Invalid(Refused):
    """`errors` maps a field name (or "" for the whole) to its sentences."""

    status = 422
    code = "invalid"

    def __init__(self, errors: Mapping[str, Sequence[Any]], message: Any = "") -> None:
        super().__init__(message or _("Some entries need another look."))
        self.errors = {name: list(texts) for name, texts in errors.items()}


class Missing(Refused):
    """Not there, or not yours: the same from outside."""

    status = 404
    code = "missing"

    def __init__(self, message: Any = "", *, code: str = "") -> None:
        super().__init__(message or _("This does not exist, or it lies outside what you may see."), code=code)


class NotAllowed(Refused):
    status = 403
    code = "not_allowed"

    def __init__(self, message: Any = "", *, code: str = "") -> None:
        super().__init__(message or _("Your role does not include this step."), code=code)


class Stale(Refused):
    """Somebody else changed the record meanwhile. `theirs` maps field name to (now in the record, what you sent)."""

    status = 409
    code = "stale"

    def __init__(self, *, version: int, theirs: Mapping[str, tuple[Any, Any]], changed_by: str = "") -> None:
        super().__init__(_("Someone else changed this record while you were editing it."))
        self.version = version
        self.theirs = dict(theirs)
        self.changed_by = changed_by


class NeedsPermit(Refused):
    """The action wants consent first (design: gates and permits)."""

    status = 409
    code = "needs_permit"

    def __init__(self, kind: str, subject: str, *, verb: str = "", clause: str = "", role: str = "") -> None:
        """`clause`: the words of the rule that wants it; `role`: the key of the role that may give it."""
        super().__init__(_("This step needs approval first."), clause=clause, role=role)
        self.kind = kind
        self.subject = subject
        self.verb = verb


class Unreadable(Refused):
    """A text that cannot be read as a phone, date or amount. Never guessed."""

    status = 422
    code = "unreadable"
