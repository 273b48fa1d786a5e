"""Files where none are taken: they never reach the disk, and the form is read as if they were not there."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files import uploadhandler
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guanxi.base.records.imports import uploads
from guanxi.base.ui.bodies import NoFiles
from tests.access.matrix import CELLS
from tests.access.routes import every_route

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-06")]
FILES = {"ui:theme": "/theme", "account_login": "/sign-in", "org:register": "/register"}
# All that take files; another view says so in its urls, and here.
TAKES = {
    "records:imports", "documents:record", "documents:replace", "activities:log",
    "rulebooks:rulebook-new", "rulebooks:rulebook-draft",
}  # fmt: skip


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of files that were put on the disk."""
    names: list[str] = []
    real = uploadhandler.TemporaryUploadedFile

    def noted(name: str, *more: Any) -> Any:
        names.append(name)
        return real(name, *more)

    monkeypatch.setattr(uploadhandler, "TemporaryUploadedFile", noted)
    return names


def send(address: str) -> int:
    return Client().post(address, {"file": SimpleUploadedFile("a.bin", b"x" * 3_000_000), "next": "/"}).status_code


@pytest.mark.parametrize("name", FILES)
def test_a_file_where_none_is_taken_never_reaches_the_disk(written: list[str], name: str) -> None:
    assert send(FILES[name]) in (200, 302, 403, 422)
    assert written == []


def test_without_the_layer_it_would_be_found(written: list[str], settings: Any) -> None:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.endswith("Bodies")]
    send("/theme")
    assert written == ["a.bin"]


def test_only_views_that_say_so_take_files() -> None:
    """Among the addresses that the access matrix knows, so none is overlooked."""
    known = {cell.route for cell in CELLS}
    takes = {route.name for route in every_route() if getattr(route.view, "takes_files", False)}
    assert takes == TAKES
    assert takes < known
    assert issubclass(uploads.LimitedUpload, uploadhandler.TemporaryFileUploadHandler)
    assert not issubclass(NoFiles, uploadhandler.TemporaryFileUploadHandler)
