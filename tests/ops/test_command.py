from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from guanxi.edge.ops.command import main
from guanxi.edge.ops.command.registry import COMMANDS
from tests.ops.conftest import Running, guanxi

PROMISED = {
    "up", "demo", "doctor", "import", "user create", "user token",
    "rulebook check", "rulebook dry-run", "rulebook approve",
}  # fmt: skip


def run(running: Running, *words: str) -> tuple[int, str]:
    process = guanxi(*words, data=running.data, port=running.port)
    said, complaint = process.communicate(timeout=60)
    return process.returncode, said or complaint


def run_json(running: Running, *words: str) -> tuple[int, Any]:
    code, said = run(running, *words, "--json")
    return code, json.loads(said)


def test_every_promised_command_is_there_and_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert set(COMMANDS.keys()) >= PROMISED
    for command in COMMANDS:
        with pytest.raises(SystemExit) as left:
            main([*command.key.split(), "--help"])
        assert left.value.code == 0
        assert command.help.split()[0] in capsys.readouterr().out


@pytest.mark.parametrize("words", [[], ["nonsense"], ["user"], ["import"], ["rulebook", "check"]])
def test_a_wrong_call_exits_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_without_an_installation_it_says_how_to_start_one(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("DATA_DIR", str(place / "nothing"))
    assert main(["demo"]) == 1
    assert "make up" in capsys.readouterr().err
    assert not (place / "nothing").exists()


@pytest.mark.req("OPS-06")
def test_doctor_finds_a_running_installation_well(running: Running) -> None:
    code, findings = run_json(running, "doctor")
    assert {finding["key"] for finding in findings} >= {"python", "disk", "postgresql", "migrations", "worker", "clock"}
    # The disk is the machine's own affair.
    assert [finding for finding in findings if not finding["is_fine"] and finding["key"] != "disk"] == []
    assert code in {0, 1}


def test_an_installation_without_a_demo_has_no_sign_ins_to_show(running: Running) -> None:
    assert run_json(running, "demo") == (1, {"error": "no_demo", "message": "This installation has no demo company."})


def test_a_file_or_rulebook_that_is_not_there_fails(running: Running) -> None:
    assert run(running, "import", "nowhere.csv")[0] == 1
    assert run(running, "rulebook", "check", "nowhere.yaml")[0] == 1


def test_a_rulebook_with_a_typo_is_told_by_line_and_column(running: Running, tmp_path: Path) -> None:
    book = tmp_path / "book.yaml"
    book.write_text("rulebook: x\ntitel: 制度\n")
    code, answer = run_json(running, "rulebook", "check", str(book))
    assert code == 1
    assert {"line", "column", "code", "message"} <= set(answer["problems"][0])


def test_a_token_for_nobody_is_refused(running: Running) -> None:
    code, answer = run_json(running, "user", "token", "nobody")
    assert (code, answer["error"]) == (1, "missing")
