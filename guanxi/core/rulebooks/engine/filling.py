"""The parameters of a text as a form shows them, and the text with other values in their places.

Nothing else of the text is touched: the company's comments and order stay.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

# What needs no quotes: letters, digits and the few signs of amounts, times and keys.
_PLAIN = re.compile(r"[\w¥￥][\w¥￥.%+/ -]*")
_REMARK = re.compile(r"[ \t]+#[ \t]*(.*)")


@dataclass(frozen=True)
class Given:
    """`remark` is the comment behind the value, which tells what is meant."""

    name: str
    value: str
    line: int
    remark: str
    start: int
    end: int


def given_parameters(text: str) -> list[Given]:
    """Empty for a text that is no YAML, or has none."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return []
    return list(_givens(text, node)) if isinstance(node, yaml.MappingNode) else []


def _givens(text: str, node: yaml.MappingNode) -> Iterator[Given]:
    for key, values in node.value:
        if key.value != "parameters" or not isinstance(values, yaml.MappingNode):
            continue
        for name, value in values.value:
            if isinstance(name, yaml.ScalarNode) and isinstance(value, yaml.ScalarNode):
                start, end = value.start_mark.index, value.end_mark.index
                line = value.start_mark.line + 1
                yield Given(name.value, _said(value), line, _remark(text, end), start, end)


def _said(value: yaml.ScalarNode) -> str:
    is_nothing = value.style not in {"'", '"'} and value.value in {"~", "null"}
    return "" if is_nothing else str(value.value).strip()


def _remark(text: str, end: int) -> str:
    found = _REMARK.match(text, end)
    return found.group(1).strip() if found else ""


def filled(text: str, values: Mapping[str, str]) -> str:
    """`values` by name; names the text does not have are left out. From the end, so that places stay true."""
    for each in reversed(given_parameters(text)):
        value = " ".join(values.get(each.name, each.value).split())
        if value != each.value:
            before = "" if text[each.start - 1 : each.start] in {" ", "\t"} else " "
            text = text[: each.start] + before + _written(value) + text[each.end :]
    return text


def _written(value: str) -> str:
    if not value or (_PLAIN.fullmatch(value) and value not in {"null", "~"}):
        return value
    return json.dumps(value, ensure_ascii=False)
