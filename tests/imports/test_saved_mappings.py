"""Columns once assigned are known the next time: by the headers themselves, or under a name, for the whole company."""

from __future__ import annotations

import pytest
from django.test import Client

from guanxi.base.records.imports import mapping
from guanxi.base.records.imports.kinds import KINDS
from guanxi.base.records.imports.models import ImportRun, SavedMapping

from .files import csv_bytes
from .test_wizard import Browse

pytestmark = [pytest.mark.django_db, pytest.mark.req("DAT-01")]
HEADER = ["称呼", "号", "单位名"]


def uploaded(client: Client, *, header: list[str] = HEADER) -> ImportRun:
    from .test_wizard import SimpleUploadedFile

    file = SimpleUploadedFile("x.csv", csv_bytes(["崔强", "13894821993", "长虹"], header=header))
    answer = client.post("/imports", {"kind": "customers", "file": file})
    return ImportRun.objects.get(id=int(answer["Location"].rsplit("/", 1)[1]))


def assigned(client: Client, run: ImportRun) -> None:
    places = {"map-name": "0", "map-phone": "1", "map-company_name": "2"}
    assert client.post(f"/imports/{run.pk}/columns", {"encoding": run.encoding, **places}).status_code == 302


def test_the_same_headers_are_assigned_as_the_last_time_by_anybody(browse: Browse) -> None:
    first = uploaded(browse("manager"))
    assert first.mapping == {}
    assigned(browse("manager"), first)
    assert uploaded(browse("gm")).mapping == {"name": 0, "phone": 1, "company_name": 2}


def test_a_saved_name_offers_the_columns_for_other_headers(browse: Browse) -> None:
    client = browse("manager")
    run = uploaded(client)
    assigned(client, run)
    client.post(f"/imports/{run.pk}/mapping", {"name": "深圳办事处模板"})
    saved = SavedMapping.objects.get(name="深圳办事处模板")
    other = uploaded(browse("gm"), header=["号", "称呼", "别的"])
    page = browse("gm").get(f"/imports/{other.pk}").content.decode()
    assert "深圳办事处模板" in page
    chosen = browse("gm").get(f"/imports/{other.pk}?step=columns&mapping={saved.pk}").content.decode()
    assert 'value="1" selected' in chosen


def test_a_name_is_needed(browse: Browse) -> None:
    client = browse("manager")
    run = uploaded(client)
    assigned(client, run)
    client.post(f"/imports/{run.pk}/mapping", {"name": " "})
    assert not SavedMapping.objects.exclude(name="").exists()


def test_headers_that_look_alike_are_guessed_and_said_to_be(browse: Browse) -> None:
    guessed = mapping.guess(KINDS.get("customers"), ["顾客手机号码", "性别类"], {})
    assert (guessed["phone"], guessed["gender"]) == (0, 1)
    client = browse("manager")
    run = uploaded(client, header=["姓名", "顾客手机号码", "乙"])
    assert "phone" not in run.mapping
    assert "推测" in client.get(f"/imports/{run.pk}").content.decode()
