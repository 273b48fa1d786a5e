"""`guanxi move`: from the embedded server to one's own PostgreSQL, with nothing lost on the way and a way back."""

from __future__ import annotations

import signal

import psycopg
import pytest

from guanxi.edge.ops import destination, dumps, processes
from guanxi.edge.ops import moving as move
from guanxi.edge.ops.installation import Installation
from tests.installation import until

from .conftest import Moving, Own, connect

pytestmark = [pytest.mark.req("OPS-10"), pytest.mark.slow]
ROWS = 1000


def test_killed_twice_on_the_way_everything_arrives_and_is_used(
    moving: Moving, own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = own.database("LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'")
    seen = killed(moving, to, while_told="Copying", running=("pg_dump", "--single-transaction"))
    # The words it was started with are gone from the list as soon as it runs; whoever it starts never has them.
    assert any("--to\0-" in line for line in seen)
    assert [line for line in seen if own.server.password in line] == []
    until(lambda: others_on(to) == 0, seconds=20)
    assert move.is_empty(to)
    killed(moving, to, while_told="Comparing")
    assert not moving.address.exists()

    answer = moving("--to", to)
    assert answer.code == 0, answer.text
    assert answer.told["rows"] > ROWS
    assert own.server.password not in answer.text
    assert [check["key"] for check in answer.told["checks"] if not check["is_fine"]] == []
    assert (moving.address.read_text().strip(), oct(moving.address.stat().st_mode & 0o777)) == (to, "0o600")
    monkeypatch.setenv("DATA_DIR", str(moving.data))
    monkeypatch.delenv("DATABASE_URL")
    assert Installation.from_environment().url == to
    the_guards_came_along(to)
    # The embedded database stays what it was: the way back is to remove the address.
    assert (moving.data / "postgres" / "pg.password").exists()
    assert moving("--to", to).told["message"].startswith("This installation does not use the embedded server")


def killed(moving: Moving, to: str, *, while_told: str, running: tuple[str, ...] = ()) -> list[str]:
    """Answers the command lines of the move and of what it had started."""
    process = moving.start("--to", to)
    assert process.stderr
    assert any(line.startswith(while_told) for line in process.stderr)
    seen: set[str] = set()

    def all_run() -> bool:
        seen.update([command_line(process.pid), *lines_of(process.pid)])
        return all(any(word in line for line in seen) for word in running)

    until(all_run, seconds=20, pause=0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return sorted(seen)


def the_guards_came_along(to: str) -> None:
    with connect(to) as there:
        assert there.execute("SELECT count(*) FROM org_account").fetchone() > (10,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only added to"):
            there.execute("DELETE FROM audit_entry")


def command_line(pid: int) -> str:
    try:
        return (processes.PROC / str(pid) / "cmdline").read_text()
    except (OSError, UnicodeDecodeError):
        return ""


def lines_of(parent: int) -> list[str]:
    children = [pid for pid in processes.pids() if parent_of(pid) == parent]
    return [command_line(pid) for pid in children]


def parent_of(pid: int) -> int:
    try:
        return int((processes.PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0


def others_on(url: str) -> int:
    with connect(url) as there:
        asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        row = there.execute(asked).fetchone()
    assert row
    return int(row[0])


def test_while_it_runs_nothing_moves(moving: Moving, own: Own) -> None:
    to = own.database()
    with Installation(moving.data, 8000, "", demo=True).lock():
        answer = moving("--to", to)
    assert (answer.code, "Stop it first" in answer.told["message"]) == (1, True)
    assert move.is_empty(to)


@pytest.mark.parametrize(
    ("how", "wrong"),
    [
        ("ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' LOCALE_PROVIDER libc", {"encoding", "letters"}),
        ("LC_COLLATE 'C' LC_CTYPE 'C' LOCALE_PROVIDER libc", {"letters"}),
        ("nobody", {"reach"}),
        ("not ours", {"rights"}),
        ("itself", {"another"}),
        ("", set()),
    ],
)
def test_what_is_not_fit_is_seen_before_anything_is_copied(source: str, own: Own, how: str, wrong: set[str]) -> None:
    checks = destination.examined(source, unfit(source, own, how))
    assert {check.key for check in checks if not check.is_fine} == wrong
    needed = {check.key for check in checks if not check.is_fine and check.is_needed}
    assert needed == wrong - {"letters"}


def unfit(source: str, own: Own, how: str) -> str:
    if how == "itself":
        return source
    to = own.database(how if "LC_" in how else "")
    if how == "nobody":
        return to.replace(own.server.password, "wrong")
    if how == "not ours":
        with own.server.connect() as admin:
            admin.execute(f"ALTER DATABASE {to.rpartition('/')[2]} OWNER TO postgres")
    return to


def test_a_database_with_something_else_in_it_is_left_alone(source: str, own: Own) -> None:
    to = own.database()
    with connect(to) as there:
        there.execute("CREATE TABLE mine (id int)")
    assert not move.is_empty(to)
    with pytest.raises(move.CannotMove, match="holds something else"):
        move.compare(source, to, say=lambda _text: None)


def test_only_looking_changes_nothing_and_tells_what_could_be_better(moving: Moving, own: Own) -> None:
    to = own.database("LC_COLLATE 'C' LC_CTYPE 'C' LOCALE_PROVIDER libc")
    answer = moving("--to", to, "--check")
    assert answer.code == 0, answer.text
    assert [check["key"] for check in answer.told["checks"] if not check["is_fine"]] == ["letters"]
    assert move.is_empty(to)
    assert not moving.address.exists()


def test_what_is_the_same_is_told_as_the_same(source: str, own: Own) -> None:
    assert len(move.compare(source, own.copy_of(source), say=lambda _text: None)) > 80


@pytest.mark.parametrize(
    "planted",
    [
        "UPDATE org_account SET login = 'somebody' WHERE id = (SELECT min(id) FROM org_account)",
        "DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations)",
        "SELECT setval('customers_number', 1)",
        "ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_truncate",
        "ALTER TABLE customers_customer ALTER name DROP NOT NULL",
        "DROP INDEX customer_created",
    ],
)
def test_a_planted_difference_is_found(source: str, own: Own, planted: str) -> None:
    to = own.copy_of(source)
    with connect(to) as there:
        there.execute(planted)
    with pytest.raises(move.CannotMove, match="holds something else"):
        move.compare(source, to, say=lambda _text: None)


def test_settings_an_older_server_does_not_know_stay_behind() -> None:
    head = [b"SET statement_timeout = 0;\n", b"SET transaction_timeout = 0;\n", b"CREATE TABLE x ();\n"]
    row = b"SET transaction_timeout = 0;\n"  # somebody's note, in the middle of the data
    told = list(dumps._understood(iter([*head, row]), version=150000))  # type: ignore[arg-type]
    assert told == [head[0], head[2], row]
    assert list(dumps._understood(iter([*head, row]), version=180000)) == [*head, row]  # type: ignore[arg-type]
