"""A record type is one file: what `gift.py` alone brings about."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client

from guanxi.base.audit.models import Entry, EventRow
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed, Stale

from . import gift
from .gift import GIFTS, Gift

Make = Callable[[str], Actor]
GiftOf = Callable[..., Gift]
Browse = Callable[[str], Client]
LONGEST = 60
TYPED = {"name": "保温杯", "kind": "tool", "received_on": "2026-11-15", "value": "88", "phone": "138 0000 1234"}


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]  # a test response


def test_it_is_declared_in_less_than_sixty_lines():
    assert len(Path(gift.__file__).read_text("utf-8").splitlines()) < LONGEST


# Actions


def test_who_creates_it_owns_it(actor: Make, gift_of: GiftOf):
    made = gift_of("rep")
    made.refresh_from_db()
    rep = actor("rep")
    assert (made.owner_id, made.unit.code) == (rep.staff_id, "chengdu-sales")
    assert re.fullmatch(r"L\d{8}", made.number)
    assert made.pinyin == "dian fan bao"


def test_every_step_leaves_its_word_and_is_told(gift_of: GiftOf, actor: Make):
    made = gift_of("manager")
    GIFTS.change(made.pk, {"phone": "13900001234", "value": Decimal(30)}, version=1, actor=actor("manager"))
    GIFTS.remove(made.pk, actor=actor("manager"), why="重复")
    GIFTS.restore(made.pk, actor=actor("manager"))
    steps = [f"toy:gift:{step}" for step in ("created", "changed", "removed", "restored")]
    entries = list(Entry.objects.filter(kind="gift", subject_id=made.pk).order_by("id"))
    assert [entry.name for entry in entries] == steps
    assert list(EventRow.objects.filter(kind="gift").order_by("id").values_list("name", flat=True)) == steps
    # Personal values lie apart, so that they can be erased.
    assert entries[1].changes == {"value": [None, "30"]}
    assert entries[1].personal == {"phone": ["13800001234", "13900001234"]}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "长" * 81}, "name"),
        ({"kind": "gold"}, "kind"),
        ({"phone": "123"}, "phone"),
        ({"received_on": "明年"}, "received_on"),
        ({"received_on": "2027-01-01"}, "received_on"),
        ({"value": "很多"}, "value"),
        ({"value": ["88"]}, "value"),
    ],
)
def test_what_does_not_fit_its_field_is_refused(gift_of: GiftOf, values: dict[str, str], field: str):
    with pytest.raises(Invalid) as refused:
        gift_of("rep", **values)
    assert set(refused.value.errors) == {field}
    assert not Gift.objects.exists()


def test_what_nobody_may_type_in_is_left_alone(gift_of: GiftOf, actor: Make):
    made = gift_of("rep", owner=actor("gm").staff_id, version=9, removed_at=clock.now())
    assert (made.owner_id, made.version, made.removed_at) == (actor("rep").staff_id, 1, None)


def test_two_who_change_the_same_field_are_told(gift_of: GiftOf, actor: Make):
    made = gift_of("rep")
    GIFTS.change(made.pk, {"remark": "一"}, version=1, actor=actor("rep"))
    with pytest.raises(Stale) as conflict:
        GIFTS.change(made.pk, {"remark": "二"}, version=1, actor=actor("manager"))
    assert conflict.value.theirs == {"remark": ("一", "二")}
    # What is as both want it does not clash.
    assert GIFTS.change(made.pk, {"remark": "一"}, version=1, actor=actor("manager")).version == 2


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ("rep", None),
        ("manager", None),
        ("gm", None),
        ("supervisor", None),
        ("doctor", NotAllowed),
        ("colleague", Missing),
        ("stranger", Missing),
        ("admin", NotAllowed),
    ],
)
def test_roles_decide_who_changes_it(gift_of: GiftOf, actor: Make, login: str, expected: type[Exception] | None):
    made = gift_of("rep")
    if expected is None:
        assert GIFTS.change(made.pk, {"name": "茶杯"}, version=1, actor=actor(login)).name == "茶杯"
        return
    with pytest.raises(expected):
        GIFTS.change(made.pk, {"name": "茶杯"}, version=1, actor=actor(login))


# Screens


def test_the_list_shows_what_is_within_reach(browse: Browse, gift_of: GiftOf):
    gift_of("rep", "电饭煲")
    gift_of("stranger", "保温杯")
    seen = {login: text(browse(login).get("/gifts")) for login in ("rep", "manager", "gm", "doctor")}
    assert {login: ("电饭煲" in page, "保温杯" in page) for login, page in seen.items()} == {
        "rep": (True, False),
        "manager": (True, False),
        "gm": (True, True),
        "doctor": (True, False),
    }
    assert browse("admin").get("/gifts").status_code == 403


def test_phones_are_masked_where_the_role_does_not_reveal(browse: Browse, gift_of: GiftOf):
    made = gift_of("rep", remark="送到家里")
    for address in ("/gifts?cols=name,phone", f"/gifts/{made.pk}"):
        assert "13800001234" in text(browse("rep").get(address)), address
        for login in ("doctor", "supervisor"):
            page = text(browse(login).get(address))
            assert "138****1234" in page, address
            assert "13800001234" not in page, address
            assert "送到家里" not in page, address


def test_the_list_is_narrowed_sorted_and_searched(browse: Browse, gift_of: GiftOf):
    gift_of("rep", "电饭煲")
    gift_of("rep", "大米", kind="food")
    rep = browse("rep")
    assert "大米" not in text(rep.get("/gifts?sort=new&q=dfb")).split('id="list"')[1]
    for query in ("kind=tool", "q=%E7%94%B5%E9%A5%AD%E7%85%B2", "q=1234&kind=tool", "q=dianfan"):
        found = text(rep.get(f"/gifts?{query}"))
        assert "电饭煲" in found, query
    by_name = text(rep.get("/gifts?sort=name"))
    assert by_name.index("大米") < by_name.index("电饭煲")


def test_it_is_found_by_the_number_people_read_out(browse: Browse, gift_of: GiftOf):
    made = gift_of("rep", "电饭煲")
    gift_of("rep", "大米")
    made.refresh_from_db()
    page = text(browse("rep").get("/gifts", {"q": made.number}))
    assert "电饭煲" in page
    assert "大米" not in page


def test_the_search_box_knows_it(browse: Browse, gift_of: GiftOf):
    made = gift_of("rep", "电饭煲")
    assert f"/gifts/{made.pk}" in text(browse("rep").get("/search?q=dianfanbao"))
    assert f"/gifts/{made.pk}" not in text(browse("stranger").get("/search?q=dianfanbao"))


def test_the_form_saves_once(browse: Browse):
    rep = browse("rep")
    assert rep.get("/gifts/new").status_code == 200
    answers = [rep.post("/gifts/new", TYPED | {"op_key": "same"}) for _ in range(2)]
    made = Gift.objects.get()
    assert [a["Location"] for a in answers] == [f"/gifts/{made.pk}"] * 2
    assert (made.name, made.value, made.phone) == ("保温杯", Decimal(88), "13800001234")
    assert "保温杯" in text(rep.get(f"/gifts/{made.pk}"))


def test_the_form_says_what_is_wrong(browse: Browse):
    answer = browse("rep").post("/gifts/new", TYPED | {"name": "", "phone": "12"})
    assert answer.status_code == 422
    assert not Gift.objects.exists()


def test_the_second_of_two_editors_decides(browse: Browse, gift_of: GiftOf, actor: Make):
    made = gift_of("rep")
    GIFTS.change(made.pk, {"name": "电压力锅"}, version=1, actor=actor("manager"))
    typed = TYPED | {"version": "1"}
    answer = browse("rep").post(f"/gifts/{made.pk}/edit", typed)
    assert answer.status_code == 409
    assert "电压力锅" in text(answer)
    assert browse("rep").post(f"/gifts/{made.pk}/edit", typed | {"version": "2"}).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.version) == ("保温杯", 3)


def test_the_bin_gives_back(browse: Browse, gift_of: GiftOf):
    made = gift_of("rep")
    manager = browse("manager")
    assert "电饭煲" in text(manager.get(f"/gifts/{made.pk}/remove"))
    assert manager.post(f"/gifts/{made.pk}/remove", {"why": "重复", "op_key": "a"})["Location"] == "/gifts"
    assert manager.get(f"/gifts/{made.pk}").status_code == 404
    assert "/gifts/bin" in text(manager.get("/gifts"))
    assert "电饭煲" in text(manager.get("/gifts/bin"))
    assert "电饭煲" not in text(browse("hangzhou").get("/gifts/bin"))
    assert browse("rep").get("/gifts/bin").status_code == 403
    manager.post(f"/gifts/{made.pk}/restore", {"op_key": "b"})
    assert "电饭煲" in text(manager.get("/gifts"))
