"""What the search of a list says it answers to."""

from __future__ import annotations

from guanxi.base.records.types import RECORD_TYPES


def test_only_lists_of_people_offer_a_search_by_pinyin_and_phone() -> None:
    hints = {type_.key: str(type_.search_hint) for type_ in RECORD_TYPES if type_.searchable}
    of_people = {key for key, hint in hints.items() if "phone" in hint or "手机" in hint or "电话" in hint}
    assert {"customer", "contactform", "fileform"} <= of_people
    assert {"dataincident", "risk", "processor"} & of_people == set()
    assert {"dataincident", "risk", "processor"} <= set(hints)
