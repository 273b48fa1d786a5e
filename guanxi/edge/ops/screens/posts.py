"""Posts of one person: a further one, another superior, the end."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Missing
from guanxi.base.org.access import access_staff, standing_posts
from guanxi.base.org.actions import add_post, change_superior, end_post
from guanxi.base.org.models import Post
from guanxi.base.org.web import ActorRequest, needs

from .choices import post_name, role_name, role_options, superior_options, unit_options
from .sending import day, number_or_none, send
from .staff import read_post


@needs("staff", "update")
@require_http_methods(["GET", "POST"])
def new_post(request: ActorRequest, staff_id: int) -> HttpResponse:
    staff = access_staff(request.actor, staff_id, to="update")
    errors: dict[str, list[Any]] = {}
    typed = {"starts_on": clock.today().isoformat()}
    if request.method == "POST":
        sent = send(
            request, f"post:add:{staff_id}", lambda: add_post(staff_id, read_post(request), actor=request.actor)
        )
        if sent.is_done:
            ui.toast(request, _("Saved."))
            return ui.go(request, f"/settings/staff/{staff_id}")
        errors, typed = sent.errors, request.POST.dict()
    context = {
        "staff": staff,
        "typed": typed,
        "errors": errors,
        "units": unit_options(),
        "roles": role_options(),
        "superiors": superior_options(),
    }
    return ui.page(request, "ops/post_form.html", context, status=422 if errors else 200)


def _post(request: ActorRequest, post_id: int) -> Post:
    post = Post.objects.select_related("staff", "unit", "role", "superior__staff").filter(id=post_id).first()
    if post is None:
        raise Missing()
    access_staff(request.actor, post.staff_id, to="update")
    return post


@needs("staff", "update")
@require_http_methods(["GET", "POST"])
def end(request: ActorRequest, post_id: int) -> HttpResponse:
    post = _post(request, post_id)
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        sent = send(
            request, f"post:end:{post_id}", lambda: end_post(post_id, on=day(request.POST, "on"), actor=request.actor)
        )
        if sent.is_done:
            ui.toast(request, _("The post has an end."))
            return ui.go(request, f"/settings/staff/{post.staff_id}")
        errors = sent.errors
    context = {
        "post": post,
        "role": role_name(post.role),
        "below": standing_posts().filter(superior=post).select_related("staff").order_by("staff__pinyin"),
        "on": request.POST.get("on", clock.today().isoformat()),
        "errors": errors,
    }
    return ui.page(request, "ops/post_end.html", context, status=422 if errors else 200)


@needs("staff", "update")
@require_http_methods(["GET", "POST"])
def superior(request: ActorRequest, post_id: int) -> HttpResponse:
    post = _post(request, post_id)
    errors: dict[str, list[Any]] = {}
    chosen = str(post.superior_id or "")
    if request.method == "POST":
        chosen = request.POST.get("superior", "")
        sent = send(
            request,
            f"post:superior:{post_id}",
            lambda: change_superior(post_id, number_or_none(request.POST, "superior"), actor=request.actor),
        )
        if sent.is_done:
            ui.toast(request, _("Saved."))
            return ui.go(request, f"/settings/staff/{post.staff_id}")
        errors = sent.errors
    context = {
        "post": post,
        "name": post_name(post),
        "chosen": chosen,
        "errors": errors,
        "superiors": superior_options(but=post_id),
    }
    return ui.page(request, "ops/post_superior.html", context, status=422 if errors else 200)
