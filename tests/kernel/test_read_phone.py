"""Phones in all the written forms become one; what is not a phone is refused, never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.base.kernel.errors import Unreadable
from guanxi.base.kernel.phone import mask_phone, read_phone

MOBILES = st.builds(
    lambda second, rest: f"1{second}{rest}", st.sampled_from("3456789"), st.text("0123456789", min_size=9, max_size=9)
)


@pytest.mark.req("DAT-01", "DAT-15")
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("13894821993", "13894821993"),
        ("150 9118 6252", "15091186252"),
        ("186-5798-6828", "18657986828"),
        ("+8613980385280", "13980385280"),
        ("+86 139 8038 5280", "13980385280"),
        ("008613980385280", "13980385280"),
        ("１３８９４８２１９９３", "13894821993"),
        (" 13894821993\u3000", "13894821993"),
        ("\u202d13894821993\u202c", "13894821993"),
        ("186—5798—6828", "18657986828"),
        ("(+86)13980385280", "13980385280"),
        ("010-88886666", "010-88886666"),
        ("01088886666", "010-88886666"),
        ("(0571)8765 4321", "0571-87654321"),
        ("（０５７１）８７６５４３２１", "0571-87654321"),
        ("0316-2345678", "0316-2345678"),
        ("+86 571 87654321", "0571-87654321"),
        ("+86 010 88886666", "010-88886666"),
        ("010-88886666转12", "010-88886666-12"),
        ("010-88886666-808", "010-88886666-808"),
        ("400-810-8888", "400-810-8888"),
        ("+852 2345 6789", "+85223456789"),
        ("0085223456789", "+85223456789"),
        ("+1 (415) 555-2671", "+14155552671"),
    ],
)
def test_a_phone_is_read_into_its_one_form(written: str, read: str) -> None:
    assert read_phone(written) == read
    assert read_phone(read) == read


@pytest.mark.req("DAT-01", "DAT-15")
@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "phone_missing"),
        ("\u3000 ", "phone_missing"),
        ("1380000000", "phone_length"),
        ("138000000001", "phone_length"),
        ("12345", "phone_length"),
        ("88886666", "phone_form"),
        ("12800000000", "phone_form"),
        ("无", "phone_text"),
        ("13894821993/13894821994", "phone_text"),
        ("13894821993 女儿", "phone_text"),
        ("1.38E+10", "phone_damaged"),
        ("1.3894821993E10", "phone_damaged"),
        ("13894821993.0", "phone_damaged"),
        ("+86 12345678901", "phone_form"),
        ("+12", "phone_form"),
        ("013894821993", "phone_form"),
        ("010-123", "phone_form"),
        ("13894821993转12", "phone_form"),
    ],
)
def test_what_is_not_one_phone_is_refused_with_its_reason(written: str, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_phone(written)
    assert refused.value.code == code
    assert str(refused.value.message)


@pytest.mark.req("DAT-01")
@given(MOBILES, st.sampled_from(["{}", "+86{}", "0086 {}", " {}\u3000", "+86-{}"]), st.sampled_from(["", " ", "-"]))
def test_every_way_to_write_a_mobile_meets_in_one(mobile: str, frame: str, gap: str) -> None:
    written = frame.format(gap.join((mobile[:3], mobile[3:7], mobile[7:])))
    full_width = written.translate({ord(str(d)): ord("０") + d for d in range(10)})
    assert read_phone(written) == read_phone(full_width) == mobile


@pytest.mark.req("DAT-01")
@given(st.text())
def test_any_text_is_read_or_refused_and_what_is_read_stays_the_same(text: str) -> None:
    try:
        phone = read_phone(text)
    except Unreadable:
        return
    assert read_phone(phone) == phone


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812345678", "138****5678"),
        ("010-88886666", "010-****6666"),
        ("010-88886666-12", "010-****6666-**"),
        ("+85223456789", "+852****6789"),
        ("", ""),
    ],
)
def test_a_masked_phone_shows_only_its_ends(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked
