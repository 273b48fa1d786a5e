"""What the form of an own field sends."""

from __future__ import annotations

from django.http import QueryDict

from ..actions import Choice, Entry

TEXTS = ("label", "label_en", "help", "help_en", "group", "group_en")
# A place of their own for fields that belong to none of the type's sections.
OWN_GROUP = "*"


def read_entry(data: QueryDict) -> Entry:
    texts = {name: data.get(name, "").strip() for name in TEXTS}
    place = data.get("section", OWN_GROUP)
    if place != OWN_GROUP:
        texts |= {"group": "", "group_en": ""}
    return Entry(
        **texts,
        section="" if place == OWN_GROUP else place,
        is_required="is_required" in data,
        is_personal="is_personal" in data,
        is_searchable="is_searchable" in data,
        choices=read_choices(data),
    )


def read_choices(data: QueryDict) -> list[Choice]:
    """One row a choice, in the order asked for; rows without a name are no choices."""
    keys, labels = data.getlist("choice_key"), data.getlist("choice")
    english, places = data.getlist("choice_en"), data.getlist("choice_place")
    kept = set(data.getlist("choice_active"))
    rows: list[tuple[float, int, Choice]] = []
    for at, (key, label) in enumerate(zip(keys, labels, strict=False)):
        if not label.strip():
            continue
        english_label = english[at].strip() if at < len(english) else ""
        is_active = not key or key in kept
        place = _place(places[at] if at < len(places) else "", at)
        rows.append((place, at, Choice(label.strip(), english_label, key, is_active)))
    return [choice for _place_, _at, choice in sorted(rows, key=lambda row: row[:2])]


def _place(text: str, at: int) -> float:
    return float(text) if text.isascii() and text.isdecimal() and len(text) < 6 else at + 1.0
