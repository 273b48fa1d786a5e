"""Every change a person could ask about is an action, and every action says what it did in both languages."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import get_resolver
from django.utils import translation

from guanxi.base.audit.trail import NAMES, Name

from .rooms import HOUSE, built, module_of, sources

# Functions of an actions module that take the actor and are no action of their own, each with its reason.
APART = {
    "guanxi.base.org.actions.post.access_post": "fetches for the actions beside it",
    "guanxi.base.org.actions.post.new_post": "a part of hiring and of adding a post",
    "guanxi.base.org.actions.own.own_account": "fetches for the actions beside it",
    "guanxi.core.customers.actions.customer.record_changes": "writes the entry of the action that calls it",
    "guanxi.core.rulebooks.actions.duty.open_duty": "the first lines of several actions",
    "guanxi.core.rulebooks.actions.duty.give_notice": "tells the colleague, within the action that hands over",
    "guanxi.core.rulebooks.actions.duty.let_open": "lends the customer, within the action that gives the duty",
    "guanxi.core.customers.actions.customer.unit_for": "reads only",
    "guanxi.core.documents.actions.document.readable_version": "reads only",
    "guanxi.core.customers.actions.many.locked": "fetches for the actions beside it",
    "guanxi.core.customers.actions.many.record_several": "writes the entry of the action that calls it",
    "guanxi.core.activities.actions.coming.follow_customer": "follows the transfer that said so, within it",
    "guanxi.domain.archive.actions.transfer.may_send_for": "reads only",
    "guanxi.domain.archive.actions.transfer.may_take_back": "reads only",
    "guanxi.domain.archive.actions.transfer.require_sender": "refuses within the actions beside it",
    "guanxi.core.rulebooks.actions.check.access_callback": "fetches for the actions beside it",
    "guanxi.core.rulebooks.actions.check.own_staff": "reads only",
    "guanxi.core.rulebooks.actions.terms.other_approvers": "reads only",
    "guanxi.core.rulebooks.actions.terms.require_another_than_the_drafter": "refuses within the approval",
}
NAME = re.compile(r"[a-z]+(:[a-z_]+){1,3}")


def action_modules() -> list[str]:
    def is_one(parts: tuple[str, ...]) -> bool:
        return "actions" in parts or parts[-1] in ("actions.py", "tokens.py")

    return [module_of(path) for path in sources(*built()) if is_one(path.relative_to(HOUSE).parts)]


def functions_with_actor() -> dict[str, Callable[..., Any]]:
    found = {}
    for name in action_modules():
        module = importlib.import_module(name)
        for key, value in vars(module).items():
            is_own = inspect.isfunction(value) and value.__module__ == name and not key.startswith("_")
            if is_own and "actor" in inspect.signature(value).parameters:
                found[f"{name}.{key}"] = value
    return found


@pytest.fixture(scope="module", autouse=True)
def everything_is_loaded() -> None:
    """Actions register when their module is imported; the addresses import all that people can do."""
    assert get_resolver().url_patterns
    for name in action_modules():
        importlib.import_module(name)


def test_functions_that_take_the_actor_are_actions():
    found = functions_with_actor()
    assert len(found) > 20
    plain = {name for name, function in found.items() if not hasattr(function, "action_name")}
    assert plain - set(APART) == set()


def test_reasons_are_given_only_for_what_exists():
    assert set(APART) - set(functions_with_actor()) == set()


def registered() -> list[Name]:
    return [name for name in NAMES if name.function.startswith("guanxi.")]


def test_names_are_room_noun_verb_of_their_own_room():
    for name in registered():
        assert NAME.fullmatch(name.key), name.key
        room = name.function.split(".")[2]
        assert name.key.split(":")[0] == room, f"{name.key} is said by {name.function}"


def test_sentences_are_translated_and_can_be_filled():
    for name in registered():
        with translation.override("en"):
            english = str(name.sentence)
        with translation.override("zh-hans"):
            chinese = str(name.sentence)
        assert chinese != english, f"{name.key}: {english!r} has no Chinese"
        for sentence in (english, chinese):
            # A few things are done by nobody known, such as asking for an account.
            assert "邱远" in sentence % {"who": "邱远", "count": 3} or "%(who)s" not in sentence, name.key
            assert sentence.endswith((".", "。")), name.key


def test_every_action_is_run_by_some_test():
    """By its name in a test, or through an address that the sweep of the access tests posts to."""
    tests = "\n".join(path.read_text("utf-8") for path in sources(HOUSE.parent / "tests"))
    screens = "\n".join(path.read_text("utf-8") for path in sources(*built()) if "actions" not in path.parts)
    own = [(n.key, n.function.rsplit(".", 1)[1]) for n in registered() if not is_standard(n)]
    assert [key for key, function in own if function not in tests and function not in screens] == []


def is_standard(name: Name) -> bool:
    """What every type of record has alike is tested once (tests/records) and swept under each type's addresses."""
    return ".models." in name.function
