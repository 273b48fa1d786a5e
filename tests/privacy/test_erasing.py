"""Nothing of an erased person is left anywhere, also after an older backup came back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client

from guanxi.base.audit.models import Entry
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import NotAllowed, Refused
from guanxi.base.kernel.personal import INVENTORY, About
from guanxi.base.org.models import Staff
from guanxi.core.customers.actions import restore_customer
from guanxi.core.customers.models import Contact, Customer
from guanxi.core.documents.models import DocumentVersion
from guanxi.core.documents.storage import store
from guanxi.core.privacy import ledger
from guanxi.core.privacy.actions.erasure import erase_contact, erase_customer, replay_ledger
from guanxi.core.privacy.models import Erasure, SetApart, SetApartKind
from guanxi.domain.archive.models import FileForm, Loan

from .planting import MARK, NAME, PHONE, SOUGHT, Planter, hits, search_words

pytestmark = pytest.mark.django_db
Committing = Callable[..., Any]
# Tables whose only personal fields say who did something, not about whom.
SPEAKS_OF_NOBODY = {"archive_transferitem"}


@pytest.fixture
def planted(staff: Callable[[str], Staff]) -> Planter:
    planter = Planter(staff("rep"))
    planter.everywhere()
    search_words()
    planter.one(Loan).__class__.objects.update(returned_at=planter.one(Loan).created_at)
    SetApart.objects.filter(kind=SetApartKind.LEGAL_HOLD).update(lifted_at=planter.one(Loan).created_at)
    place_file(planter.one(DocumentVersion))
    return planter


def place_file(version: DocumentVersion) -> None:
    stored = store().put(_stream(f"{MARK} on disk".encode()))
    store().put_picture(stored.name, f"{MARK} picture".encode())
    DocumentVersion.objects.filter(pk=version.pk).update(stored=stored.name)


def _stream(content: bytes) -> Any:
    import io

    return io.BytesIO(content)


def hits_on_disk() -> list[str]:
    marks = [mark.encode() for mark in SOUGHT]
    files = [path for path in Path(settings.DATA_DIR).rglob("*") if path.is_file()]
    return [str(path) for path in files if any(mark in path.read_bytes() for mark in marks)]


@pytest.mark.req("SEC-10")
def test_a_canary_in_every_personal_field_is_gone_after_erasing(
    planted: Planter, actor: Callable[[str], Actor], django_capture_on_commit_callbacks: Committing
) -> None:
    about = {t.name for t in INVENTORY if t.about == About.CUSTOMER and t.erased()}
    fields = {f"{t.key}.{n}" for t in INVENTORY if t.about == About.CUSTOMER for n in t.erased()}
    assert len(fields) >= 110
    assert fields <= set(planted.planted)
    assert about <= set(hits()), "every table held a canary before"
    assert len(hits_on_disk()) == 2
    with django_capture_on_commit_callbacks(execute=True):
        certificate = erase_customer(planted.one(Customer).pk, actor=actor("gm"))
    assert hits() == {}
    assert hits_on_disk() == []
    assert set(certificate.counts) >= about - SPEAKS_OF_NOBODY
    assert certificate.digest in set(ledger.written())


@pytest.mark.req("SEC-10")
def test_an_eraser_that_forgets_a_field_is_caught(planted: Planter, actor: Callable[[str], Actor]) -> None:
    table = INVENTORY.get("activities.Activity")
    holed = {name: replace(held, stays=name == "note") for name, held in table.personal.items()}
    with registered(table, replace(table, personal=holed)):
        erase_customer(planted.one(Customer).pk, actor=actor("gm"))
    assert set(hits()) == {"activities_activity"}


@pytest.mark.req("SEC-10")
def test_the_backup_of_yesterday_brings_nobody_back(
    planted: Planter, actor: Callable[[str], Actor], django_capture_on_commit_callbacks: Committing
) -> None:
    """The savepoint is the older database: the file of the ledger lies outside and does not go back with it."""
    yesterday = transaction.savepoint()
    with django_capture_on_commit_callbacks(execute=True):
        certificate = erase_customer(planted.one(Customer).pk, actor=actor("gm"))
    transaction.savepoint_rollback(yesterday)
    assert len(hits()) > 30, "everything is back"
    assert not Erasure.objects.exists()
    assert replay_ledger() == 1
    assert hits() == {}
    assert Erasure.objects.get().digest == certificate.digest
    assert Erasure.objects.get().is_replayed
    assert Entry.objects.filter(name="privacy:customer:erased_again").count() == 1
    assert replay_ledger() == 0


def test_another_person_who_got_the_same_number_is_left_in_peace(
    customer_of: Callable[..., Customer], actor: Callable[[str], Actor], django_capture_on_commit_callbacks: Committing
) -> None:
    first = customer_of("rep")
    before = transaction.savepoint()
    with django_capture_on_commit_callbacks(execute=True):
        erase_customer(first.pk, actor=actor("gm"))
    transaction.savepoint_rollback(before)
    Customer.objects.filter(pk=first.pk).update(created_at=first.created_at.replace(year=2025), name="龙婷")
    assert replay_ledger() == 0
    assert Customer.objects.get(pk=first.pk).name == "龙婷"


def test_a_line_that_a_crash_cut_short_spoils_none_after_it(
    customer_of: Callable[..., Customer], actor: Callable[[str], Actor]
) -> None:
    first, second = (erase_customer(customer_of("rep").pk, actor=actor("gm")) for _n in range(2))
    ledger.write([(first.digest, first.at)])
    cut = ledger.path().read_text()[:-20]
    ledger.path().write_text(cut)
    ledger.write([(second.digest, second.at)])
    assert second.digest in set(ledger.written())


def test_a_disk_that_takes_no_line_fails_no_erasing_that_is_done(
    customer_of: Callable[..., Customer],
    actor: Callable[[str], Actor],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Committing,
) -> None:
    def is_full(*_lines: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ledger, "write", is_full)
    with django_capture_on_commit_callbacks(execute=True):
        certificate = erase_customer(customer_of("rep").pk, actor=actor("gm"))
    monkeypatch.undo()
    assert certificate.digest not in set(ledger.written())
    assert ledger.keep_up() >= 1
    assert certificate.digest in set(ledger.written())


def test_the_ledger_names_nobody_and_catches_up_after_a_crash(
    customer_of: Callable[..., Customer], actor: Callable[[str], Actor]
) -> None:
    customer = customer_of("rep", name="崔强")
    certificate = erase_customer(customer.pk, actor=actor("gm"))
    assert certificate.digest not in set(ledger.written()), "the process died before the line was written"
    assert ledger.keep_up() == 1
    assert ledger.keep_up() == 0
    text = ledger.path().read_text()
    assert certificate.digest in text
    assert "崔强" not in text
    assert customer.number not in text


def test_a_lent_file_and_a_legal_hold_stand_in_the_way(
    planted: Planter, actor: Callable[[str], Actor], staff: Callable[[str], Staff]
) -> None:
    customer = planted.one(Customer)
    Loan.objects.update(returned_at=None, removed_at=None)
    with pytest.raises(Refused) as refused:
        erase_customer(customer.pk, actor=actor("gm"))
    assert "1" in str(refused.value.message)
    Loan.objects.update(returned_at=customer.created_at)
    SetApart.objects.all().delete()
    SetApart.objects.create(
        customer=customer, kind=SetApartKind.LEGAL_HOLD, why="诉讼", since=customer.created_at, staff=staff("gm")
    )
    with pytest.raises(Refused) as refused:
        erase_customer(customer.pk, actor=actor("gm"))
    assert "诉讼" in str(refused.value.message)
    assert len(hits()) > 30


@pytest.mark.req("SEC-10")
def test_a_contact_is_erased_and_the_organisation_stays(
    customer_of: Callable[..., Customer], actor: Callable[[str], Actor]
) -> None:
    firm = customer_of("rep", name="锦江大学", kind="organisation")
    contact = Contact.objects.create(customer=firm, name="龙婷婷", phone="13877009911", position="院长")
    firm.refresh_from_db()
    erase_contact(contact.pk, actor=actor("gm"))
    contact.refresh_from_db()
    firm.refresh_from_db()
    assert (contact.name, contact.phone, contact.position) == ("—", "", "")
    assert (firm.name, firm.removed_at) == ("锦江大学", None)


def test_nobody_erases_without_the_right(customer_of: Callable[..., Customer], actor: Callable[[str], Actor]) -> None:
    customer = customer_of("rep")
    for login in ("rep", "manager", "admin", "service"):
        with pytest.raises(NotAllowed):
            erase_customer(customer.pk, actor=actor(login))


def test_what_is_left_cannot_be_restored_and_its_neighbours_stay(
    customer_of: Callable[..., Customer], actor: Callable[[str], Actor]
) -> None:
    erased, homonym = customer_of("rep", name="崔强"), customer_of("rep", name="崔强", remark="另一位")
    erase_customer(erased.pk, actor=actor("gm"))
    with pytest.raises(NotAllowed):
        restore_customer(erased.pk, actor=actor("gm"))
    homonym.refresh_from_db()
    assert (homonym.name, homonym.remark) == ("崔强", "另一位")
    assert homonym.removed_at is None


def test_the_seals_of_the_trail_hold_after_erasing(
    customer_of: Callable[..., Customer], actor: Callable[[str], Actor]
) -> None:
    customer = customer_of("rep", name="崔强")
    erase_customer(customer.pk, actor=actor("gm"))
    entry = Entry.objects.get(kind="customer", subject_id=customer.pk, name="customers:customer:created")
    assert entry.personal == {}
    assert entry.personal_salt is None
    assert entry.personal_digest


def test_words_waiting_in_a_session_go(
    client: Client, customer_of: Callable[..., Customer], actor: Callable[[str], Actor]
) -> None:
    customer = customer_of("rep", name="崔强")
    session = client.session
    session["toasts"] = [{"text": "崔强 is saved."}]
    session.save()
    erase_customer(customer.pk, actor=actor("gm"))
    assert "toasts" not in Session.objects.get(session_key=session.session_key).get_decoded()


def test_words_go_from_sessions_that_ran_out_too(
    client: Client, customer_of: Callable[..., Customer], actor: Callable[[str], Actor]
) -> None:
    session = client.session
    session["toasts"] = [{"text": "崔强 is saved."}]
    session.save()
    Session.objects.update(expire_date=clock.now() - timedelta(minutes=1))
    erase_customer(customer_of("rep", name="崔强").pk, actor=actor("gm"))
    assert "toasts" not in Session.objects.get(session_key=session.session_key).get_decoded()


def test_a_session_that_ends_meanwhile_stops_no_erasing(
    monkeypatch: pytest.MonkeyPatch,
    client: Client,
    customer_of: Callable[..., Customer],
    actor: Callable[[str], Actor],
) -> None:
    session = client.session
    session["toasts"] = [{"text": "崔强 is saved."}]
    session.save()
    customer = customer_of("rep", name="崔强")
    decoded = Session.get_decoded

    def as_its_owner_signs_out(self: Session) -> dict[str, Any]:
        Session.objects.filter(pk=self.pk).delete()
        return decoded(self)

    monkeypatch.setattr(Session, "get_decoded", as_its_owner_signs_out)
    assert erase_customer(customer.pk, actor=actor("gm")).counts["customers_customer"] == 1


@pytest.mark.parametrize("statement", ["UPDATE privacy_erasure SET who = ''", "DELETE FROM privacy_erasure"])
def test_certificates_stay(statement: str, customer_of: Callable[..., Customer], actor: Callable[[str], Actor]) -> None:
    erase_customer(customer_of("rep").pk, actor=actor("gm"))
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


class registered:
    """Another declaration in place of the registered one."""

    def __init__(self, real: Any, other: Any) -> None:
        self.real, self.other = real, other

    def __enter__(self) -> None:
        INVENTORY.remove(self.real.key)
        INVENTORY.add(self.other)

    def __exit__(self, *error: object) -> None:
        INVENTORY.remove(self.other.key)
        INVENTORY.add(self.real)


__all__ = ["NAME", "PHONE", "FileForm", "Iterator"]
