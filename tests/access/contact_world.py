"""What the pages of first-contact forms work on: one form of representative 邱远 at each place of its way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org import permits
from guanxi.domain.archive.actions import (
    allocate_forms,
    create_contact_form,
    issue_sheets,
    open_sealed,
    receive_transfer,
    seal_forms,
    send_forms,
    sign_contact_form,
    write_note,
)
from guanxi.domain.archive.actions.allocation import Decision
from guanxi.domain.archive.models import ContactForm
from guanxi.domain.archive.templates_in_force import template_for

if TYPE_CHECKING:
    from .world import World

KIND, OPENED = ContactForm.KIND, "众鸟之八"


def contact_things(world: World, actor_of: Callable[[str], Actor]) -> dict[str, int]:
    rep, manager, service = actor_of("rep"), actor_of("manager"), actor_of("service")
    names = ("众鸟之三", "众鸟之四", "众鸟之五", "众鸟之六", "众鸟之七", OPENED)
    draft = create_contact_form(content(world, "众鸟之九", 30), actor=rep).pk
    signed, sent, received, served, sealed, opened = (
        signed_form(world, name, number, rep) for number, name in enumerate(names, 31)
    )
    on_the_way = send_forms(KIND, [sent], world.staff("manager"), actor=rep)
    come = send_forms(KIND, [received, served, sealed, opened], world.staff("manager"), actor=rep)
    receive_transfer(come.pk, actor=manager)
    mine = Decision(world.staff("rep").pk)
    allocation = allocate_forms(dict.fromkeys([served, sealed, opened], mine), actor=manager)
    passed_on = send_forms(KIND, [served, sealed, opened], world.staff("service"), actor=manager)
    receive_transfer(passed_on.pk, actor=service)
    box = seal_forms([sealed, opened], actor=service)
    permits.give(world.staff("service").pk, "open-sealed", KIND, opened, given_by=world.staff("gm").pk)
    opening = open_sealed(opened, purpose="核对", actor=service)
    permits.give(world.staff("service").pk, "open-sealed", KIND, sealed, given_by=world.staff("gm").pk)
    return {
        "contact draft": draft,
        "contact form": signed,
        "transfer": on_the_way.pk,
        "received contact form": received,
        "allocation": allocation.pk,
        "served contact form": served,
        "sealed form": sealed,
        "opened form": opened,
        "opening": opening.pk,
        "box": box.pk,
        "form template": template_for("first-contact").pk,
        "form issue": issue_sheets(template_for("first-contact").pk, world.staff("rep"), 2, actor=service).pk,
        "note": write_note(world.customer.pk, "喜欢散步", actor=rep).pk,
    }


def signed_form(world: World, name: str, number: int, rep: Actor) -> int:
    """Whoever opened the last one may read it: it says nothing that others must not be shown."""
    answers = content(world, name, number)
    if name == OPENED:
        answers |= dict.fromkeys(("health", "medication", "concern"), "无")
    form = create_contact_form(answers, actor=rep)
    return sign_contact_form(form.pk, name="邱远", actor=rep).pk


def content(world: World, name: str, number: int) -> dict[str, Any]:
    return {
        "name": name,
        "phone": f"137999904{number}",
        "gender": "female",
        "birth_year": 1950,
        "area": "锦江区",
        "address": world.customer.address,
        "health": world.form.health,
        "medication": world.form.health,
        "concern": world.form.health,
        "filled_by": "customer",
        "has_consent": True,
        "collected_on": clock.today(),
        "place": "社区讲座",
    }
