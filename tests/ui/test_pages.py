"""Answers: whole or in part, kept out of caches, on to the next page."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory
from jinja2 import ChoiceLoader, DictLoader

from guanxi.base import ui

LIST = """{% extends "frame.html" %}{% from "sign.html" import sign %}
{% block content %}<h1>名单</h1>{% block list %}<ul id="list">{{ sign(name) }}</ul>{% endblock %}{% endblock %}"""
TEMPLATES = {
    "frame.html": "<body>{% block content %}{% endblock %}</body>",
    "sign.html": "{% macro sign(name) %}<li>{{ name }}</li>{% endmacro %}",
    "list.html": LIST,
}


@pytest.fixture(autouse=True)
def templates(monkeypatch: pytest.MonkeyPatch) -> None:
    env = engines["jinja2"].env  # type: ignore[attr-defined]  # the Jinja2 backend has it
    monkeypatch.setattr(env, "loader", ChoiceLoader([DictLoader(TEMPLATES), env.loader]))


def asked(**headers: str) -> HttpRequest:
    request = RequestFactory().get("/customers", headers=headers)
    request.session = {}  # type: ignore[assignment]  # a dictionary is all that toasts need
    return request


def test_a_reader_gets_the_whole_page():
    response = ui.page(asked(), "list.html", {"name": "王芳"}, block="list")
    assert response.content.decode().startswith("<body>")
    assert "<h1>" in response.content.decode()


def test_htmx_gets_the_block_with_its_imports():
    response = ui.page(asked(hx_request="true"), "list.html", {"name": "<王芳>"}, block="list")
    assert response.content.decode() == '<ul id="list"><li>&lt;王芳&gt;</li></ul>'


@pytest.mark.parametrize("header", ["hx_boosted", "hx_history_restore_request"])
def test_htmx_gets_the_whole_page_when_it_loads_one(header: str):
    response = ui.page(asked(hx_request="true", **{header: "true"}), "list.html", {}, block="list")
    assert "<h1>" in response.content.decode()


def test_no_page_is_kept_by_a_cache():
    response = ui.page(asked(), "list.html", {}, status=422)
    assert response.status_code == 422
    assert response["Cache-Control"] == "no-store"
    assert "HX-Request" in response["Vary"]


def test_the_way_on_is_a_redirect_or_a_word_to_htmx():
    assert ui.go(asked(), "/x")["Location"] == "/x"
    response = ui.go(asked(hx_request="true"), "/x")
    assert (response.status_code, response["HX-Redirect"]) == (204, "/x")


def test_a_toast_waits_for_the_next_page_and_is_shown_once():
    request = asked()
    ui.toast(request, "<b>王芳</b> 已保存。", href="/customers/1", link="打开")
    first = ui.page(request, "ui/errors/body.html", {"problem": {}})
    assert "已保存" not in first.content.decode()
    shown = ui.page(request, "ui/helpers.html").content.decode()
    assert "&lt;b&gt;王芳&lt;/b&gt; 已保存。" in shown
    assert "已保存" not in ui.page(request, "ui/helpers.html").content.decode()


def test_a_toast_travels_with_a_part():
    request = asked(hx_request="true")
    ui.toast(request, "已保存。")
    response = ui.page(request, "list.html", {}, block="list")
    told: dict[str, Any] = json.loads(response["HX-Trigger"])
    assert told["toasts"][0]["text"] == "已保存。"
    assert response["HX-Trigger"].isascii()
