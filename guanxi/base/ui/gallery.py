"""Sample data for the component gallery: long names, empty lists, late and done, both scripts."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from markupsafe import Markup

from guanxi.base.kernel import clock
from guanxi.base.ui import formats
from guanxi.base.ui.tables import Column, Paging, Row, Table

PEOPLE = [
    "欧阳静怡",
    "陈国强",
    "李秀英",
    "阿卜杜拉·买买提·艾尔肯江",
    "王芳",
    "Christopher Montgomery-Fitzgerald",
    "赵春建",
]
UNITS = ["成都分公司 客服一部", "杭州分公司 销售部", "成都分公司 会议营销中心第三工作组"]
LONG = (
    "顾客反映连续服用两周后睡眠有改善，但晨起仍感口干；"
    "已按指导调整为饭后半小时服用，并约定下周三下午由满意代表上门回访。"
)
CLAUSE = (
    "购买顾客应在建档后3日、30日、60日内各回访一次：指导服用产品，征询意见，了解服用效果。未按期回访的，每份扣20元。"
)


def columns() -> list[Column]:
    return [
        Column("name", _("Customer"), kind="link", sort="?sort=name", is_title=True),
        Column("number", _("Number"), is_minor=True),
        Column("phone", _("Phone"), kind="phone"),
        Column("unit", _("Unit")),
        Column("amount", _("Amount"), kind="money"),
        Column("due", _("Due"), kind="date", sort="?sort=due", direction="ascending"),
        Column("state", _("State"), kind="badge"),
    ]


def badge(text: str, tone: str) -> Markup:
    return Markup('<span class="badge is-{}">{}</span>').format(tone, text)


def row(index: int) -> Row:
    name, late = PEOPLE[index % len(PEOPLE)], index in (0, 1)
    on = clock.today() + timedelta(days=index * 3 - 4)
    state = badge(_("Late"), "late") if late else badge(_("Done"), "done") if index == 5 else badge(_("Open"), "open")
    due = Markup('<span class="{}">{}</span>').format("late" if late else "", formats.due(on))
    cells = [
        Markup('<a href="#row-{}">{}</a>').format(index, name),
        f"K{20260000 + index * 37}",
        formats.masked_phone(f"138{index:04d}5678"),
        UNITS[index % len(UNITS)],
        formats.money(Decimal(index * 1280 + 98)),
        due,
        state,
    ]
    return Row(index, cells, url=f"#row-{index}", tone="late" if late else "", label=name)


def table() -> Table:
    rows = [row(index) for index in range(7)]
    return Table(
        columns(),
        rows,
        label=_("Customers"),
        paging=Paging(older="?after=7", newer="?before=1", shown=7),
        selectable=True,
    )


def conflict() -> list[dict[str, Any]]:
    return [
        {"name": "phone", "label": _("Phone"), "mine": "13800001111", "theirs": "13900002222"},
        {"name": "note", "label": _("Note"), "mine": LONG, "theirs": ""},
    ]


def option() -> dict[str, Any]:
    months = [f"{month} 月" for month in range(6, 12)]
    return {
        "xAxis": {"type": "category", "data": months},
        "yAxis": {"type": "value"},
        "tooltip": {},
        "series": [{"type": "bar", "data": [82, 91, 88, 95, 93, 97], "label": {"show": True, "position": "top"}}],
    }


def icons() -> list[str]:
    sprite = Path(__file__).with_name("static") / "ui" / "icons.svg"
    return re.findall(r'id="([\w-]+)"', sprite.read_text())


def samples() -> dict[str, Any]:
    moment = clock.now()
    return {
        "table": table(),
        "no_rows": Table(columns(), [], label=_("Customers")),
        "conflict": conflict(),
        "option": option(),
        "chart_rows": [(f"{month} 月", 82 + month) for month in range(6, 12)],
        "icons": icons(),
        "long": LONG,
        "people": PEOPLE,
        "moments": [moment - timedelta(minutes=9), moment - timedelta(days=1), moment - timedelta(days=40)],
        "results": [
            ("ok", _("Reached, all well")),
            ("later", _("Call later")),
            ("none", _("No answer")),
            ("x", _("Refused")),
        ],
        "clause": CLAUSE,
    }
