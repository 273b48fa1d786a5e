"""Every room is where it belongs, says what it owns, and points down."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Field, Model

from .rooms import FLOORS, HEIGHT, HOUSE, built


def our_models() -> list[type[Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model.__module__.startswith("guanxi.")]


def pointing_up(models: list[type[Model]]) -> list[str]:
    found = []
    for model in models:
        for field in model._meta.get_fields():
            target = field.related_model if isinstance(field, Field) and field.is_relation else None
            if isinstance(target, type) and HEIGHT.get(target._meta.app_label, -1) > HEIGHT[model._meta.app_label]:
                found.append(f"{model._meta.label}.{field.name} -> {target._meta.label}")
    return found


def test_foreign_keys_point_to_the_same_room_or_a_lower_one():
    assert our_models()
    assert pointing_up(our_models()) == []


def test_a_foreign_key_that_points_up_is_found(monkeypatch):
    monkeypatch.setitem(HEIGHT, "customers", 99)
    assert "activities.Activity.customer -> customers.Customer" in pointing_up(our_models())


@pytest.mark.parametrize("room", built(), ids=lambda room: room.name)
def test_a_room_is_known_and_says_what_it_owns(room: Path):
    assert room.name in FLOORS[room.parent.name]
    readme = room / "README.md"
    assert readme.exists(), f"{room.name}: no README.md"
    assert readme.read_text("utf-8").startswith(f"# {room.name}")


@pytest.mark.parametrize("room", built(), ids=lambda room: room.name)
def test_a_room_is_never_empty(room: Path):
    assert [path for path in room.rglob("*.py") if path.name not in ("__init__.py", "apps.py")]


def test_tables_are_named_after_their_room():
    labels = {model._meta.app_label for model in our_models()}
    assert labels <= {room.name for room in built()}
    assert [m._meta.label for m in our_models() if not m._meta.db_table.startswith(f"{m._meta.app_label}_")] == []


def test_no_folder_stands_beside_the_floors():
    folders = {path.name for path in HOUSE.iterdir() if path.is_dir() and not path.name.startswith("__")}
    assert folders <= {*FLOORS, "packs"}
