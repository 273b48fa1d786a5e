"""A disk that runs short stops what fills it, in words, before PostgreSQL has to; everything else goes on (F-31)."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from config import env
from guanxi.base.audit.models import Entry
from guanxi.base.kernel import space
from guanxi.base.kernel.actor import Actor
from guanxi.base.records.asked import Asked
from guanxi.base.records.exports.actions import ask_export
from guanxi.base.records.exports.asking import Wanted
from guanxi.base.records.exports.models import ExportRun
from guanxi.base.records.imports.actions import upload_file
from guanxi.base.records.imports.kinds import KINDS
from guanxi.base.records.imports.models import ImportRun
from guanxi.core.customers.models import Customer
from guanxi.core.customers.screens.customer import CUSTOMERS
from guanxi.core.documents.actions import Incoming, attach_files
from guanxi.core.documents.models import Document
from guanxi.core.messaging.models import Message
from guanxi.edge.ops import doctor, metrics, room
from guanxi.edge.ops.backups.asking import ask
from guanxi.edge.ops.backups.models import BackupRun
from guanxi.edge.ops.installation import Installation

pytestmark = [pytest.mark.django_db, pytest.mark.req("OPS-17")]
ActorOf = Callable[[str], Actor]
WANTED = Wanted(format="csv", purpose="年度盘点")


@pytest.fixture(autouse=True)
def looked_at_anew() -> Iterator[None]:
    space.look_again()
    yield
    space.look_again()


@pytest.fixture
def short(looked_at_anew: None) -> Iterator[None]:
    """More must stay free than any disk has."""
    with override_settings(SPACE_LEAST_BYTES=2**60):
        space.look_again()
        yield


def upload(who: Actor) -> ImportRun:
    file = io.BytesIO("姓名,电话,活动,日期\n崔强,13894820001,秋季,2026-11-01\n".encode())
    return upload_file(file, name="a.csv", size=file.getbuffer().nbytes, kind=KINDS.get("file-forms"), actor=who)


def test_files_imports_and_exports_rest_and_nothing_of_them_is_left(
    actor: ActorOf, customer_of: Callable[..., Customer], short: None
) -> None:
    customer = customer_of("rep")
    attempts: list[Callable[[], object]] = [
        lambda: attach_files("customer", customer.pk, [Incoming("a.txt", 3, io.BytesIO(b"abc"))], actor=actor("rep")),
        lambda: upload(actor("manager")),
        lambda: ask_export(CUSTOMERS, Asked(), WANTED, actor=actor("manager")),
    ]
    for attempt in attempts:
        with pytest.raises(space.NoRoom) as refused:
            attempt()
        assert (refused.value.status, refused.value.code) == (507, "no_room")
        assert "must stay free" in str(refused.value.message) or "须留出" in str(refused.value.message)
    assert (Document.objects.count(), ImportRun.objects.count(), ExportRun.objects.count()) == (0, 0, 0)


def test_the_same_steps_go_through_with_room(actor: ActorOf, customer_of: Callable[..., Customer]) -> None:
    customer = customer_of("rep")
    assert attach_files("customer", customer.pk, [Incoming("a.txt", 3, io.BytesIO(b"abc"))], actor=actor("rep"))
    assert upload(actor("manager")).pk
    assert ask_export(CUSTOMERS, Asked(), WANTED, actor=actor("manager")).pk


@pytest.mark.parametrize(("language", "words"), [("en", "must stay free"), ("zh-hans", "须留出")])
def test_the_page_says_where_why_and_what_now(
    browse: Callable[[str], Client], customer_of: Callable[..., Customer], short: None, language: str, words: str
) -> None:
    customer, client = customer_of("rep"), browse("rep")
    client.cookies["guanxi_language"] = language
    file = SimpleUploadedFile("a.txt", b"abc")
    answer = client.post(f"/documents/on/customer/{customer.pk}", {"file": file, "op_key": "x"})
    assert (answer.status_code, words in answer.content.decode()) == (507, True)
    # Reading and ordinary writing go on.
    assert client.get(f"/customers/{customer.pk}").status_code == 200
    assert customer_of("rep").pk


def test_who_keeps_the_house_sees_a_banner_and_hears_of_it_once_a_day(
    browse: Callable[[str], Client], actor: ActorOf, short: None
) -> None:
    room.tell_of_space()
    room.tell_of_space()
    told = Message.objects.filter(kind=room.SHORT)
    assert set(told.values_list("recipient__account__login", flat=True)) >= {"admin"}
    assert Entry.objects.filter(name="ops:space:found_short").count() == 1
    for login, sees in (("admin", True), ("rep", False)):
        client = browse(login)
        client.cookies["guanxi_language"] = "en"
        assert ("must stay free" in client.get("/").content.decode()) is sees


def test_with_room_nobody_hears_anything(browse: Callable[[str], Client]) -> None:
    room.tell_of_space()
    assert not Message.objects.filter(kind=room.SHORT).exists()
    client = browse("admin")
    client.cookies["guanxi_language"] = "en"
    assert "must stay free" not in client.get("/").content.decode()


def test_doctor_and_metrics_tell_it(short: None) -> None:
    finding = doctor.disk(Installation.from_environment())
    assert not finding.is_fine
    text = metrics.text()
    assert all(f'guanxi_disk_short{{place="{place}"}} 1' in text for place in space.PLACES)


def test_each_step_asks_only_about_the_disks_it_writes_to(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    full = space.Volume("backups", free=0, total=100)
    monkeypatch.setattr(space, "volumes", lambda: [full])
    with override_settings(SPACE_LEAST_BYTES=1):
        space.require("upload")
        with pytest.raises(space.NoRoom):
            space.require("backup")
    assert set(space.NEEDS) == {"import", "upload", "export", "backup"}


def test_the_larger_of_the_two_limits_counts() -> None:
    with override_settings(SPACE_LEAST_PERCENT=10, SPACE_LEAST_BYTES=2 * 1024**3):
        assert space.Volume("data", free=3, total=100 * 1024**3).least == 10 * 1024**3
        assert space.Volume("data", free=3, total=5 * 1024**3).least == 2 * 1024**3


def test_asking_again_and_again_looks_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[object] = []
    real = os.statvfs
    monkeypatch.setattr(os, "statvfs", lambda path: looks.append(path) or real(path))
    space.look_again()
    first = len(looks)
    assert first >= len(space.PLACES)
    for _time in range(1000):
        space.require("upload")
    assert len(looks) == first


def test_a_place_that_is_not_there_yet_lies_on_the_disk_of_its_folder(tmp_path: Path) -> None:
    with override_settings(SPACE_PLACES={"data": tmp_path / "not" / "yet"}):
        assert space.look_again()[0].total > 0


class TestFarBackups:
    """The folder of backups may lie on another disk, or on another machine that falls silent."""

    @pytest.mark.parametrize(
        ("target", "place"), [("/mnt/backups", "/mnt/backups"), ("", "{}/backups"), ("s3://crm/one", "{}/backups")]
    )
    def test_it_is_looked_at_where_it_lies(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, place: str
    ) -> None:
        monkeypatch.setenv("BACKUP_TARGET", target)
        assert env.backup_folder(tmp_path) == Path(place.format(tmp_path))

    def test_a_short_one_rests_backups_alone(self, monkeypatch: pytest.MonkeyPatch, actor: ActorOf) -> None:
        real, far = os.statvfs, Path("/far/backups")
        full = SimpleNamespace(f_bavail=0, f_frsize=4096, f_blocks=1000)
        monkeypatch.setattr(os, "statvfs", lambda path: full if path == far else real(path))
        places = {**settings.SPACE_PLACES, "backups": far}
        with override_settings(SPACE_PLACES=places, SPACE_LEAST_BYTES=1):
            space.look_again()
            space.require("upload")
            with pytest.raises(space.NoRoom):
                ask("full", actor=actor("admin"))
            assert not BackupRun.objects.exists()
        space.look_again()
        assert ask("full", actor=actor("admin")).state == "waiting"

    def test_one_that_never_answers_stops_nobody(self, monkeypatch: pytest.MonkeyPatch) -> None:
        real, far, answers = os.statvfs, Path("/far/backups"), threading.Event()
        asked: list[Path] = []

        def hangs(path: Path) -> os.statvfs_result:
            if path == far:
                asked.append(path)
                answers.wait(30)
                return real("/")
            return real(path)

        monkeypatch.setattr(os, "statvfs", hangs)
        monkeypatch.setattr(space, "LONGEST_LOOK", 0.05)
        with override_settings(SPACE_PLACES={"data": Path("/"), "backups": far}):
            assert [volume.place for volume in space.look_again()] == ["data"]
            assert [volume.place for volume in space.look_again()] == ["data"]
            assert len(asked) == 1, "one look waits, and no more are begun"
            answers.set()
            space._looking["backups"].join(10)
            assert [volume.place for volume in space.look_again()] == ["data", "backups"]
