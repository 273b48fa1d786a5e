"""The drawing process. Ends with 0 and a JPEG on its output, or with another code and nothing."""

from __future__ import annotations

import io
import os
import sys
import warnings
from typing import BinaryIO

from PIL import Image, ImageOps

from guanxi.base.records.imports.confined.limits import confine

SIDE = 320
# A phone takes 12 to 50 million; more than this is not decoded at all.
MOST_PIXELS = 50_000_000
FORMATS = ["PNG", "JPEG", "GIF", "WEBP"]
UNFIT = 3


def main() -> int:
    file, pipe = os.fdopen(0, "rb"), os.fdopen(1, "wb")
    practise()
    confine()
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        pipe.write(drawn(file))
        pipe.flush()
    except (OSError, ValueError, SyntaxError, MemoryError, Warning, EOFError, Image.DecompressionBombError):
        return UNFIT
    return 0


def practise() -> None:
    """Draws one of each, so that everything is loaded: nothing can be opened later."""
    for form in FORMATS:
        for mode in ("RGB", "P", "RGBA") if form != "JPEG" else ("RGB",):
            out = io.BytesIO()
            exif = Image.Exif()
            exif[0x0112] = 6
            Image.new(mode, (4, 2)).save(out, form, exif=exif.tobytes())
            out.seek(0)
            drawn(out)


def drawn(file: BinaryIO) -> bytes:
    """The first frame, turned as its camera said, small, and nothing else that was in the file."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(file, formats=FORMATS) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        picture.draft("RGB", (SIDE * 2, SIDE * 2))
        picture.load()
        turned = ImageOps.exif_transpose(picture)
        turned.thumbnail((SIDE, SIDE))
        out = io.BytesIO()
        _on_white(turned).save(out, "JPEG", quality=82)
        return out.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    """A JPEG has no transparency."""
    if picture.mode not in ("RGBA", "LA", "P", "PA"):
        return picture.convert("RGB")
    clear = picture.convert("RGBA")
    paper = Image.new("RGB", clear.size, "white")
    paper.paste(clear, mask=clear.getchannel("A"))
    return paper


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)
