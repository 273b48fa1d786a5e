"""A mark on a picture: across it, and on a strip below it that is added for it."""

from __future__ import annotations

import io
from textwrap import wrap
from typing import BinaryIO

from PIL import Image, ImageDraw, ImageFile, ImageFont, ImageOps

from .asked import FORMATS, Asked, TooMuch

# A phone takes 12 to 50 million; more than this is not decoded at all.
MOST_PIXELS = 50_000_000
# Narrower ones get a margin, so that the words below can be read.
NARROW = 320
SMALLEST, LARGEST = 11, 120
TURNED = 25
LOOKS = {"JPEG": {"quality": 92}, "WEBP": {"quality": 92, "method": 2}, "PNG": {"compress_level": 4}}


def practise() -> None:
    """Marks one of each, so that everything is loaded: nothing can be opened later."""
    for detected, form in FORMATS.items():
        for mode in ("RGB", "P", "RGBA") if form != "JPEG" else ("RGB", "CMYK"):
            out = io.BytesIO()
            Image.new(mode, (4, 2)).save(out, form)
            marked(out, Asked(detected, "x"))


def marked(file: BinaryIO, asked: Asked) -> io.BytesIO:
    """The first frame, turned as its camera said; nothing else that was in the file but the colours' profile."""
    file.seek(0)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    # One that was cut off on its way still shows what came.
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    form, kept, plain = _opened(file)
    out = io.BytesIO()
    with_mark(plain, asked.latin).save(out, form, **LOOKS.get(form, {}), **kept)
    return out


def _opened(file: BinaryIO) -> tuple[str, dict[str, bytes], Image.Image]:
    """Turned in its place: two of a large one are what memory holds."""
    with Image.open(file, formats=list(FORMATS.values())) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise TooMuch
        form, profile = picture.format or "", picture.info.get("icc_profile")
        picture.load()
        ImageOps.exif_transpose(picture, in_place=True)
        is_coloured = picture.mode in ("RGB", "RGBA", "P")
        return form, {"icc_profile": profile} if profile and is_coloured else {}, _plain(picture)


def with_mark(picture: Image.Image, words: str) -> Image.Image:
    letters = _letters(picture)
    strip = _strip(max(picture.width, NARROW), words, letters)
    if strip.width * (picture.height + strip.height) > MOST_PIXELS * 1.2:
        raise TooMuch
    whole = Image.new(picture.mode, (strip.width, picture.height + strip.height), "white")
    whole.paste(picture, (0, 0))
    _tile(whole, _stamp(words, letters), picture.size)
    whole.paste(strip, (0, picture.height))
    return whole


def crossed(preview: bytes, words: str) -> bytes:
    """As large as it was. Needs no process of its own: it is small, and we drew it ourselves."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(preview), formats=["JPEG"]) as drawn:
        picture = drawn.convert("RGB")
        _tile(picture, _stamp(words, _letters(picture)), picture.size)
        picture.save(out, "JPEG", quality=82)
    return out.getvalue()


def _letters(picture: Image.Image) -> int:
    return min(LARGEST, max(SMALLEST, picture.width // 45))


def _plain(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):
        # Sixteen bits of grey; a plain conversion would cut off all that is light.
        picture = picture.point(lambda value: value / 256).convert("L")
    is_clear = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    wanted = "RGBA" if is_clear else "RGB"
    return picture if picture.mode == wanted else picture.convert(wanted)


def _strip(width: int, words: str, letters: int) -> Image.Image:
    """Dark on white, on as many lines as it takes."""
    font = ImageFont.load_default(letters)
    lines = wrap(words, max(8, int((width - letters) / (letters * 0.62))))
    strip = Image.new("RGB", (width, int(letters * (1.3 * len(lines) + 0.5))), "white")
    ImageDraw.Draw(strip).multiline_text((letters // 2, letters // 6), "\n".join(lines), "black", font, spacing=0)
    return strip


def _stamp(words: str, letters: int) -> Image.Image:
    """Light letters with a dark rim: seen on dark as on light."""
    font = ImageFont.load_default(letters)
    left, top, right, low = font.getbbox(words)
    stamp = Image.new("RGBA", (int(right - left) + 8, int(low - top) + 8), (128, 128, 128, 0))
    rim = max(1, letters // 14)
    at = (4 - left, 4 - top)
    ImageDraw.Draw(stamp).text(at, words, (255, 255, 255, 120), font, stroke_width=rim, stroke_fill=(40, 40, 40, 120))
    return stamp.rotate(TURNED, expand=True, resample=Image.Resampling.BICUBIC)


def _tile(whole: Image.Image, stamp: Image.Image, size: tuple[int, int]) -> None:
    """From the middle outwards, so that one always crosses what the picture is about."""
    mask, letters = stamp.getchannel("A"), stamp.convert(whole.mode)
    across, down = int(stamp.width * 0.9), int(stamp.height * 1.1)
    left, top = (size[0] - stamp.width) // 2, (size[1] - stamp.height) // 2
    for y in range(top - (top // down + 1) * down, size[1], down):
        for x in range(left - (left // across + 1) * across, size[0], across):
            whole.paste(letters, (x, y), mask)
