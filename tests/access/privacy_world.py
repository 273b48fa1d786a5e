"""What the pages of privacy work on: requests about a customer nobody else's line needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils import timezone

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.core.customers.actions import create_customer
from guanxi.core.privacy.actions.request import Asked, take_in_request
from guanxi.core.privacy.actions.setting_apart import hold_customer
from guanxi.core.privacy.models import ConsentPurpose, PersonFile, Processor, Wording
from guanxi.core.privacy.purposes import load_purposes

if TYPE_CHECKING:
    from .world import World


def privacy_things(world: World, actor_of: Callable[[str], Actor]) -> dict[str, int]:
    load_purposes(ConsentPurpose, Wording, timezone.now())
    gm, rep = actor_of("gm"), actor_of("rep")
    one, other = (
        create_customer({"kind": "person", "name": name, "phone": phone}, actor=rep).pk
        for name, phone in (("问讯之一", "13800007701"), ("问讯之二", "13800007702"))
    )
    request = take_in_request(Asked("copy", "问讯之一", "身份证", one), actor=gm)
    second = take_in_request(Asked("delete", "问讯之二", "身份证", other), actor=gm)
    PersonFile.objects.create(request=request, content=b"zip", asked_at=clock.now(), made_at=clock.now())
    now = clock.now()
    processor = Processor.objects.create(
        name="短信公司",
        sent="电话",
        purpose="发短信",
        agreed_on=clock.today(),
        owner=world.staff("gm"),
        created_at=now,
        updated_at=now,
    )
    removed = Processor.objects.create(
        name="旧公司",
        sent="电话",
        purpose="发短信",
        owner=world.staff("gm"),
        created_at=now,
        updated_at=now,
        removed_at=now,
    )
    return {
        "removed processor": removed.pk,
        "person request": request.pk,
        "second person request": second.pk,
        "legal hold": hold_customer(one, why="诉讼", actor=gm).pk,
        "consent purpose": ConsentPurpose.objects.get(key="promotion").pk,
        "processor": processor.pk,
    }
