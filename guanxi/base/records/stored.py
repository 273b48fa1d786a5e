"""What every stored record has in common, so that a model only says what is its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from guanxi.base.org.models import Staff, Unit
from guanxi.base.org.visible import ScopedQuerySet

from .types import Sort

NEWEST = Sort("new", _("Newest"), "created_at")
BY_NAME = Sort("name", _("Name"), "pinyin", descending=False)


def indexes_for(*sorts: Sort) -> Iterator[models.Index]:
    """Each order alone, by owner and by unit, over what is not in the bin: what the key pages of lists stand on."""
    for sort in sorts:
        for scope in ("", "owner", "unit"):
            first = [F(scope)] if scope else []
            name = "_".join(part for part in ("%(class)s", scope, sort.key) if part)
            yield models.Index(*first, *_order_of(sort), name=name, condition=Q(removed_at=None))


def _order_of(sort: Sort) -> list[models.expressions.OrderBy]:
    nulls_last = True if sort.nullable else None
    if sort.descending:
        return [F(sort.column).desc(nulls_last=nulls_last), F("id").desc()]
    return [F(sort.column).asc(nulls_last=nulls_last), F("id").asc()]


class StoredQuerySet(ScopedQuerySet["Stored"]):
    def kept(self) -> Self:
        """Without the bin."""
        return self.filter(removed_at__isnull=True)


class Stored(models.Model):
    """`KIND` names it to grants, events and the trail. `pinyin` and `search` are filled by the standard actions."""

    KIND: ClassVar[str]
    SORTS: ClassVar[tuple[Sort, ...]] = (NEWEST, BY_NAME)

    owner = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    pinyin = models.CharField(max_length=300, default="")
    search = SearchVectorField(null=True)
    own = models.JSONField(default=dict)
    version = models.IntegerField(default=1)
    batch_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    objects = StoredQuerySet.as_manager()

    class Meta:
        abstract = True
        indexes: ClassVar[list[models.Index]] = [
            *indexes_for(NEWEST, BY_NAME),
            GinIndex(fields=["search"], name="%(class)s_search", fastupdate=False),
        ]
