"""Which controlled forms go from hand to hand on lists, and what their kind says about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.registry import Registry

from .models import Transfer

Why = Mapping[int, Any]
Step = Callable[[Sequence[int], Transfer, Actor], None]


def nothing_follows(ids: Sequence[int], transfer: Transfer, actor: Actor) -> None: ...


@dataclass(frozen=True)
class Transferable:
    """`model` has `number`, `holder` and `version`; `kept` are the forms that exist.

    `refused(forms, transfer, actor)`: the forms that may not go to this receiver, each with the sentence that says why.
    `sent`, `received`, `came_back(ids, transfer, actor)`: what follows, in the same transaction, when these are on a
    list, have a new holder, or stay with the sender after all (refused, taken back).
    `named(form)`: what the list shows beside the number; never more than an index may show.
    `page(id)`: the address of the form's card. `roles`: who usually receives them.
    `state_of(form)`: shown where forms are chosen; `is_ready(form)`: whether a new list has it ticked.
    """

    key: str
    label: Any
    model: type[Model]
    kept: Callable[[], QuerySet[Any]]
    named: Callable[[Any], str]
    page: Callable[[int], str]
    roles: tuple[str, ...] = ()
    state_of: Callable[[Any], Any] = lambda form: ""
    is_ready: Callable[[Any], bool] = lambda form: True
    refused: Callable[[Sequence[Any], Transfer, Actor], Why] = lambda forms, transfer, actor: {}
    sent: Step = nothing_follows
    received: Step = nothing_follows
    came_back: Step = nothing_follows


TRANSFERABLE: Registry[Transferable] = Registry("forms that are handed over on lists")
