"""Files that are not what they should be: refused with a clear sentence, or their bad rows are; nothing is guessed."""

import gzip
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Account
from guanxi.base.records.cells import harmless
from guanxi.base.records.imports import uploads
from guanxi.base.records.imports.actions import upload_file
from guanxi.base.records.imports.command import run_import_file
from guanxi.base.records.imports.confined import text
from guanxi.base.records.imports.confined.encodings import encoding_of
from guanxi.base.records.imports.confined.limits import Unfit
from guanxi.base.records.imports.decoding import NotReadable, unreadable
from guanxi.base.records.imports.kinds import KINDS
from guanxi.base.records.imports.models import ImportPart, ImportRun
from guanxi.core.customers.models import Customer
from guanxi.domain.archive.models import FileForm

from .files import HEADER, csv_bytes, row

pytestmark = pytest.mark.req("DAT-01")
GOOD = csv_bytes(row())


def workbook() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return packed.getvalue()


def mixed() -> bytes:
    return csv_bytes(row(), row(姓名="王霞")) + csv_bytes(row(姓名="李敏"), encoding="gb18030").split(b"\r\n", 1)[1]


WHOLE_FILES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "file_empty"),
    "a byte order mark alone": (b"\xef\xbb\xbf", "file_empty"),
    "blanks and commas": (b" \r\n,,,\r\n\r\n", "file_empty"),
    "a header alone": (csv_bytes(), "file_no_rows"),
    "a header and blank rows": (csv_bytes() + b",,,\r\n\r\n", "file_no_rows"),
    "no header": (csv_bytes(header=row()), "header_missing"),
    "no header and more rows": (csv_bytes(row(姓名="王霞"), header=row()), "header_missing"),
    "one header twice": (csv_bytes(row(), header=[*HEADER[:-1], "手机"]), "header_double"),
    "one header twice, written differently": (
        csv_bytes(row(), header=[*HEADER[:-1], "*手机（必填）"]),
        "header_double",
    ),
    "a workbook": (workbook(), "file_format"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "file_format"),
    "a workbook renamed": (workbook() + GOOD, "file_format"),
    "a web page called .xls": (b"<html><table><tr><td>a</td></tr></table></html>", "file_format"),
    "a web page behind a byte order mark": (b"\xef\xbb\xbf\r\n<table>", "file_format"),
    "a PDF": (b"%PDF-1.7 ...", "file_format"),
    "a compressed file": (gzip.compress(GOOD), "file_format"),
    "a picture": (b"\x89PNG\r\n\x1a\n....", "file_format"),
    "UTF-16 without its mark": (GOOD.decode().encode("utf-16-le"), "file_binary"),
    "a zero byte in the middle": (csv_bytes(row(), row(备注="a\0b")), "file_binary"),
    "UTF-8 and then GB18030": (mixed(), "encoding_mixed"),
    "GB18030 and then UTF-8": (csv_bytes(row(), encoding="gb18030") + csv_bytes(row(姓名="王霞")), "encoding_mixed"),
    "cut in the middle of a character": (csv_bytes(row(备注="很好"), encoding="utf-8")[:-3], "encoding_unknown"),
    "GB18030 cut in the middle": (csv_bytes(row(备注="很好"), encoding="gb18030")[:-3], "encoding_unknown"),
    "noise": (bytes(range(1, 256)) * 40, "encoding_unknown"),
    "a quotation mark never closed": (GOOD + b'"' + csv_bytes(*[row()] * 50), "file_quotes"),
    "three hundred columns": (
        csv_bytes(["x"] * 300, header=[*HEADER, *(f"列{n}" for n in range(286))]),
        "file_columns",
    ),
    "only full-width commas": (GOOD.replace(b",", "，".encode()), "file_delimiter"),
}


@pytest.fixture
def manager(actor: Callable[[str], Actor]) -> Actor:
    return actor("manager")


def bring(content: bytes, actor: Actor) -> ImportRun:
    kind = KINDS.get("file-forms")
    return upload_file(io.BytesIO(content), name="x.csv", size=len(content), kind=kind, actor=actor)


@pytest.mark.django_db
@pytest.mark.parametrize("case", WHOLE_FILES)
def test_a_file_that_cannot_be_read_is_refused_whole(case: str, manager: Actor) -> None:
    content, code = WHOLE_FILES[case]
    with pytest.raises(NotReadable) as refused:
        bring(content, manager)
    assert refused.value.code == code
    assert not ImportRun.objects.exists()
    assert not ImportPart.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("case", WHOLE_FILES)
def test_the_page_says_why_in_the_language_of_the_reader(
    case: str, language: str, browse: Callable[[str], Client]
) -> None:
    content, _code = WHOLE_FILES[case]
    client = browse("manager")
    client.cookies["guanxi_language"] = language
    response = client.post("/imports", {"kind": "file-forms", "file": SimpleUploadedFile("x.csv", content or b" ")})
    page = response.content.decode()
    assert response.status_code == 422
    assert 'role="alert"' in page
    assert "%(" not in page
    assert "Traceback" not in page


def test_the_row_is_named_where_the_encoding_changes() -> None:
    with pytest.raises(Unfit) as unfit:
        encoding_of(io.BytesIO(mixed()))
    assert unfit.value.details["at"] == 4
    with translation.override("en"):
        assert "row 4" in str(unreadable(unfit.value.key, unfit.value.details).message)


def test_line_breaks_within_quotes_do_not_shift_the_row_that_is_named() -> None:
    last = csv_bytes(row(姓名="李敏"), encoding="gb18030").split(b"\r\n", 1)[1]
    with pytest.raises(Unfit) as unfit:
        encoding_of(io.BytesIO(csv_bytes(row(备注="一\n二\n三"), row()) + last))
    assert unfit.value.details["at"] == 4


ROWS: dict[str, tuple[dict[str, str], str]] = {
    "no name": ({"姓名": " \u3000"}, "refused_no_name"),
    "a name of question marks": ({"姓名": "？？"}, "refused_no_name"),
    "a phone with ten digits": ({"手机": "1380000000"}, "refused_bad_phone"),
    "a phone turned into a figure": ({"手机": "1.38E+10"}, "refused_bad_phone"),
    "two phones": ({"手机": "13894821993 13894821994"}, "refused_bad_phone"),
    "a formula for a phone": ({"手机": "=13894821993"}, "refused_bad_phone"),
    "a day that never was": ({"建档日期": "2026-02-30"}, "refused_bad_date"),
    "a word for a day": ({"建档日期": "昨天"}, "refused_bad_date"),
    "a day with two meanings": ({"建档日期": "03/04/2026"}, "refused_bad_date"),
    "a day to come": ({"建档日期": "2027-01-01"}, "refused_bad_date"),
    "a day as a spreadsheet counts": ({"建档日期": "46292"}, "refused_bad_date"),
    "no event": ({"活动名称": ""}, "refused_other"),
    "an event too long": ({"活动名称": "长" * 81}, "refused_other"),
    "an impossible birthday": ({"出生日期": "1950-13-01"}, "refused_other"),
    "neither yes nor no": ({"是否购买": "也许"}, "refused_other"),
    "an amount in dollars": ({"购买金额": "$100"}, "refused_other"),
    "a negative amount": ({"购买金额": "-100"}, "refused_other"),
    "an unknown sex": ({"性别": "男女"}, "refused_other"),
    "an endless remark": ({"备注": "长" * 2001}, "refused_other"),
}


def imported(content: bytes, actor: Actor, tmp_path: Any) -> dict[str, Any]:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    return run_import_file(path, "file-forms", actor=actor)


@pytest.mark.django_db
@pytest.mark.parametrize("case", ROWS)
def test_a_bad_row_is_refused_and_the_good_one_beside_it_is_not(case: str, manager: Actor, tmp_path: Any) -> None:
    cells, figure = ROWS[case]
    counts = imported(csv_bytes(row(**cells), row(姓名="王霞")), manager, tmp_path)["counts"]
    assert (counts["rows"], counts["refused"], counts[figure], counts["people_new"]) == (2, 1, 1, 1)
    assert list(Customer.objects.values_list("name", flat=True)) == ["王霞"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "spoilt",
    [
        b",".join([b"x"] * 15) + b"\r\n",
        b'"a"b,c\r\n',
        ",".join(HEADER).encode() + b"\r\n",
        b"only one cell\r\n",
        b'"' + "长".encode() * 50_000 + b'"\r\n',
    ],
    ids=[
        "too many cells",
        "quotation marks that do not match",
        "the header again",
        "too few cells",
        "a cell without end",
    ],
)
def test_a_misshapen_row_is_refused_alone(spoilt: bytes, manager: Actor, tmp_path: Any) -> None:
    counts = imported(GOOD + spoilt + GOOD.split(b"\r\n", 1)[1], manager, tmp_path)["counts"]
    assert (counts["rows"], counts["refused"], counts["people"], counts["forms_repeated"]) == (3, 1, 1, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        b"\xef\xbb\xbf" + GOOD,
        csv_bytes(row(), encoding="gb18030"),
        csv_bytes(row(), encoding="gbk"),
        csv_bytes(row(), encoding="utf-16"),
        csv_bytes(row(), encoding="utf-16", delimiter="\t"),
        csv_bytes(row(), delimiter="\t"),
        csv_bytes(row(), delimiter=";", encoding="gb18030"),
        GOOD.replace(b"\r\n", b"\n"),
        GOOD.replace(b"\r\n", b"\r"),
        GOOD.rstrip(b"\r\n"),
        GOOD + b"\r\n,,,,\r\n\r\n",
        "客户登记表（2026）,,\r\n".encode() + GOOD,
    ],
    ids=[
        "UTF-8",
        "with mark",
        "GB18030",
        "GBK",
        "UTF-16",
        "UTF-16 with tabs",
        "tabs",
        "semicolons",
        "LF",
        "CR",
        "no last end",
        "blank rows",
        "title",
    ],
)
def test_every_honest_way_to_save_the_file_is_read(content: bytes, manager: Actor, tmp_path: Any) -> None:
    counts = imported(content, manager, tmp_path)["counts"]
    assert (counts["rows"], counts["refused"], counts["people_new"], counts["forms_new"]) == (1, 0, 1, 1)
    assert Customer.objects.get().name == "崔强"


@pytest.mark.django_db
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_rare_characters_survive(encoding: str, manager: Actor, tmp_path: Any) -> None:
    imported(csv_bytes(row(姓名="䶮㐀𠮷", 备注="'; DROP TABLE x; -- \\ \t\"“"), encoding=encoding), manager, tmp_path)
    assert Customer.objects.get().name == "䶮㐀𠮷"
    assert FileForm.objects.get().remark == "'; DROP TABLE x; -- \\ \t\"“"


@pytest.mark.django_db
def test_text_in_an_unknown_encoding_is_doubted(manager: Actor) -> None:
    rows = [["陳美麗", "13894821993", "興隆國際貿易股份有限公司臺灣灣區"]] * 9
    traditional = csv_bytes(*rows, header=["姓名", "電話", "備註"], encoding="big5")
    try:
        run = bring(traditional, manager)
    except NotReadable:
        return
    assert run.is_doubtful


@given(
    st.lists(
        st.text(
            "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动", min_size=4, max_size=12
        ),
        min_size=1,
        max_size=20,
    )
)
@settings(max_examples=200, deadline=None)
def test_no_encoding_is_ever_mistaken_for_the_other(cells: list[str]) -> None:
    text = "\r\n".join(["姓名,手机号码", *cells])
    for encoding in ("utf-8", "gb18030"):
        assert encoding_of(io.BytesIO(text.encode(encoding))) == encoding


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused_with_a_reason(content: bytes) -> None:
    refusals: list[str] = []
    try:
        encoding = encoding_of(io.BytesIO(content))
        delimiter, _header = text.find_header(io.BytesIO(content), encoding, {"姓名"})
        assert list(text.rows_of(text.open_text(io.BytesIO(content), encoding), delimiter))
    except Unfit as unfit:
        refusals.append(unfit.key)
    assert all(refusals)


@pytest.fixture
def small_limit(settings: Any) -> int:
    settings.IMPORT_MAX_BYTES = 200_000
    return 200_000


@pytest.mark.django_db
def test_a_file_that_announces_too_much_is_refused_before_it_is_stored(
    browse: Callable[[str], Client], small_limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored: list[int] = []
    monkeypatch.setattr(uploads.LimitedUpload, "receive_data_chunk", lambda self, raw, start: stored.append(len(raw)))
    file = SimpleUploadedFile("big.csv", b"x" * (small_limit * 3))
    response = browse("manager").post("/imports", {"kind": "file-forms", "file": file})
    assert response.status_code == 422
    assert stored == []
    assert not ImportRun.objects.exists()


@pytest.mark.django_db
def test_a_file_that_turns_out_too_large_is_refused_while_it_streams(
    browse: Callable[[str], Client], small_limit: int
) -> None:
    # Beyond the limit, within the room left for other fields: only the stream itself tells.
    file = SimpleUploadedFile("big.csv", b"x" * (small_limit + 1000))
    response = browse("manager").post("/imports", {"kind": "file-forms", "file": file})
    assert response.status_code == 422
    assert "MB" in response.content.decode()
    assert not ImportRun.objects.exists()


@pytest.mark.django_db
def test_an_upload_without_a_token_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(Account.objects.get(login="manager"), backend="guanxi.base.org.signin.Backend")
    response = client.post("/imports", {"kind": "file-forms", "file": SimpleUploadedFile("x.csv", GOOD)})
    assert response.status_code == 403
    assert not ImportRun.objects.exists()


@pytest.mark.django_db
def test_names_of_files_are_data_only(manager: Actor) -> None:
    kind = KINDS.get("file-forms")
    for name in ("../../etc/passwd", "C:\\x\\evil.csv", "a\r\nb.csv", "\u202ecsv.exe", "长" * 400):
        run = upload_file(io.BytesIO(GOOD), name=name, size=1, kind=kind, actor=manager)
        assert len(run.file_name) <= 200
        assert not set("/\\\r\n\u202e") & set(run.file_name)


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "\t=1",
        " =1",
        "\u3000=1",
        "\u00a0=1",
        "\r=1",
        "\n=1",
        "|cmd",
        "\tx",
    ],
)
def test_no_cell_of_the_download_is_active(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "崔强", "13894821993", "a=b", "2026-11-02"])
def test_harmless_cells_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell
