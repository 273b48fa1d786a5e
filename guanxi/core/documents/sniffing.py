"""What a file is, from its first bytes. What its name or a browser says about it is not asked."""

from __future__ import annotations

import re

HEAD = 8192
UNKNOWN = "application/octet-stream"
TEXT = "text/plain"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_MAGIC: list[tuple[int, bytes, str]] = [
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"\x00\x00\x01\x00", "image/x-icon"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\x00", "application/x-xz"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"MZ", "application/x-msdownload"),
    (0, b"\x7fELF", "application/x-executable"),
    (0, b"\xca\xfe\xba\xbe", "application/java-vm"),
    (0, b"#!", "text/x-script"),
    (257, b"ustar", "application/x-tar"),
]
_BRANDS = {
    b"heic": "image/heic", b"heix": "image/heic", b"hevc": "image/heic", b"mif1": "image/heif", b"msf1": "image/heif",
    b"avif": "image/avif", b"qt  ": "video/quicktime", b"M4A ": "audio/mp4",
}  # fmt: skip
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_PACKED = [
    (b"word/", _OFFICE + "wordprocessingml.document"),
    (b"xl/", _OFFICE + "spreadsheetml.sheet"),
    (b"ppt/", _OFFICE + "presentationml.presentation"),
    (b"OFD.xml", "application/ofd"),
    (b"mimetypeapplication/epub+zip", "application/epub+zip"),
    (b"mimetypeapplication/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
    (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "application/vnd.oasis.opendocument.spreadsheet"),
]
_SVG = re.compile(rb"<(?:[\w-]+:)?svg[\s>]", re.IGNORECASE)
_HTML = re.compile(
    rb"<!doctype\s+html|<(?:html|head|body|script|iframe|object|embed|form|meta|style|link|base|img|a|div|table)[\s/>]",
    re.IGNORECASE,
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# Kinds that hold something a browser would run; never sent out under their own name.
ACTIVE = frozenset({"image/svg+xml", "text/html", "application/xml", "application/xhtml+xml"})
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
# What a phone may open with its own program after saving it; everything else leaves as bytes of no kind.
TOLD = PICTURES | {"application/pdf", *(kind for _mark, kind in _PACKED[:3]), "application/ofd", TEXT}


def detect(head: bytes) -> str:
    """Text that could run wins over magic further back: a file that is two things at once is the worse of them."""
    for look in (_text_that_runs, _magic, _riff, _brand, _pdf, _packed):
        if found := look(head):
            return found
    return TEXT if _reads_as_text(head) else UNKNOWN


def sent_as(detected: str) -> str:
    return detected if detected in TOLD else UNKNOWN


def _magic(head: bytes) -> str:
    return next((kind for at, mark, kind in _MAGIC if head[at : at + len(mark)] == mark), "")


def _riff(head: bytes) -> str:
    return _RIFF.get(head[8:12], "") if head.startswith(b"RIFF") else ""


def _brand(head: bytes) -> str:
    return _BRANDS.get(head[8:12], "video/mp4") if head[4:8] == b"ftyp" else ""


def _pdf(head: bytes) -> str:
    """Readers accept the mark anywhere in the first kilobyte."""
    return "application/pdf" if b"%PDF-" in head[:1024] else ""


def _packed(head: bytes) -> str:
    if not head.startswith(b"PK\x03\x04"):
        return "application/zip" if head.startswith(b"PK\x05\x06") else ""
    return next((kind for mark, kind in _PACKED if mark in head), "application/zip")


def _text_that_runs(head: bytes) -> str:
    text = _plain(head)
    if text is None:
        return ""
    if _SVG.search(text):
        return "image/svg+xml"
    if _HTML.search(text):
        return "text/html"
    return "application/xml" if text.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml") else ""


def _plain(head: bytes) -> bytes | None:
    """The bytes of a text; of UTF-16 only the ASCII in it, which is where tags are."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.replace(b"\0", b"")
    return None if _CONTROL.search(head[:1024]) else head


def _reads_as_text(head: bytes) -> bool:
    text = _plain(head)
    return bool(text) and any(_decodes(head, encoding) for encoding in ("utf-8", "gb18030", "utf-16"))


def _decodes(head: bytes, encoding: str) -> bool:
    """The last character may be cut off."""
    for end in range(4):
        try:
            head[: len(head) - end].decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
