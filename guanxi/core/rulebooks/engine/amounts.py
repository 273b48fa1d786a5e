"""`20 CNY`, `5 points`, or what a field of the record says within limits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from guanxi.base.records.criteria.fields import Fields, Kind
from guanxi.base.records.criteria.problems import Problem, _, unknown

from .parameters import Filled
from .rules import Amount
from .shapes import Key, Read, Shape, Text
from .yaml_text import Item, Mapping, Report

_MONEY = re.compile(r"([¥￥])?\s*(\d{1,7}(?:\.\d{1,2})?)\s*(CNY|RMB|yuan|元)?", re.IGNORECASE)
_POINTS = re.compile(r"(\d{1,7}(?:\.\d{1,2})?)\s*(?:points?|分)?", re.IGNORECASE)
# What stands for a value that the company has not filled in yet.
NOTHING = "0.00"


def read_money(text: str) -> str | None:
    found = _MONEY.fullmatch(text.strip())
    return _decimal(found.group(2)) if found and (found.group(1) or found.group(3)) else None


def read_points(text: str) -> str | None:
    found = _POINTS.fullmatch(text.strip())
    return _decimal(found.group(1)) if found else None


def _decimal(digits: str) -> str:
    return str(Decimal(digits).quantize(Decimal("0.01")))


MONEY = Filled(
    Read(
        read_money,
        Problem("money", _("An amount such as 20 CNY is expected here.")),
        {"type": "string", "pattern": r"^[¥￥]? ?\d{1,7}(\.\d{1,2})? ?(CNY|RMB|yuan|元)?$"},
    ),
    NOTHING,
)
POINTS = Filled(
    Read(
        read_points,
        Problem("points", _("A number of points such as 5 is expected here.")),
        {"type": ["string", "number"]},
    ),
    NOTHING,
)


@dataclass(frozen=True)
class AmountReader:
    """`of` reads one amount; the field must be a number of the clause's subject."""

    of: Filled
    fields: Fields

    def read(self, item: Item, report: Report) -> Amount:
        if isinstance(item, Mapping):
            found: Amount = self._ranged().read(item, report)
            return found
        return Amount(value=self.of.read(item, report) or NOTHING)

    def _ranged(self) -> Shape:
        keys = (
            Key("field", Text(longest=60), "The field of the record that holds the amount.", required=True),
            Key("least", self.of, "Never less than this."),
            Key("most", self.of, "Never more than this."),
        )
        return Shape(keys, self._finish)

    def _finish(self, values: dict[str, Any], item: Mapping, report: Report) -> Amount:
        numbers = [field.key for field in self.fields if field.kind is Kind.NUMBER]
        amount = Amount(**{name: value for name, value in values.items() if value})
        if "field" in item.entries and amount.field not in numbers:
            report.add(_unknown_field(amount.field, numbers), item.entries["field"])
        if amount.least and amount.most not in ("", NOTHING) and Decimal(amount.least) > Decimal(amount.most):
            report.add(Problem("amount_order", _("The least is more than the most.")), item.entries["most"])
        return amount

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [self.of.schema(), self._ranged().schema()]}


def _unknown_field(name: str, known: list[str]) -> Problem:
    return unknown(
        "unknown_amount",
        _('"%(name)s" is no field with an amount here.'),
        _('"%(name)s" is no field with an amount here. Did you mean "%(nearest)s"?'),
        name=name,
        known=known,
    )
