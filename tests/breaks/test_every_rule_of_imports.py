"""Every combination of rules for records known already, over files of few names and phones so that all of them meet.

What holds whatever was chosen: each row is told once, nothing beyond the importer's reach changes, nothing changes that
the rule leaves alone, and the same file again brings nothing."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from guanxi.base.kernel.actor import Actor
from guanxi.base.records.imports.command import run_import_file
from guanxi.core.customers.models import Customer

pytestmark = [pytest.mark.django_db, pytest.mark.req("DAT-01")]
NAMES, PHONES = ("崔强", "王霞", "长虹"), tuple(f"1389482199{n}" for n in range(4))
HEADER = ["编号", "类型", "姓名", "手机", "公司", "性别"]
MATCHES, FOUND = ("person", "number", "phone", "name", "none"), ("leave", "fill", "overwrite", "create")
TWINS, EMPTY = ("first", "merge", "create"), ("keep", "erase")
COLUMNS = ("kind", "name", "phone", "company_name", "gender", "owner_id", "collected_by_id", "number", "removed_at")
World = dict[int, dict[str, Any]]


class Undone(Exception):
    pass


def world() -> World:
    return {row.pop("id"): row for row in Customer.objects.order_by("id").values("id", *COLUMNS)}


def file_of(dice: random.Random, numbers: list[str], path: Path) -> Path:
    text = io.StringIO()
    rows = [
        [
            dice.choice(["", "", "", *numbers, "K999999"]),
            dice.choice(["个人", "单位"]),
            dice.choice(NAMES),
            dice.choice(PHONES),
            dice.choice(["", "甲公司", "乙公司"]),
            dice.choice(["", "男", "女"]),
        ]
        for _row in range(14)
    ]
    csv.writer(text).writerows([HEADER, *rows])
    path.write_bytes(text.getvalue().encode())
    return path


def require_left_alone(before: World, after: World, rules: dict[str, str], beyond: set[int]) -> None:
    for one, was in before.items():
        now = after[one]
        for always in ("owner_id", "collected_by_id", "number", "removed_at"):
            assert now[always] == was[always], (rules, one, always)
        if one in beyond or rules["found"] in ("leave", "create") or rules["match"] == "none":
            assert now == was, (rules, one)
        if rules["found"] == "fill":
            assert all(now[key] == value for key, value in was.items() if value not in ("", None)), (rules, one)
        if rules["empty"] == "keep":
            assert all(now[key] for key, value in was.items() if value), (rules, one)


@pytest.mark.parametrize("match", MATCHES)
def test_rules_hold_in_every_combination(
    actor: Callable[[str], Actor], customer_of: Callable[..., Customer], tmp_path: Path, match: str
) -> None:
    dice = random.Random(match)
    mine = [
        customer_of("rep", name="崔强", phone=PHONES[0], company_name="旧公司"),
        customer_of("colleague", name="王霞", phone=PHONES[1]),
        customer_of("rep", kind="organisation", name="长虹", phone=PHONES[2]),
        customer_of("rep", kind="organisation", name="长虹", phone=PHONES[2], company_name="长虹集团"),
    ]
    others = [
        customer_of("stranger", name="崔强", phone=PHONES[3]),
        customer_of("stranger", kind="organisation", name="王霞", phone=PHONES[0]),
    ]
    beyond, numbers = {one.pk for one in others}, [one.number for one in (mine[0], mine[2], others[0])]
    for found, twins, empty in product(FOUND, TWINS, EMPTY):
        rules = {"match": match, "found": found, "twins": twins, "empty": empty}
        path = file_of(dice, numbers, tmp_path / "customers.csv")
        try:
            with transaction.atomic():
                before = world()
                counts = run_import_file(path, "customers", actor=actor("manager"), choices=rules)["counts"]
                told = ("created", "changed", "left", "known", "repeated", "refused")
                assert sum(counts[key] for key in told) == counts["rows"] == 14, (rules, counts)
                after = world()
                assert len(after) - len(before) == counts["created"], (rules, counts)
                require_left_alone(before, after, rules, beyond)
                again = run_import_file(path, "customers", actor=actor("manager"), choices=rules)["counts"]
                assert again["created"] == 0, (rules, counts, again)
                raise Undone
        except Undone:
            pass
