"""Small pages for the browser tests: a form, a lost session, refusals. Nothing here touches the database."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path

from guanxi.base import ui
from guanxi.base.kernel.errors import NotAllowed, Refused
from guanxi.base.org.web import public
from guanxi.base.ui import gallery
from guanxi.base.ui import urls as ui_urls

# What the server saw, for tests to read; cleared by them.
seen: list[dict[str, Any]] = []
session = {"is_lost": False}


def shown(request: HttpRequest, errors: dict[str, list[str]], status: int = 200) -> HttpResponse:
    values = {"errors": errors, "entered": request.POST}
    return ui.page(request, "form.html", values, status=status)


@public
def form(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return shown(request, {})
    if session["is_lost"]:
        return HttpResponse(status=401, headers={"HX-Trigger": "session-ended"})
    seen.append({**request.POST.dict(), "header": request.headers.get("X-CSRFToken", "")})
    return answer_to(request, request.POST["name"])


def answer_to(request: HttpRequest, name: str) -> HttpResponse:
    if name == "forbidden":
        raise NotAllowed()
    if name == "refused":
        raise Refused("此客户已故，不能再登记。")
    if name == "broken":
        return HttpResponse("<p>502</p>", status=502)
    if not name:
        return shown(request, {"name": ["请填写姓名。"]}, status=422)
    ui.toast(request, f"{name} 已保存。")
    return ui.go(request, "/components")


@public
def again(request: HttpRequest) -> HttpResponse:
    entered = json.loads(request.body)
    if entered != {"login": "rep", "password": "right", "code": ""}:
        return JsonResponse({"message": "登录名或密码不正确。"}, status=422)
    session["is_lost"] = False
    return HttpResponse(status=204)


@public
def components(request: HttpRequest) -> HttpResponse:
    """The gallery without asking for development: turning DEBUG on would compile all templates anew for each test."""
    return ui.page(request, "ui/gallery.html", gallery.samples())


@public
def crash(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


@public
def refuse(request: HttpRequest) -> HttpResponse:
    raise Refused("此客户已故，不能再登记。")


@public
def search(request: HttpRequest) -> HttpResponse:
    hits = [
        {"url": "/components#1", "title": "王芳", "hint": "138****1234"},
        {"url": "/components#2", "title": "王建国"},
    ]
    groups = [{"label": "客户", "hits": hits}] if request.GET["q"] == "wang" else []
    return ui.page(request, "search.html", {"groups": groups, "query": request.GET["q"]})


records = ([path("search", search, name="search")], "records")
urlpatterns = [
    path("", include(ui_urls.patterns(public))),
    path("", include(records)),
    path("form", form),
    path("components", components),
    path("crash", crash),
    path("refuse", refuse),
    path("sign-in/again", again),
]

handler404 = "guanxi.base.ui.errors.handler404"
handler500 = "guanxi.base.ui.errors.handler500"
