"""Who watches over the seals: the worker's thread, the nightly check, the command and the doctor."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable

import pytest

from guanxi.base.audit import trail
from guanxi.base.audit.models import Seal, Unsealed
from guanxi.base.audit.sealing import seal_waiting
from guanxi.base.kernel import clock
from guanxi.core.messaging.models import Message
from guanxi.edge.ops import alarms, doctor
from guanxi.edge.ops.command import audit
from guanxi.edge.ops.installation import Installation
from guanxi.edge.ops.jobs import tend_trail
from guanxi.edge.ops.sealer import Sealer

from .conftest import WHO, alter, say

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-03")]


def ask_to_verify(capsys: pytest.CaptureFixture[str], *, as_json: bool = True) -> tuple[int, str]:
    code = audit.verify(argparse.Namespace(heads=[], json=as_json))
    return code, capsys.readouterr().out


def test_the_command_says_whole_or_names_the_faults(history: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    code, said = ask_to_verify(capsys)
    assert (code, json.loads(said)["whole"]) == (0, True)
    alter("UPDATE audit_entry SET who = 'x' WHERE id = %s", history[8])
    code, said = ask_to_verify(capsys)
    assert code == 1
    fault = json.loads(said)["faults"][0]
    assert (fault["what"], fault["entry"], fault["seal"]) == ("altered", history[8], 2)
    code, said = ask_to_verify(capsys, as_json=False)
    assert f"entry {history[8]}" in said


def test_the_doctor_finds_an_altered_trail_and_a_sealer_that_lags(history: list[int]) -> None:
    here = Installation.from_environment()
    assert doctor.trail(here).is_fine
    say(70, personal={})
    alter("UPDATE audit_entry SET at = at - interval '10 years' WHERE id IN (SELECT entry_id FROM audit_unsealed)")
    finding = doctor.trail(here)
    assert not finding.is_fine
    assert "wait" in finding.text
    alter("UPDATE audit_entry SET who = 'x' WHERE id = %s", history[8])
    assert "faults" in doctor.trail(here).text


def test_the_nightly_check_tells_those_who_may_read_the_trail(
    history: list[int], staff: Callable[[str], object]
) -> None:
    tend_trail(timestamp=0)
    assert not Message.objects.filter(kind=alarms.ALTERED).exists()
    alter("UPDATE audit_entry SET who = 'x' WHERE id = %s", history[8])
    tend_trail(timestamp=0)
    tend_trail(timestamp=0)
    told = Message.objects.filter(kind=alarms.ALTERED)
    assert {message.recipient.name for message in told} == {"何远山", "管理员"}
    assert told.count() == 2, "once a day"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("company")
def test_the_worker_seals_within_ten_seconds() -> None:
    with clock.standing_at(clock.now()):
        say(1)
        sealer = Sealer(every=0.05)
        sealer.start()
        until = time.monotonic() + 10
        while Unsealed.objects.exists() and time.monotonic() < until:
            pass
        sealer.stop()
    assert not Unsealed.objects.exists()
    assert Seal.objects.exists()


def test_the_sentence_of_what_went_is_told(history: list[int]) -> None:
    assert trail.NAMES.find("audit:trail:let_go")
    assert seal_waiting() == 0
    assert WHO.is_system
