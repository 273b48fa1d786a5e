"""A mark on each page of a PDF: across the page and in its foot. The pages themselves are not read, only added to."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from itertools import product
from math import hypot
from typing import BinaryIO

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

from .asked import Asked, Locked, TooMuch

MOST_PAGES = 2000
NAME = "/GuanxiMark"
KEPT, PUT_BACK = re.compile(rb"(?<!\S)q(?!\S)"), re.compile(rb"(?<!\S)Q(?!\S)")
# Rows across the page, from its foot to its head.
ROWS = (0.24, 0.5, 0.76)
STEEP = 0.45
SHADES = ((1, 0.05), (0.2, 0))
Size = tuple[float, float]
Matrix = tuple[float, float, float, float, float, float]


def practise() -> None:
    """Marks one of each, so that everything is loaded: nothing can be opened later."""
    for password in (None, "x"):
        out = PdfWriter()
        out.add_blank_page(200, 100)
        if password:
            out.encrypt("", password, algorithm="AES-256")
        made = io.BytesIO()
        out.write(made)
        made.seek(0)
        marked(made, Asked("", "x", "x"))


def marked(file: BinaryIO, asked: Asked) -> io.BytesIO:
    reader = PdfReader(io.BytesIO(file.read()))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Locked
    if len(reader.pages) > MOST_PAGES:
        raise TooMuch
    writer = PdfWriter(clone_from=reader)
    stamp = Stamp(writer, asked)
    for page in writer.pages:
        stamp.put_on(page)
    out = io.BytesIO()
    writer.write(out)
    return out


class Stamp:
    """One drawing for each size of page, whatever the number of pages."""

    def __init__(self, writer: PdfWriter, asked: Asked) -> None:
        self.writer = writer
        self.asked = asked
        self.before = self._stream(b"q\n")
        self.drawings: dict[Size, PdfObject] = {}
        self.resources = self._resources()

    def put_on(self, page: PageObject) -> None:
        size, matrix = _turned(page)
        name = _named(page, self._drawing(size))
        after = f"\nQ\nq {_numbers(matrix)} cm {name} Do Q\n"
        content = page.get_contents()
        if content is not None and not _is_even(content.get_data()):
            self._enclose(page, content.get_data())
        own = page.raw_get("/Contents") if "/Contents" in page else ArrayObject()
        held = own.get_object() if isinstance(own, IndirectObject) else own
        streams = held if isinstance(held, ArrayObject) else [own]
        page[NameObject("/Contents")] = ArrayObject([self.before, *streams, self._stream(after.encode())])

    def _enclose(self, page: PageObject, content: bytes) -> None:
        """A page that does not put back what it moved would move the mark as well: it becomes a drawing of its own."""
        stream = DecodedStreamObject()
        stream.set_data(content)
        box = page.mediabox
        drawing = self._form(stream.flate_encode(), tuple(box), page.get("/Resources", DictionaryObject()))
        name = _named(page, drawing)
        page[NameObject("/Contents")] = self._stream(f"{name} Do".encode())

    def _drawing(self, size: Size) -> PdfObject:
        size = (round(size[0], 1), round(size[1], 1))
        if size not in self.drawings:
            self.drawings[size] = self._drawn(size)
        return self.drawings[size]

    def _drawn(self, size: Size) -> PdfObject:
        stream = DecodedStreamObject()
        stream.set_data((_across(size, self.asked) + _foot(size, self.asked)).encode())
        return self._form(stream, (0, 0, *size), self.resources)

    def _form(self, stream: StreamObject, box: Iterable[float], resources: PdfObject) -> PdfObject:
        stream[NameObject("/Type")] = NameObject("/XObject")
        stream[NameObject("/Subtype")] = NameObject("/Form")
        stream[NameObject("/BBox")] = ArrayObject(FloatObject(n) for n in box)
        stream[NameObject("/Resources")] = resources
        return self.writer._add_object(stream)

    def _stream(self, data: bytes) -> PdfObject:
        stream: StreamObject = DecodedStreamObject()
        stream.set_data(data)
        return self.writer._add_object(stream)

    def _resources(self) -> PdfObject:
        fonts = _dictionary({"/Latin": _latin(), "/Han": _han()})
        faint = _dictionary({"/ca": FloatObject(0.3), "/CA": FloatObject(0.3)})
        plain = _dictionary({"/ca": FloatObject(0.85), "/CA": FloatObject(0.85)})
        states = _dictionary({"/Faint": faint, "/Plain": plain})
        return self.writer._add_object(_dictionary({"/Font": fonts, "/ExtGState": states}))


def _is_even(content: bytes) -> bool:
    """As many states put back as kept. Doubt counts as no: what is enclosed looks the same."""
    return len(KEPT.findall(content)) == len(PUT_BACK.findall(content))


def _named(page: PageObject, drawing: PdfObject) -> str:
    """Into resources of this page's own: those it shares with others or inherits stay as they were."""
    shared = page.get("/Resources")
    own = DictionaryObject(shared.get_object() if shared else {})
    objects = own.get("/XObject")
    drawings = DictionaryObject(objects.get_object() if objects else {})
    name = NAME
    while name in drawings:
        name += "_"
    drawings[NameObject(name)] = drawing
    own[NameObject("/XObject")] = drawings
    page[NameObject("/Resources")] = own
    return name


def _turned(page: PageObject) -> tuple[Size, Matrix]:
    """The page as it is looked at: its size, and what leads from there to its own corners."""
    box = page.cropbox
    left, low, right, high = (float(n) for n in (box.left, box.bottom, box.right, box.top))
    width, height = right - left, high - low
    if not (1 <= width <= 20_000 and 1 <= height <= 20_000):
        raise TooMuch
    match page.rotation % 360:
        case 90:
            return (height, width), (0, 1, -1, 0, right, low)
        case 180:
            return (width, height), (-1, 0, 0, -1, right, high)
        case 270:
            return (height, width), (0, -1, 1, 0, left, high)
    return (width, height), (1, 0, 0, 1, left, low)


def _across(size: Size, asked: Asked) -> str:
    """Light and dark side by side: seen on black as on white, and what lies below can be read through it."""
    width, height = size
    run, rise = width * 0.8, min(width * 0.8 * STEEP, height * 0.4)
    long = hypot(run, rise)
    cos, sin = run / long, rise / long
    letters = min(long / _wide(asked.latin), height / 8)
    half = _wide(asked.latin) * letters / 2
    rows = []
    for share, (shade, aside) in product(ROWS, SHADES):
        x, y = width / 2 - half * cos + letters * aside, height * share - half * sin - letters * aside
        place = _numbers((cos, sin, -sin, cos, x, y))
        rows.append(f"{shade} g BT /Latin {letters:.2f} Tf {place} Tm {_text(asked.latin)} Tj ET")
    return "q /Faint gs\n" + "\n".join(rows) + "\nQ\n"


def _foot(size: Size, asked: Asked) -> str:
    """On paper of its own, so that it can be read whatever the page is."""
    width, _height = size
    long = _wide(asked.latin) + len(asked.han) + 1
    letters = min(7.5, (width - 4) / long)
    head = letters * 1.5
    paper = f"q /Plain gs 1 g 0 0 {letters * (long + 1):.2f} {head:.2f} re f Q\n"
    words = f"q 0.15 g BT /Latin {letters:.2f} Tf 2 {head * 0.3:.2f} Td {_text(asked.latin)} Tj ET\n"
    beside = f"BT /Han {letters:.2f} Tf {2 + letters * (_wide(asked.latin) + 0.6):.2f} {head * 0.3:.2f} Td"
    return f"{paper}{words}{beside} <{asked.han.encode('utf-16-be').hex()}> Tj ET Q\n"


def _wide(words: str) -> float:
    """In ems, about as wide as Helvetica is."""
    return sum(0.28 if letter == " " else 0.69 if letter.isupper() else 0.56 for letter in words)


def _text(words: str) -> str:
    return f"<{words.encode('latin-1', 'replace').hex()}>"


def _numbers(numbers: Matrix) -> str:
    return " ".join(f"{n:.3f}" for n in numbers)


def _dictionary(entries: dict[str, PdfObject]) -> DictionaryObject:
    return DictionaryObject({NameObject(name): value for name, value in entries.items()})


def _latin() -> DictionaryObject:
    """One of the letters that every reader has."""
    words = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica", "/Encoding": "/WinAnsiEncoding"}
    return _dictionary({name: NameObject(value) for name, value in words.items()})


def _han() -> DictionaryObject:
    """Named, not brought along: readers take the letters of their own system."""
    words = {"/Type": "/Font", "/Subtype": "/Type0", "/BaseFont": "/STSong-Light", "/Encoding": "/UniGB-UCS2-H"}
    font = _dictionary({name: NameObject(value) for name, value in words.items()})
    font[NameObject("/DescendantFonts")] = ArrayObject([_letters()])
    return font


def _letters() -> DictionaryObject:
    words = {"/Type": "/Font", "/Subtype": "/CIDFontType0", "/BaseFont": "/STSong-Light"}
    letters = _dictionary({name: NameObject(value) for name, value in words.items()})
    registry = {"/Registry": TextStringObject("Adobe"), "/Ordering": TextStringObject("GB1")}
    letters[NameObject("/CIDSystemInfo")] = _dictionary({**registry, "/Supplement": NumberObject(4)})
    letters[NameObject("/DW")] = NumberObject(1000)
    metrics = {"/Ascent": 880, "/Descent": -120, "/CapHeight": 880, "/Flags": 6, "/ItalicAngle": 0, "/StemV": 93}
    described = _dictionary({name: NumberObject(value) for name, value in metrics.items()})
    described[NameObject("/Type")] = NameObject("/FontDescriptor")
    described[NameObject("/FontName")] = NameObject("/STSong-Light")
    described[NameObject("/FontBBox")] = ArrayObject(NumberObject(n) for n in (-25, -254, 1000, 880))
    letters[NameObject("/FontDescriptor")] = described
    return letters
