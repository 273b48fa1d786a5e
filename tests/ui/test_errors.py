"""Errors say what happened, what was kept and how to go on, without the database, in both languages and both forms."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from guanxi.base.ui import errors

pytestmark = pytest.mark.usefixtures("alone")


def browser(language: str = "zh-hans") -> Client:
    client = Client(raise_request_exception=False)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


def test_a_missing_page_shows_the_way_on():
    response = browser().get("/nowhere")
    assert response.status_code == 404
    assert "找不到这个页面" in response.content.decode()
    assert response["Cache-Control"] == "no-store"


def test_it_speaks_english_too():
    assert "This page is not here" in browser("en").get("/nowhere").content.decode()


def test_a_crash_shows_no_trace_but_a_reference():
    response = browser("en").get("/crash")
    text = response.content.decode()
    assert response.status_code == 500
    assert "ZeroDivisionError" not in text
    assert "give the reference" in text


def test_what_a_room_refused_is_said_in_its_own_words():
    response = browser().get("/refuse", headers={"Referer": "http://testserver/customers/7"})
    text = response.content.decode()
    assert response.status_code == 409
    assert "此客户已故，不能再登记。" in text
    assert 'href="/customers/7"' in text


def test_htmx_gets_a_part_for_the_dialog():
    response = browser().get("/refuse", headers={"HX-Request": "true"})
    text = response.content.decode()
    assert response["X-Problem"] == "409"
    assert "<html" not in text
    assert "此客户已故，不能再登记。" in text


def test_nothing_is_said_twice():
    response = browser().post("/form", {"name": "forbidden"}, headers={"HX-Request": "true"})
    assert response.content.decode().count("您的角色没有此操作权限。") == 1


def test_a_program_gets_json():
    response = browser().get("/refuse", headers={"Accept": "application/json"})
    assert response.json() == {"code": "refused", "message": "此客户已故，不能再登记。"}


def test_the_wrong_method_is_explained():
    response = browser("en").get("/theme")
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert "cannot be opened like that" in response.content.decode()


def test_an_old_form_is_explained():
    client = Client(enforce_csrf_checks=True)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    response = client.post("/form", {"name": "x"})
    assert response.status_code == 403
    assert "This form has grown old" in response.content.decode()


def test_a_way_back_leads_only_to_our_own_pages():
    response = browser().get("/nowhere", headers={"Referer": "http://elsewhere.example/trap"})
    assert "elsewhere" not in response.content.decode()


def test_when_even_the_error_page_fails_some_words_are_left(monkeypatch: pytest.MonkeyPatch):
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(errors, "problem_response", fail)
    response = browser().get("/crash")
    assert response.status_code == 500
    assert "系统出了点问题" in response.content.decode()


def test_the_theme_is_kept_in_a_cookie_and_leads_back():
    response = browser().post("/theme", {"theme": "dark", "next": "/gallery"})
    assert response["Location"] == "/gallery"
    assert response.cookies["guanxi_theme"].value == "dark"
    assert browser().post("/theme", {"theme": "pink", "next": "//elsewhere.example"})["Location"] == "/"


def test_the_gallery_is_for_development_only():
    assert browser().get("/gallery").status_code == 404
