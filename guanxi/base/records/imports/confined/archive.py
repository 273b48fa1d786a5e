"""A packed file, looked at before anything of it is unpacked, and counted while it is."""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO

from .limits import MEMBERS, PACKED, RATIO, RATIO_FROM, UNPACKED, Unfit

CHUNK = 256 * 1024
LOCAL_HEADER = 30
ENCRYPTED = 0x1
MEGABYTE = 1024 * 1024
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


class Archive:
    def __init__(self, file: BinaryIO) -> None:
        if file.seek(0, os.SEEK_END) > PACKED:
            raise Unfit("packed", most=PACKED // MEGABYTE)
        try:
            self.zip = zipfile.ZipFile(file)
        except _DAMAGE:
            raise Unfit("damaged") from None
        self.unpacked = 0
        members = self.zip.infolist()
        _refuse_crowds(members)
        for member in members:
            _refuse_oddities(member)
        _refuse_overlaps(members)
        self.names = {member.filename for member in members}

    def chunks(self, name: str) -> Iterator[bytes]:
        """The member a quarter of a megabyte at a time; what it announces about its size is not believed."""
        size = 0
        try:
            packed = max(1, self.zip.getinfo(name).compress_size)
            with self.zip.open(name) as member:
                while chunk := member.read(CHUNK):
                    size += len(chunk)
                    self._count(size, len(chunk), packed)
                    yield chunk
        except KeyError:
            raise Unfit("damaged") from None
        except _DAMAGE:
            raise Unfit("damaged") from None

    def _count(self, size: int, more: int, packed: int) -> None:
        self.unpacked += more
        if self.unpacked > UNPACKED:
            raise Unfit("unpacked", most=UNPACKED // MEGABYTE)
        if size > RATIO_FROM and size > RATIO * packed:
            raise Unfit("bomb")


def _refuse_crowds(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MEMBERS:
        raise Unfit("members", most=MEMBERS)
    if len({member.filename.casefold() for member in members}) < len(members):
        raise Unfit("damaged")


def _refuse_oddities(member: zipfile.ZipInfo) -> None:
    name = member.orig_filename
    is_elsewhere = name.startswith("/") or "\\" in name or ".." in name.split("/") or ":" in name or "\0" in name
    if is_elsewhere or stat.S_ISLNK(member.external_attr >> 16):
        raise Unfit("names")
    if member.flag_bits & ENCRYPTED:
        raise Unfit("password")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unfit("damaged")


def _refuse_overlaps(members: list[zipfile.ZipInfo]) -> None:
    """Bombs that unpack the same bytes many times."""
    placed = sorted(members, key=lambda member: member.header_offset)
    for member, following in pairwise(placed):
        if member.header_offset + LOCAL_HEADER + member.compress_size > following.header_offset:
            raise Unfit("damaged")
