"""Conditions on the fields a company adds itself: values in the JSON column `own`, by their key.

Compared as JSON, so that a btree on `(own->'f12')` can answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from .fields import Field, Kind
from .tree import Operator

_KEY = re.compile(r"f[1-9]\d{0,17}", re.ASCII)
_TYPES = {Kind.NUMBER: "number", Kind.REFERENCE: "number", Kind.YESNO: "boolean"}
_NOTHING = "'null'::jsonb, '\"\"'::jsonb"


def condition(
    field: Field, operator: Operator, value: Any, alias: str, param: Callable[[Any], str], *, negated: bool
) -> str:
    if not _KEY.fullmatch(field.key):
        raise ValueError(f"{field.key!r} is no key of an own field")
    column = f"({alias}.own->'{field.key}')"
    if operator is Operator.EMPTY:
        filled = f"COALESCE({column}, 'null'::jsonb) NOT IN ({_NOTHING})"
        return filled if negated else f"(NOT {filled})"
    found = _positive(field, operator, value, column, param)
    # A value that is missing makes the comparison NULL.
    return f"(({found}) IS NOT TRUE)" if negated else f"({found})"


def _positive(field: Field, operator: Operator, value: Any, column: str, param: Callable[[Any], str]) -> str:
    match operator:
        case Operator.EQ:
            return f"{column} = {param(as_json(value))}::jsonb"
        case Operator.IN:
            return f"{column} = ANY({param([as_json(one) for one in value])}::jsonb[])"
        case Operator.CONTAINS:
            pattern = "%" + re.sub(r"([\\%_])", r"\\\1", value) + "%"
            return f"({column} #>> '{{}}') ILIKE {param(pattern)}"
        case _:
            # JSON puts nothing before texts before numbers; only values of one kind are before or after each other.
            kind = f"jsonb_typeof({column}) = '{_TYPES.get(field.kind, 'string')}'"
            filled = "" if field.kind in _TYPES else f" AND {column} <> '\"\"'::jsonb"
            return f"{column} {operator} {param(as_json(value))}::jsonb AND {kind}{filled}"


def as_json(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return json.dumps(value.isoformat() if isinstance(value, date) else value, ensure_ascii=False)
