"""A file that is being made while somebody in it is erased never comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from guanxi.base.kernel.actor import Actor
from guanxi.base.records.asked import Asked
from guanxi.base.records.exports import running
from guanxi.base.records.exports.actions import ask_export
from guanxi.base.records.exports.asking import Wanted
from guanxi.base.records.exports.models import ExportPart, ExportRun
from guanxi.base.records.exports.progress import Progress
from guanxi.base.records.types import RECORD_TYPES
from guanxi.core.customers.models import Customer
from guanxi.core.privacy.actions.erasure import erase_customer

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-10")]
ActorOf = Callable[[str], Actor]
CustomerOf = Callable[..., Customer]


@pytest.fixture
def begun(actor: ActorOf, customer_of: CustomerOf) -> ExportRun:
    customer_of("rep", name="崔强")
    customer_of("rep", name="龙婷")
    return ask_export(
        RECORD_TYPES.get("customer"), Asked(), Wanted(format="csv", purpose="月度回访安排"), actor=actor("manager")
    )


def halves(run_id: int, actor: Actor, path: Path) -> Iterator[None]:
    """What carry_out does, held between reading and delivering."""
    run = running._claim(run_id)
    assert run
    with Progress(run.pk) as progress:
        written = running._write(run, path, actor, progress)
        yield
        running._deliver(run, path, written, actor=actor)


def test_a_file_that_was_read_before_is_not_delivered_after(begun: ExportRun, actor: ActorOf, tmp_path: Path) -> None:
    steps = halves(begun.pk, actor("manager"), tmp_path / "file")
    next(steps)
    erase_customer(Customer.objects.get(name="崔强").pk, actor=actor("gm"))
    assert next(steps, None) is None
    assert not ExportPart.objects.exists()
    begun.refresh_from_db()
    assert (begun.state, begun.problem["code"]) == (ExportRun.FAILED, "list_changed")


def test_one_that_was_delivered_while_the_erasing_ran_goes_with_its_end(
    begun: ExportRun, actor: ActorOf, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        erase_customer(Customer.objects.get(name="崔强").pk, actor=actor("gm"))
        ExportRun.objects.filter(pk=begun.pk).update(state=ExportRun.DONE)
        ExportPart.objects.create(run=begun, position=0, content="崔强".encode())
    assert not ExportPart.objects.exists()
    begun.refresh_from_db()
    assert begun.state == ExportRun.EXPIRED
