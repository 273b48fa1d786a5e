"""Workbooks made by hand, part by part: what a spreadsheet would never write can be written here."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
# Style 1 is a date, 2 date and time, 3 a time, 4 a postcode, 5 a Chinese date, 6 hours, 7 percent.
STYLES = f"""<styleSheet xmlns="{MAIN}"><numFmts count="3"><numFmt numFmtId="164" formatCode="000000"/>
<numFmt numFmtId="165" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/>
<numFmt numFmtId="166" formatCode="[h]:mm:ss"/></numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="20"/><xf numFmtId="164"/>
<xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="9"/></cellXfs></styleSheet>"""


def text(value: str) -> str:
    """A cell with a text of its own."""
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def figure(stored: str, style: int = 0) -> str:
    return f'<c s="{style}"><v>{stored}</v></c>'


def row(*cells: str, attributes: str = "") -> str:
    return f"<row {attributes}>{''.join(cells)}</row>"


def texts(*values: str) -> str:
    return row(*map(text, values))


def sheet(*rows: str, after: str = "", before: str = "") -> str:
    data = f"<sheetData>{''.join(rows)}</sheetData>"
    return f'<?xml version="1.0"?><worksheet xmlns="{MAIN}">{before}{data}{after}</worksheet>'


def packed(parts: Mapping[str, str | bytes] | Sequence[tuple[str, str | bytes]]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items() if isinstance(parts, Mapping) else parts:
            archive.writestr(name, content)
    return file.getvalue()


def parts_of(
    *sheets: str, names: Sequence[str] = (), states: Sequence[str] = (), settings: str = "", strings: str = ""
) -> dict[str, str | bytes]:
    listed = "".join(
        f'<sheet name="{escape(names[n]) if names else f"Sheet{n + 1}"}" sheetId="{n + 1}" r:id="rId{n + 1}"'
        f"{f' state={chr(34)}{states[n]}{chr(34)}' if states else ''}/>"
        for n in range(len(sheets))
    )
    related = "".join(
        f'<Relationship Id="rId{n + 1}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{n + 1}.xml"/>'
        for n in range(len(sheets))
    )
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{RELATIONS}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{settings}'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{related}</Relationships>',
        "xl/styles.xml": STYLES,
    }
    if strings:
        parts["xl/sharedStrings.xml"] = strings
    return parts | {f"xl/worksheets/sheet{n + 1}.xml": content for n, content in enumerate(sheets)}


def book(
    *sheets: str, names: Sequence[str] = (), states: Sequence[str] = (), settings: str = "", strings: str = ""
) -> bytes:
    return packed(parts_of(*sheets, names=names, states=states, settings=settings, strings=strings))
