"""`guanxi rulebook check|dry-run|approve`: answers for people and for programs, and exit codes that tell."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import pytest

from guanxi.core.rulebooks.models import Duty, Version
from guanxi.edge.ops.command.registry import COMMANDS
from tests.rulebooks.callbacks import CALLBACKS

pytestmark = pytest.mark.django_db
EMPTY = CALLBACKS.replace("due: 3 days", "due: quick", 1).replace("rules:", "parameters: {quick: }\nrules:", 1)


@pytest.fixture
def guanxi(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """`guanxi("approve", text, "--trial")`: exit code and what was answered as JSON."""

    def run(name: str, text: str | bytes, *words: str) -> tuple[int, Any]:
        file = tmp_path / "book.yaml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        command, parser = COMMANDS.get(f"rulebook {name}"), ArgumentParser()
        parser.add_argument("--json", action="store_true")
        command.arguments(parser)
        code = command.run(parser.parse_args([str(file), "--json", *words]))
        return code, json.loads(capsys.readouterr().out)

    return run


@pytest.mark.req("POL-06")
def test_a_dry_run_counts_and_stores_nothing(guanxi, customer_of, form_of):
    form_of("rep", customer_of("rep"))
    code, rows = guanxi("dry-run", CALLBACKS, "--since", "2026-11-01", "--unit", "chengdu")
    assert (code, rows[0]["clause"], rows[0]["counts"]) == (0, "buyer-callback", {"raised": 3})
    _code, rows = guanxi("dry-run", CALLBACKS, "--since", "2026-11-01", "--unit", "hangzhou")
    assert rows[0]["counts"] == {}
    _code, rows = guanxi("dry-run", EMPTY)
    assert rows[0]["lacks"] == ["quick"]
    assert not Duty.objects.exists()
    assert not Version.objects.exists()


@pytest.mark.req("POL-01")
def test_approving_keeps_every_term(guanxi, staff):
    words = ("--effective", "2026-11-10", "--until", "2027-03-31", "--unit", "chengdu", "--trial", "--renew")
    code, told = guanxi("approve", CALLBACKS, *words)
    version = Version.objects.get()
    assert (code, told["version"], told["until_on"], told["is_trial"]) == (0, 1, "2027-03-31", True)
    assert (version.on_replace, version.unit_ids) == ("renew", [staff("doctor").posts.get().unit_id])


@pytest.mark.parametrize(
    ("text", "words", "error"),
    [
        (EMPTY, (), "invalid"),
        (CALLBACKS.replace("steps:", "stpes:"), (), "faulty_rulebook"),
        (CALLBACKS.encode("gb18030"), (), "faulty_rulebook"),
        (CALLBACKS, ("--unit", "nowhere"), "no_unit"),
        (CALLBACKS, ("--until", "2020-01-01"), "invalid"),
    ],
)
def test_what_cannot_be_approved_fails_with_a_reason_and_leaves_nothing(guanxi, text, words, error):
    code, told = guanxi("approve", text, *words)
    assert (code, told["error"]) == (1, error)
    assert told["message"]
    assert not Version.objects.exists()
