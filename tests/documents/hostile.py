"""Names and contents that people, programs and attackers bring."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

from .conftest import picture

BIDI = "\u202e"
NAMES: dict[str, str] = {
    "reading order turned": f"photo{BIDI}gpj.exe",
    "reading order isolated": "a\u2066b\u2069c.txt",
    "left to right mark": "a\u200eb.txt",
    "zero width": "a\u200bb\ufeff.txt",
    "quotes": 'a"; filename="evil.html',
    "single quotes": "a'b''c.txt",
    "line break": "a\r\nSet-Cookie: x=1\r\n\r\n<b>.txt",
    "line feed": "a\nb.txt",
    "line separator": "a\u2028b\u2029c.txt",
    "tab": "a\tb.txt",
    "nothing": "",
    "blanks": "   ",
    "dots": "...",
    "zero": "a\0b.txt",
    "control": "a\x01\x1f\x7f\x85b.txt",
    "half a pair": "a\ud800b.txt",
    "long Chinese": "档案" * 200 + ".pdf",
    "long without ending": "档" * 600,
    "long ending": "a." + "b" * 300,
    "rare characters": "䶮㐀𠮷.txt",
    "composed": "e\u0301\u0301\u0301.txt",
    "emoji": "👨‍👩‍👧‍👦.png",
    "right to left": "שלום.txt",
    "device": "CON",
    "device with ending": "nul.txt",
    "device with number": "com1.log",
    "device with a superscript": "LPT²",
    "device spaced": "aux .txt",
    "up": "../../../etc/passwd",
    "up on Windows": "..\\..\\windows\\system.ini",
    "absolute": "/etc/shadow",
    "drive": "C:\\boot.ini",
    "share": "\\\\server\\share\\x",
    "stream": "a.txt:hidden",
    "wildcards": "a*?<>|.txt",
    "script": "<script>alert(1)</script>.png",
    "image tag": '"><img src=x onerror=alert(1)>.png',
    "template": "{{7*7}}{% raw %}.txt",
    "shell": "$(reboot);`id`|x&.txt",
    "sql": "'; DROP TABLE documents_document; --.txt",
    "percent": "%2e%2e%2f%00.txt",
    "formula": "=cmd|'/c calc'!A1.csv",
    "trailing dot": "a.txt.",
    "trailing blank": "a.txt ",
    "hidden": ".htaccess",
    "two endings": "a.pdf.exe",
    "encoded word": "=?utf-8?B?ZXZpbA==?=.txt",
    "full width": "ａ／ｂ．ｈｔｍｌ",
    "private use": "a\ue000b.txt",
}


def png_that_says(width: int, height: int) -> bytes:
    """A header that promises much, and nothing behind it."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


def gif_that_says(width: int, height: int) -> bytes:
    return (
        b"GIF89a"
        + struct.pack("<HH", width, height)
        + b"\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0"
        + struct.pack("<HH", width, height)
        + b"\0\x02\x02D\x01\0;"
    )


def exif_bomb() -> bytes:
    """Directories of EXIF that point at themselves, and counts no file could hold."""
    entry = struct.pack(">HHII", 0x8769, 4, 1, 8)
    tiff = (
        b"MM\0*"
        + struct.pack(">I", 8)
        + struct.pack(">H", 2)
        + entry
        + struct.pack(">HHII", 0x010E, 2, 0xFFFFFFFF, 8)
        + struct.pack(">I", 8)
    )
    body = b"Exif\0\0" + tiff
    plain = picture(form="JPEG")
    return plain[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + plain[2:]


def with_place() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "SECRETPLACE"
    exif[0x0112] = 6
    return picture(60, 20, form="JPEG", exif=exif.tobytes())


def many_frames() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (16, 16), (n % 255, 0, 0)) for n in range(300)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


SCRIPT = b"<script>alert(document.cookie)</script>"
# name: (content, what it is taken for)
CONTENTS: dict[str, tuple[bytes, str]] = {
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "image/svg+xml"),
    "svg after xml": (b'<?xml version="1.0"?><!DOCTYPE svg><svg onload="alert(1)"/>', "image/svg+xml"),
    "svg behind a comment": (b"<!-- " + b"x" * 900 + b' --><svg onload="alert(1)"/>', "image/svg+xml"),
    "svg with a prefix": (b'<x:svg xmlns:x="http://www.w3.org/2000/svg"/>', "image/svg+xml"),
    "svg in utf-16": ("<svg onload='alert(1)'/>".encode("utf-16"), "image/svg+xml"),
    "html": (b"<!DOCTYPE html><html><body>" + SCRIPT, "text/html"),
    "html without a head": (b"hello " + SCRIPT, "text/html"),
    "html in capitals": (b"<ScRiPt>alert(1)</ScRiPt>", "text/html"),
    "html after blanks": (b"\n \t\xef\xbb\xbf<html>" + SCRIPT, "text/html"),
    "html that begins as gif": (b"GIF89a/*" + SCRIPT + b"*/", "text/html"),
    "html that begins as bmp": (b"BM" + SCRIPT, "text/html"),
    "html that begins as pdf": (b"%PDF-1.4\n" + SCRIPT, "text/html"),
    "html that begins as a script": (b"#!/bin/sh\n<html>", "text/html"),
    "xml with a style sheet": (b'<?xml version="1.0"?><?xml-stylesheet href="x.xsl"?><a1/>', "application/xml"),
    "xml with entities": (b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "aaaa">]><z>&a;</z>', "application/xml"),
    "pdf with script": (b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>", "application/pdf"),
    "pdf behind rubbish": (b"\x00\x01rubbish" * 20 + b"%PDF-1.4", "application/pdf"),
    "jpeg with html": (picture(form="JPEG") + SCRIPT, "image/jpeg"),
    "png with html": (picture() + b"<html>" + SCRIPT, "image/png"),
    "gif with zip": (many_frames()[:400] + b"PK\x05\x06" + b"\0" * 18, "image/gif"),
    "zip": (b"PK\x03\x04" + b"\0" * 40, "application/zip"),
    "empty zip": (b"PK\x05\x06" + b"\0" * 18, "application/zip"),
    "program": (b"MZ" + b"\0" * 100, "application/x-msdownload"),
    "program elsewhere": (b"\x7fELF" + b"\0" * 60, "application/x-executable"),
    "shell script": (b"#!/bin/sh\nrm -rf /\n", "text/x-script"),
    "old office": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "application/x-ole-storage"),
    "text in Chinese": ("会议纪要：今天讨论了三件事。".encode(), "text/plain"),
    "text in GB18030": ("会议纪要：今天讨论了三件事。".encode("gb18030"), "text/plain"),
    "noughts": (b"\0" * 5000, "application/octet-stream"),
    "noise": (bytes((n * 7919 + n * n) % 256 for n in range(4000)), "application/octet-stream"),
    "heic": (b"\0\0\0\x18ftypheic" + b"\0" * 40, "image/heic"),
    "film": (b"\0\0\0\x18ftypisom" + b"\0" * 40, "video/mp4"),
    "sound": (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"),
    "a single byte": (b"x", "text/plain"),
    "mp3": (b"ID3\x03\0\0\0\0\0\0", "audio/mpeg"),
}
# Pictures that are kept and never drawn.
UNDRAWN: dict[str, bytes] = {
    "50,000 by 50,000": png_that_says(50_000, 50_000),
    "a gif of 65,535 by 65,535": gif_that_says(65_535, 65_535),
    "a strip without end": png_that_says(1, 2_000_000_000),
    "cut off": picture(400, 400, form="JPEG")[:200],
    "a mark alone": b"\x89PNG\r\n\x1a\n",
    "a jpeg of rubbish": b"\xff\xd8\xff" + b"rubbish" * 100,
    "a gif of nothing": b"GIF89a" + b"\0" * 50,
    "a webp of nothing": b"RIFF\x10\0\0\0WEBPVP8 " + b"\0" * 30,
}
