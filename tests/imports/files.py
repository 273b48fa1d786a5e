"""A generator of messy files, and the header that the sample company uses."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from random import Random

HEADER = [
    "姓名",
    "性别",
    "出生日期",
    "农历生日",
    "手机",
    "家庭住址",
    "健康状况",
    "是否购买",
    "购买产品",
    "购买金额",
    "活动名称",
    "满意代表",
    "建档日期",
    "备注",
]
SURNAMES, GIVEN = "王李张刘陈杨黄赵周吴徐孙曾仇单", "建国秀英桂兰伟芳娜敏静丽强磊军洋勇艳杰涛明超霞平"
EVENTS = ["健康讲座", "答谢晚宴", "春季联谊会", "太湖三日游"]


def row(**cells: str) -> list[str]:
    """A good row; name cells to spoil it."""
    good = {"姓名": "崔强", "手机": "13894821993", "活动名称": "健康讲座", "满意代表": "邱远", "建档日期": "2026-11-02"}
    return [(good | cells).get(name, "") for name in HEADER]


def csv_bytes(
    *rows: list[str], encoding: str = "utf-8", header: list[str] | None = None, delimiter: str = ","
) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(HEADER if header is None else header)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def messy_rows(
    count: int, *, seed: int = 1, representatives: tuple[str, ...] = ("邱远", "黄娜")
) -> Iterator[list[str]]:
    """About 3 in 100 refused, 1 in 50 repeated, phones, dates and amounts in all their forms."""
    chance = Random(seed)
    last: list[str] = row()
    for _number in range(count):
        if chance.random() < 0.02:
            yield last
            continue
        last = row(
            姓名="" if chance.random() < 0.01 else chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=2)),
            手机=_phone(chance),
            性别=chance.choice("男女"),
            出生日期=f"{chance.randint(1935, 1966)}/{chance.randint(1, 12)}/{chance.randint(1, 28)}",
            农历生日=chance.choice(["是", "", ""]),
            家庭住址=f"成都市锦江区解放路{chance.randint(1, 999)}号",
            健康状况=chance.choice(["良好", "高血压", ""]),
            是否购买=chance.choice(["是", "否", "否"]),
            购买金额=chance.choice(["￥5,600", "12800元", "1,980.00", ""]),
            活动名称=chance.choice(EVENTS),
            满意代表=chance.choice(representatives),
            建档日期=_day(chance),
        )
        yield last


def _phone(chance: Random) -> str:
    if chance.random() < 0.01:
        return chance.choice(["12345", "无", "1380000000"])
    digits = f"13{chance.randint(0, 10**9 - 1):09}"
    return chance.choice([digits, f"+86{digits}", f"{digits[:3]} {digits[3:7]} {digits[7:]}", f" {digits}\u3000"])


def _day(chance: Random) -> str:
    if chance.random() < 0.01:
        return chance.choice(["昨天", "2026-02-30", "31/12/2026"])
    form = chance.choice(["2026-{0:02}-{1:02}", "2026/{0}/{1}", "2026年{0}月{1}日", "2026.{0:02}.{1:02}"])
    return form.format(chance.randint(1, 10), chance.randint(1, 28))
