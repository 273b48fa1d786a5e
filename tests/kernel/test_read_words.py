"""Amounts, yes and no, the sexes, and names."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.base.kernel.errors import Unreadable
from guanxi.base.kernel.money import read_money
from guanxi.base.kernel.names import name_key, read_name
from guanxi.base.kernel.words import read_gender, read_yes_no


@pytest.mark.req("DAT-01")
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("￥5,600", "5600.00"),
        ("¥5600", "5600.00"),
        ("12800元", "12800.00"),
        ("1,980.00", "1980.00"),
        ("１，９８０．００", "1980.00"),
        ("3980", "3980.00"),
        ("人民币 3980 元整", "3980.00"),
        ("1.28万元", "12800.00"),
        ("0", "0.00"),
        ("19.5", "19.50"),
    ],
)
def test_an_amount_is_read(written: str, read: str) -> None:
    assert read_money(written) == Decimal(read)


@pytest.mark.req("DAT-01")
@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "money_missing"),
        ("-100", "money_negative"),
        ("(100)", "money_negative"),
        ("$100", "money_currency"),
        ("100美元", "money_currency"),
        ("5000左右", "money_form"),
        ("1,98", "money_form"),
        ("1.980,00", "money_form"),
        ("1.98E+3", "money_form"),
        ("3980-5600", "money_form"),
        ("19.805", "money_places"),
        ("99999999999", "money_large"),
        ("=3980*2", "money_form"),
    ],
)
def test_what_is_no_amount_is_refused_with_its_reason(written: str, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_money(written)
    assert refused.value.code == code


@given(st.decimals(0, 10**9, places=2))
def test_every_amount_survives_its_written_forms(amount: Decimal) -> None:
    assert read_money(f"￥{amount:,.2f}") == read_money(f"{amount:.2f}元") == amount


@pytest.mark.req("DAT-01")
def test_yes_and_no_are_read_and_anything_else_is_refused() -> None:
    assert [read_yes_no(text) for text in ("是", "√", "Ｙ", " yes ", "已购买")] == [True] * 5
    assert [read_yes_no(text) for text in ("否", "×", "N", "0", "未购买")] == [False] * 5
    for text in ("", "也许", "2"):
        with pytest.raises(Unreadable):
            read_yes_no(text)


@pytest.mark.req("DAT-01")
def test_the_sexes_are_read_and_anything_else_is_refused() -> None:
    assert [read_gender(text) for text in ("男", "女", "M", "不详", "")] == ["male", "female", "male", "", ""]
    with pytest.raises(Unreadable):
        read_gender("男女")


@pytest.mark.req("DAT-01", "CUS-01")
@pytest.mark.parametrize(
    ("written", "read"),
    [
        (" 夏梅珍\u3000", "夏梅珍"),
        ("张 三", "张三"),
        ("张\u3000三", "张三"),
        ("Anna  Maria", "Anna Maria"),
        ("\ufeff王霞", "王霞"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("䶮㐀𠮷", "䶮㐀𠮷"),
    ],
)
def test_a_name_is_cleaned_of_spaces_only(written: str, read: str) -> None:
    assert read_name(written) == read


@pytest.mark.parametrize("written", ["", " \u3000", "123", "？？", "\ufffd\ufffd", "-", "王" * 121])
def test_what_is_no_name_is_refused(written: str) -> None:
    with pytest.raises(Unreadable):
        read_name(written)


def test_the_same_name_meets_itself_in_other_widths_and_dots() -> None:
    assert name_key("阿依古丽•买买提") == name_key("阿依古丽·买买提 ")
    assert name_key("Ａnna") == name_key("anna")
    assert name_key("王霞") != name_key("王震")
