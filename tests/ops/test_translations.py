from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest

from tools import i18n as tool

SOURCE = """
from django.utils.translation import gettext_lazy as _, ngettext
A = _("Save the customer %(name)s.")
B = _("Sign in")
"""
TEMPLATE = """{{ _("Sign in") }}
{% trans count=rows %}
  There are {{ count }}
  rows.
{% endtrans %}"""


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    room = tmp_path / "guanxi/core/room"
    (room / "templates/room").mkdir(parents=True)
    (room / "words.py").write_text(SOURCE)
    (room / "templates/room/page.html").write_text(TEMPLATE)
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    return tmp_path


def po(house: Path) -> Path:
    return house / "locale/zh_Hans/LC_MESSAGES/django.po"


def fill(house: Path, *pairs: tuple[str, str], i18n: ModuleType = tool) -> None:
    i18n.add(list(pairs), po=po(house))


COMPLETE = (
    ("Save the customer %(name)s.", "保存客户 %(name)s。"),
    ("Sign in", "登录"),
    ("There are %(count)s rows.", "共 %(count)s 行。"),
)


def test_strings_of_code_and_templates_are_found_and_cut_as_the_pages_cut_them(house: Path) -> None:
    found = tool.merge(prune=False, root=house, po=po(house))
    assert found == [english for english, _chinese in COMPLETE]


@pytest.mark.req("INS-08")
def test_a_complete_catalogue_has_no_faults(house: Path) -> None:
    fill(house, *COMPLETE)
    assert tool.faults(root=house, po=po(house)) == []


@pytest.mark.parametrize(
    ("pair", "fault"),
    [
        (("Sign in", ""), "untranslated"),
        (("Save the customer %(name)s.", "保存客户 %(nmae)s。"), "placeholders differ"),
        (("Sign on", "登录"), "unused"),
    ],
)
def test_each_fault_is_told(house: Path, pair: tuple[str, str], fault: str) -> None:
    fill(house, *COMPLETE, pair)
    faults = tool.faults(root=house, po=po(house))
    assert len(faults) == 1
    assert fault in faults[0]


def test_a_missing_string_is_told(house: Path) -> None:
    fill(house, *COMPLETE[1:])
    assert tool.faults(root=house, po=po(house)) == ["missing: 'Save the customer %(name)s.'"]


def test_the_file_is_sorted_without_dates_and_line_numbers(house: Path) -> None:
    fill(house, *reversed(COMPLETE))
    text = po(house).read_text()
    fill(house, *COMPLETE)
    assert po(house).read_text() == text
    assert "#:" not in text
    assert "Date" not in text
    assert text.index("Save the") < text.index("Sign in") < text.index("There are")


def test_two_who_add_at_once_lose_nothing(house: Path) -> None:
    def add(number: int) -> None:
        fill(house, (f"Text {number}", f"文字 {number}"))

    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(add, range(24)))
    assert po(house).read_text().count("文字") == 24


def test_what_it_compiles_is_what_the_server_reads(house: Path) -> None:
    import gettext

    fill(house, *COMPLETE)
    (compiled,) = tool.compile_all(house)
    with compiled.open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Sign in") == "登录"


def test_a_line_without_a_tab_is_refused(house: Path) -> None:
    pairs = house / "pairs.tsv"
    pairs.write_text("Sign in 登录\n")
    command = [sys.executable, tool.__file__, "add", "-f", str(pairs)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert "Two columns" in done.stderr


def test_no_alias_hides_a_string_from_the_catalogue() -> None:
    """The extractor knows `_` and the names of gettext: a string under another name would stay English unnoticed."""
    for file in sorted((Path(tool.ROOT) / "guanxi").rglob("*.py")):
        text = file.read_text("utf-8")
        for alias in set(re.findall(r"\bn?p?gettext(?:_lazy)? as (\w+)", text)) - {"_"}:
            assert not re.search(rf"\b{alias}\(\s*[\"']", text), f"{file}: {alias}"
