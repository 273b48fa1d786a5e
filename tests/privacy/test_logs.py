"""No person and no secret gets into a log, the figures or the doctor's report: a whole session of a real installation,
with refusals, crashes and failing jobs in it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from django.conf import settings

from guanxi.edge.ops.logs import Formatter, Scrubbed
from tests.installation import DEMO_PASSWORD, Installation, installed, until

NAME, PHONE, ADDRESS = "金丝雀柒", "13877015501", "雀鸣街七百零一号"
HEALTH, WRONG, TYPED = "雀有旧疾不可外传", "wrong-Canary-7701", "雀查询词句"
CANARIES = (NAME, PHONE, ADDRESS, HEALTH, WRONG, TYPED, DEMO_PASSWORD)
REPRESENTATIVE = "qiuyuan"


def found_in(text: str, secrets: tuple[str, ...]) -> list[str]:
    """As written, as addresses and JSON escape it, and in the bytes of UTF-8."""
    forms = {
        secret: {
            secret,
            json.dumps(secret).strip('"'),
            httpx.QueryParams({"q": secret}).__str__()[2:],
            repr(secret.encode()),
        }
        for secret in secrets
    }
    return [secret for secret, written in forms.items() if any(form in text for form in written)]


class Session:
    """A browser without a screen."""

    def __init__(self, here: Installation) -> None:
        self.http = httpx.Client(base_url=here.address, timeout=30)

    def post(self, path: str, **data: str) -> httpx.Response:
        self.http.get("/sign-in")
        token = next((c.value for c in self.http.cookies.jar if "csrf" in c.name), "")
        headers = {"X-CSRFToken": token or "", "Referer": str(self.http.base_url)}
        return self.http.post(path, data=data, headers=headers)

    @property
    def secrets(self) -> tuple[str, ...]:
        return tuple(c.value or "" for c in self.http.cookies.jar if "session" in c.name)


@pytest.fixture(scope="module")
def lived() -> Iterator[tuple[Installation, tuple[str, ...], dict[str, int]]]:
    with installed() as here:
        session, seen = Session(here), {}
        seen["wrong"] = session.post("/sign-in", login=REPRESENTATIVE, password=WRONG).status_code
        seen["signed in"] = session.post("/sign-in", login=REPRESENTATIVE, password=DEMO_PASSWORD).status_code
        person = {"kind": "person", "name": NAME, "phone": PHONE, "address": ADDRESS, "status": "potential"}
        seen["created"] = session.post("/customers/new", **person, remark=HEALTH).status_code
        seen["duplicate"] = session.post("/customers/new", **person).status_code
        seen["searched"] = session.http.get("/search", params={"q": TYPED}).status_code
        seen["asked"] = session.http.get("/customers", params={"q": PHONE}).status_code
        seen["nowhere"] = session.http.get(f"/{NAME}/{PHONE}").status_code
        (customer,) = here.row("SELECT max(id) FROM customers_customer WHERE phone = %s", PHONE)
        seen["contact"] = session.post(
            f"/customers/{customer}/log", kind="call", result="reached", note=HEALTH
        ).status_code
        token = here.token(REPRESENTATIVE)
        api = httpx.Client(base_url=f"{here.address}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=30)
        seen["api"] = api.post("/customers", json=person).status_code
        seen["api unknown"] = api.get(f"/customers?q={PHONE}").status_code
        seen["database refused"] = refused_by_the_database(here)
        seen["crashed"] = crashed(here, session, customer)
        failing_job(here)
        yield here, (*CANARIES, *session.secrets, token), seen


COPY = """INSERT INTO customers_customer SELECT (jsonb_populate_record(c, '{"id": -1, "number": "K-1"}')).*
FROM customers_customer c WHERE phone = %s"""


def refused_by_the_database(here: Installation) -> int:
    """The same person twice: the server's own words hold the number, its log must not. It stands in the statement."""
    with here.database() as db:
        try:
            db.execute(COPY.replace("%s", f"'{PHONE}'"))
        except psycopg.errors.UniqueViolation as refusal:
            return int(PHONE in str(refusal))
    return 0


def crashed(here: Installation, session: Session, customer: int) -> int:
    """A table that is gone for a moment: the card of the person ends in an error of ours."""
    with here.database() as db:
        db.execute("ALTER TABLE privacy_consent RENAME TO privacy_consent_gone")
    try:
        return session.http.get(f"/customers/{customer}").status_code
    finally:
        with here.database() as db:
            db.execute("ALTER TABLE privacy_consent_gone RENAME TO privacy_consent")


def failing_job(here: Installation) -> None:
    with here.database() as db:
        row = db.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, status)"
            " VALUES ('exports', 'records:run_export', 0, '{\"run_id\": 0}', 'todo') RETURNING id"
        ).fetchone()
    assert row
    sql = "SELECT count(*) FROM procrastinate_jobs WHERE id = %s AND status IN ('todo', 'doing')"
    until(lambda: here.row(sql, row[0]) == (0,), seconds=60)


def logs_of(here: Installation) -> dict[str, str]:
    """Web (with its accesses), worker, preparation and the database server."""
    files = [*(here.data / "logs").glob("*.log"), here.data / "postgres" / "postgres.log"]
    return {path.stem: path.read_text(errors="replace") for path in files}


@pytest.mark.req("SEC-01", "SEC-10")
def test_a_whole_session_leaves_no_person_and_no_secret_in_any_log(
    lived: tuple[Installation, tuple[str, ...], dict[str, int]],
) -> None:
    here, secrets, seen = lived
    assert seen == {
        "wrong": 422,
        "signed in": 302,
        "created": 302,
        "duplicate": 422,
        "searched": 200,
        "asked": 200,
        "nowhere": 404,
        "contact": 302,
        "api": 422,
        "api unknown": 200,
        "database refused": 1,
        "crashed": 500,
    }
    assert len(secrets) >= 9
    logs = logs_of(here)
    assert set(logs) >= {"web", "worker", "prepare", "postgres"}
    for trace in (
        "POST /sign-in 422",
        "POST /customers/new 302",
        "GET /customers/<int:record_id> 500",
        "UndefinedTable",
    ):
        assert trace in logs["web"], f"the session did not reach the log: {trace}"
    assert "DoesNotExist" in logs["worker"], "the failing job was heard of"
    assert "ERROR" in logs["postgres"], "the server's log was looked into"
    logs["metrics"] = metrics_of(here)
    logs["doctor"] = json.dumps(here.command("doctor", may_find_faults=True), ensure_ascii=False)
    assert {name: found_in(text, secrets) for name, text in logs.items()} == {name: [] for name in logs}


def metrics_of(here: Installation) -> str:
    return httpx.get(f"{here.address}/metrics").text


def logged(message: str, *, error: Exception | None = None) -> str:
    """What the product's own sink makes of it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Formatter("{asctime} {levelname} {name} {message}", style="{"))
    handler.addFilter(Scrubbed())
    log = logging.getLogger("guanxi.planted")
    log.addHandler(handler)
    try:
        log.warning(message, exc_info=error)
    finally:
        log.removeHandler(handler)
    return stream.getvalue()


def test_a_line_that_names_a_customer_is_caught() -> None:
    assert found_in(logged(f"saved {NAME}"), CANARIES) == [NAME]
    assert found_in(logged(json.dumps({"name": NAME})), CANARIES) == [NAME]
    assert found_in(logged(f"GET {httpx.QueryParams({'q': NAME})}"), CANARIES) == [NAME]
    assert found_in(logged("nothing"), CANARIES) == []


def test_the_text_of_an_exception_stays_out() -> None:
    try:
        raise ValueError(f"{PHONE} exists")
    except ValueError as problem:
        written = logged("refused", error=problem)
    assert "ValueError" in written
    assert found_in(written, CANARIES) == []


def test_every_handler_of_the_product_is_the_redacting_one() -> None:
    handlers = settings.LOGGING["handlers"]
    assert {one["formatter"] for one in handlers.values()} == {"line"}
    assert all("scrubbed" in one["filters"] for one in handlers.values())
    assert Path(settings.ROOT).exists()
