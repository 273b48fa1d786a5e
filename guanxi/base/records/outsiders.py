"""Whom records leave the house to, and which of them may go there (SEC-02).

A third party gets only what its persons agreed to give. Somebody who works for us under an agreement in force gets what
we ourselves may use. Upper rooms say who agreed and whose agreement is in force; until they do, nothing goes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel import statements
from guanxi.base.kernel.errors import Refused

from .narrowing import Condition
from .selection import Selection

INSIDE, PROCESSOR, THIRD = "inside", "processor", "third"
KINDS = (INSIDE, PROCESSOR, THIRD)
LONGEST = 120
NO_AGREEMENT = _("Choose somebody whose agreement is in force today, or enter the name of a third party.")


@dataclass(frozen=True)
class Recipient:
    """`id` is the line of the register, for those who work for us."""

    kind: str = INSIDE
    name: str = ""
    id: int | None = None

    @property
    def is_third(self) -> bool:
        return self.kind == THIRD

    @property
    def told(self) -> dict[str, Any]:
        """For the trail: nothing as long as it stays in the house."""
        return {} if self.kind == INSIDE else {"to": self.kind, "given_to": [None, self.name]}


NOBODY_ELSE = Recipient()


@dataclass(frozen=True)
class Registered:
    """Somebody who works for us, with an agreement in force today."""

    id: int
    name: str
    until: date | None = None


@dataclass(frozen=True)
class Knowing:
    """What the room of consents and of the register answers.

    `agreed(model)`: which rows of it may go to a third party, None when there is no person behind them. `heard()`: how
    far what people said is known now; `is_stale(heard)`: whether somebody took something back since then.
    """

    agreed: Callable[[type[Model]], Condition | None] = lambda model: Condition("FALSE")
    registered: Callable[[], list[Registered]] = list
    heard: Callable[[], list[int]] = list
    is_stale: Callable[[list[int]], bool] = lambda heard: True


class Outsiders:
    def __init__(self) -> None:
        self._knowing = Knowing()

    def provide(self, knowing: Knowing) -> None:
        """Called once."""
        self._knowing = knowing

    def agreed(self, model: type[Model]) -> Condition | None:
        return self._knowing.agreed(model)

    def registered(self) -> list[Registered]:
        return self._knowing.registered()

    def heard(self) -> list[int]:
        return self._knowing.heard()

    def is_stale(self, heard: list[int]) -> bool:
        return self._knowing.is_stale(heard)

    def is_asked(self, model: type[Model], recipient: Recipient) -> bool:
        """Whether persons stand behind the rows and the recipient needs their consent."""
        return recipient.is_third and self.agreed(model) is not None


OUTSIDERS = Outsiders()


def narrowed(selection: Selection, recipient: Recipient) -> Selection:
    """Only what the recipient may get, decided by the database at this moment."""
    agreed = OUTSIDERS.agreed(selection.type.model) if recipient.is_third else None
    if agreed is None:
        return selection
    rest = selection.narrowing.rest & agreed
    return replace(selection, narrowing=replace(selection.narrowing, sql=rest.sql, parameters=rest.parameters))


def may_go(model: type[Model], record_id: int, recipient: Recipient) -> bool:
    """The same for one record."""
    agreed = OUTSIDERS.agreed(model) if recipient.is_third else None
    if agreed is None:
        return True
    sql = f"SELECT EXISTS (SELECT FROM {model._meta.db_table} t WHERE t.id = %s AND {agreed.sql})"  # noqa: S608 (declared parts alone)
    return bool(statements.value(sql, [record_id, *agreed.parameters]))


def read_recipient(kind: str, name: str, registered_id: str) -> tuple[Recipient, dict[str, list[Any]]]:
    """As it is kept, and what is wrong with it by field."""
    if kind == PROCESSOR:
        found = next((one for one in OUTSIDERS.registered() if str(one.id) == registered_id), None)
        wrong = {} if found else {"processor": [NO_AGREEMENT]}
        return Recipient(kind, found.name if found else "", found.id if found else None), wrong
    if kind == THIRD:
        plain = " ".join("".join(char if char.isprintable() else " " for char in name).split())
        return Recipient(kind, plain), _wrong_name(plain)
    return Recipient(), {} if kind == INSIDE else {"recipient": [_("Choose one of the values offered.")]}


def _wrong_name(name: str) -> dict[str, list[Any]]:
    if len(name) < 2:
        return {"recipient_name": [_("Say to whom it goes; the name is kept with yours.")]}
    if len(name) > LONGEST:
        return {"recipient_name": [_("At most %(count)s characters.") % {"count": LONGEST}]}
    return {}


def ask_agreement(recipient: Recipient) -> None:
    """Again at the moment of giving: an agreement can end in between. Raises Refused."""
    if recipient.kind == PROCESSOR and recipient.id not in {one.id for one in OUTSIDERS.registered()}:
        raise Refused(
            _("The agreement with this recipient is not in force any more. Ask for the file again."),
            code="agreement_over",
        )
