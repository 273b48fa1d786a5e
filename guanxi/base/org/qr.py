"""A QR code as one SVG path: drawn by the page itself, without a picture from elsewhere or a style attribute."""

from __future__ import annotations

from dataclasses import dataclass

from qrcode.main import QRCode

BORDER = 4


@dataclass(frozen=True)
class Drawing:
    size: int
    path: str


def path_of(text: str) -> Drawing:
    code: QRCode[object] = QRCode(border=BORDER)
    code.add_data(text)
    rows = code.get_matrix()
    runs = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark]
    return Drawing(len(rows), "".join(runs))
