"""What the programs of the server are started with is seen by everybody on the machine."""

from __future__ import annotations

import pytest

from guanxi.edge.ops.backups.servers import apart, run

pytestmark = pytest.mark.req("OPS-11")
ADDRESS = "postgresql://crm:pass%3Dword@db.example/crm"


def test_no_command_shows_a_password() -> None:
    shown, environment = apart(["pg_dump", "-d", ADDRESS, "-Fc"])
    assert shown == ["pg_dump", "-d", "postgresql://crm@db.example/crm", "-Fc"]
    assert environment["PGPASSWORD"] == "pass=word"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgres://crm:secret@db.example/crm", "postgres://crm@db.example/crm"),
        ("postgresql://crm@db/crm?password=secret&sslmode=require", "postgresql://crm@db/crm?sslmode=require"),
        ("postgresql://crm@db/crm?sslmode=require&password=secret", "postgresql://crm@db/crm?sslmode=require"),
    ],
)
def test_however_the_address_is_written(address: str, shown: str) -> None:
    command, environment = apart(["pg_dump", "-d", address])
    assert command == ["pg_dump", "-d", shown]
    assert environment["PGPASSWORD"] == "secret"


def test_an_address_without_one_stays_as_it_is() -> None:
    socket = "postgresql://guanxi@/guanxi?host=%2Ftmp%2Fpg"
    shown, environment = apart(["pg_dump", "-d", socket])
    assert shown == ["pg_dump", "-d", socket]
    assert "PGPASSWORD" not in environment


def test_the_program_gets_it_all_the_same() -> None:
    told = run(["/bin/sh", "-c", 'printf "%s %s" "$0" "$PGPASSWORD"', ADDRESS], of="sh")
    assert told == "postgresql://crm@db.example/crm pass=word"
