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


@dataclass(frozen=True)
class Transferable:
    """`model` has `number`, `holder` and `version`; `kept` are the forms that exist.

    `refused(forms, transfer)`: the forms that may not go to this receiver, each with the sentence that says why.
    `received(ids, transfer, actor)`: what follows when these have a new holder, in the same transaction.
    `named(form)`: what the list shows beside the number; never more than an index may show.
    `page(id)`: the address of the form's card.
    """

    key: str
    label: Any
    model: type[Model]
    kept: Callable[[], QuerySet[Any]]
    named: Callable[[Any], str]
    page: Callable[[int], str]
    refused: Callable[[Sequence[Any], Transfer], Why] = lambda forms, transfer: {}
    received: Callable[[Sequence[int], Transfer, Actor], None] = lambda ids, transfer, actor: None


TRANSFERABLE: Registry[Transferable] = Registry("forms that are handed over on lists")
