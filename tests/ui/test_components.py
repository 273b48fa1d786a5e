"""Components say what they are given, as text and never as markup, and are found by screen readers."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from django.template import engines
from django.test import RequestFactory

from guanxi.base.ui import Column, Paging, Row, Table, current

EVIL = "<script>x</script>\"'><img src=x onerror=x>"
IMPORTS = {
    "button": "button, link_button, icon_button, post_button",
    "field": "field, chips",
    "table": "table, plain_table",
    "page": "page_header, tabs, facts, notice, figures",
    "status": "badge, person",
    "clause": "clause, clause_line",
    "timeline": "timeline_item",
    "progress": "progress",
    "empty": "empty, failed",
    "toast": "toast",
    "diff": "conflict, changes",
    "upload": "upload",
    "chart": "chart",
    "search": "search_results",
    "form": "error_summary",
    "dialog": "dialog",
}
CALLS = {
    "button": "button(evil, name=evil, value=evil, attrs={'title': evil})",
    "button ": "link_button(evil, evil)",
    "button  ": "icon_button('edit', evil)",
    "button   ": "post_button(evil, evil, confirm=evil)",
    "field": "field('n', evil, evil, help=evil, errors=[evil], placeholder=evil)",
    "field ": "field('n', evil, evil, kind='textarea')",
    "field  ": "field('n', evil, evil, kind='select', options=[(evil, evil)])",
    "field   ": "chips('n', evil, [(evil, evil)], evil)",
    "table": "plain_table([evil], [[evil]], label=evil)",
    "page": "page_header(evil, sub=evil, back=evil, back_label=evil)",
    "page ": "tabs([{'label': evil, 'href': evil}])",
    "page  ": "facts([(evil, evil)])",
    "page   ": "notice(evil)",
    "page    ": "figures([{'name': evil, 'value': evil, 'href': evil}])",
    "status": "badge(evil, evil)",
    "status ": "person(evil, evil)",
    "clause": "clause(evil, evil, evil, evil, evil)",
    "clause ": "clause_line(evil, evil, evil)",
    "timeline": "timeline_item(evil, now(), who=evil, result=evil, note=evil)",
    "progress": "progress('job', evil, 1, 2, url=evil, cancel_url=evil, text=evil)",
    "empty": "empty(evil, evil)",
    "empty ": "failed(evil, evil, evil)",
    "toast": "toast(evil, href=evil, link=evil)",
    "diff": "conflict([{'name': evil, 'label': evil, 'mine': evil, 'theirs': evil}], evil)",
    "diff ": "changes([{'label': evil, 'old': evil, 'new': evil}])",
    "upload": "upload('file', evil, accept=evil, help=evil, errors=[evil])",
    "chart": "chart('c', evil, {'title': evil}, [evil], [[evil]])",
    "search": "search_results([{'label': evil, 'hits': [{'url': evil, 'title': evil, 'sub': evil, 'hint': evil}]}])",
    "search ": "search_results([], evil)",
    "form": "error_summary({'name': [evil], '': [evil]}, {'name': evil})",
    "dialog": "dialog('d', evil)",
}


@pytest.mark.parametrize("call", CALLS)
def test_a_component_shows_markup_as_text(rendered: Callable[..., str], call: str):
    file = call.strip()
    source = f'{{% from "ui/components/{file}.html" import {IMPORTS[file]} %}}{{{{ {CALLS[call]} }}}}'
    html = rendered(source, evil=EVIL)
    # The JSON of a chart is data for a script: there < is written as an escape of JSON.
    assert "<script>x" not in html
    assert "<img" not in html
    assert "x" in html


def test_a_field_names_its_input_its_help_and_its_error(rendered: Callable[..., str]):
    source = (
        '{% from "ui/components/field.html" import field %}{{ field("phone", "电话", "1", help="h", errors=["e"]) }}'
    )
    html = rendered(source)
    assert '<label for="f-phone">' in html
    assert 'aria-describedby="f-phone-help f-phone-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="f-phone-error"' in html


def test_a_choice_is_found_by_its_text_or_number(rendered: Callable[..., str]):
    source = '{% from "ui/components/field.html" import field %}{{ field("n", "x", v, kind=k, options=o) }}'
    options = [("1", "甲"), ("12", "乙"), ("", "无")]
    assert "甲</option>" in rendered(source, v=1, k="select", o=options).split("selected>")[1]
    assert rendered(source, v="12", k="select", o=options).count("selected") == 1
    assert rendered(source, v=["1", "12"], k="multiselect", o=options).count("selected") == 2
    assert "无</option>" in rendered(source, v=None, k="select", o=options).split("selected>")[1]


def test_a_form_carries_token_and_operation_key(rendered: Callable[..., str]):
    source = '{% from "ui/components/form.html" import form %}{% call form("/x", version=7) %}{% endcall %}'
    with current.serving(RequestFactory().get("/")):
        first, second = rendered(source), rendered(source)
    keys = [re.findall(r'name="op_key" value="([\w-]{36})"', html) for html in (first, second)]
    assert keys[0] != keys[1]
    assert 'name="csrfmiddlewaretoken"' in first
    assert 'name="version" value="7"' in first


def test_progress_asks_again_only_while_it_runs(rendered: Callable[..., str]):
    source = '{% from "ui/components/progress.html" import progress %}{{ progress("j", "x", 3, 9, "/j", state=state) }}'
    assert 'hx-trigger="load delay:1s"' in rendered(source, state="running")
    assert "hx-trigger" not in rendered(source, state="done")
    assert 'aria-valuenow="3"' in rendered(source, state="running")


def test_a_late_row_links_and_labels_each_cell_for_phones(rendered: Callable[..., str]):
    columns = [Column("name", "姓名", is_title=True), Column("sum", "金额", kind="money", sort="?sort=sum")]
    rows = [Row(1, ["王芳", "¥1.00"], url="/c/1", tone="late")]
    table = Table(columns, rows, paging=Paging(older="?after=1", shown=1), selectable=True)
    html = rendered('{% from "ui/components/table.html" import table %}{{ table(t) }}', t=table)
    assert '<tr class="is-late" data-href="/c/1">' in html
    assert '<a href="/c/1">王芳</a>' in html
    assert '<td class="num" data-label="金额">¥1.00</td>' in html
    assert 'hx-get="?sort=sum"' in html
    assert 'name="pick" value="1"' in html


def test_fifty_rows_are_drawn_in_about_a_millisecond(rendered: Callable[..., str]):
    columns = [Column(str(i), f"列{i}") for i in range(8)]
    table = Table(columns, [Row(n, [f"值 {n} {i}" for i in range(8)], url=f"/c/{n}") for n in range(50)])
    env = engines["jinja2"].env  # type: ignore[attr-defined]  # the Jinja2 backend has it
    template = env.from_string('{% from "ui/components/table.html" import table %}{{ table(t) }}')
    template.render(t=table)
    laps = []
    for _lap in range(20):
        start = time.perf_counter()
        template.render(t=table)
        laps.append(time.perf_counter() - start)
    # The best of twenty, with room for a slow machine: the point is that nobody makes it ten times slower.
    assert min(laps) < 0.004
