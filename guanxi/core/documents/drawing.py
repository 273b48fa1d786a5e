"""Small pictures of what was uploaded, made by a confined process; one that cannot be drawn stays a plain file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from .models import DocumentVersion, Scan, Thumbnail
from .storage import Damaged, store, verified

MODULE = "guanxi.core.documents.pictures"
ROOT = Path(__file__).parents[3]
WALL_SECONDS = 30
MOST_BYTES = 512 * 1024
AT_ONCE = 50


@app.task(name="documents:draw", queue="upkeep", queueing_lock="documents:draw")
def draw_pictures() -> None:
    draw_waiting()


def draw_soon() -> None:
    """After the commit: a job that waits already will see these, too."""
    try:
        with transaction.atomic():
            draw_pictures.defer()
    except AlreadyEnqueued:
        return


def draw_waiting() -> int:
    """Safe to run twice, and beside another: each picture is the same again."""
    drawn = 0
    # Not before the scanner has spoken: drawing means opening.
    passed = DocumentVersion.objects.filter(thumbnail=Thumbnail.WAITING, scan__in=[Scan.NONE, Scan.CLEAN])
    while waiting := list(passed.order_by("id")[:AT_ONCE]):
        for version in waiting:
            draw(version)
            drawn += 1
    return drawn


def draw(version: DocumentVersion) -> None:
    picture = picture_of(version)
    if picture:
        store().put_picture(version.stored, picture)
    state = Thumbnail.MADE if picture else Thumbnail.NONE
    DocumentVersion.objects.filter(id=version.pk).update(thumbnail=state)


def picture_of(version: DocumentVersion) -> bytes | None:
    try:
        with verified(version.stored, version.sha256) as file:
            return drawn_apart(file)
    except Damaged:
        return None


def drawn_apart(file: BinaryIO, *, seconds: float = WALL_SECONDS) -> bytes | None:
    """None when it is no picture, too large a one, or takes too long."""
    source = os.open(f"/proc/self/fd/{file.fileno()}", os.O_RDONLY | os.O_CLOEXEC)
    try:
        # Our interpreter and our module, an empty environment, and nothing of ours but the file.
        done = subprocess.run(  # noqa: S603  (our own program, no words of the file)
            [sys.executable, "-E", "-s", "-B", "-X", "utf8", "-m", MODULE],
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd=ROOT,
            close_fds=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    finally:
        os.close(source)
    is_ours = done.returncode == 0 and done.stdout.startswith(b"\xff\xd8\xff") and len(done.stdout) <= MOST_BYTES
    return done.stdout if is_ours else None
