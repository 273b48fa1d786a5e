"""A gift handed to a customer at an event: a whole record type in one file."""

from __future__ import annotations

from django.db import models

from guanxi.base.records.numbers import numbered
from guanxi.base.records.standard import standard
from guanxi.base.records.stored import Stored
from guanxi.base.records.types import Field, RecordType


class Kind(models.TextChoices):
    FOOD = "food", "食品"
    TOOL = "tool", "器具"
    VOUCHER = "voucher", "券"


class Gift(Stored):
    KIND = "gift"

    number = numbered("L")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.FOOD)
    received_on = models.DateField(null=True)
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    is_returned = models.BooleanField(default=False)
    phone = models.CharField(max_length=30, blank=True)
    remark = models.TextField(blank=True)


GIFTS = standard(
    RecordType(
        label="礼品",
        plural="礼品",
        path="gifts",
        model=Gift,
        fields=(
            Field("name", "名称", required=True, max_length=80),
            Field("kind", "类别", "choice", choices=list(Kind.choices), required=True),
            Field("received_on", "领取日期", "date", may_be_future=False),
            Field("value", "价值", "money"),
            Field("is_returned", "已退回", "yesno"),
            Field("phone", "电话", "phone", is_personal=True),
            Field("remark", "备注", "longtext", is_personal=True),
        ),
    )
)
