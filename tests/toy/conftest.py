"""The toy is a record type only for the tests beside it: registered before each, forgotten after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Grant, Role
from guanxi.base.records.types import RECORD_TYPES
from tests.api.conftest import call, token_of  # noqa: F401  (fixtures of the programs, here too)

from .gift import GIFTS, Gift

# role: verb to scope. Nobody of the service department hears of gifts; the doctor reads and sees no phone.
RIGHTS = {
    "satisfaction-representative": {"read": "own", "create": "own", "update": "own", "reveal": "own"},
    "sales-supervisor": {"read": "subordinates", "update": "subordinates"},
    "sales-manager": dict.fromkeys(
        ("read", "create", "update", "delete", "export", "import", "reveal"), "subordinates"
    ),
    "service-doctor": {"read": "branch"},
    "general-manager": dict.fromkeys(("read", "create", "update", "delete", "export", "import", "reveal"), "all"),
}


@pytest.fixture(autouse=True)
def gifts(db: None, settings: Any) -> Iterator[None]:
    settings.ROOT_URLCONF = "tests.toy.urls"
    roles = {role.key: role for role in Role.objects.all()}
    Grant.objects.bulk_create(
        Grant(role=roles[key], kind=Gift.KIND, verb=verb, scope=scope)
        for key, verbs in RIGHTS.items()
        for verb, scope in verbs.items()
    )
    RECORD_TYPES.add(GIFTS)
    yield
    RECORD_TYPES.remove(Gift.KIND)


@pytest.fixture
def gift_of(actor: Callable[[str], Actor]) -> Callable[..., Gift]:
    """`gift_of("rep", name="电饭煲")`: a gift that this person entered."""

    def make(login: str, name: str = "电饭煲", **values: Any) -> Gift:
        assert GIFTS.create is not None
        given = {"name": name, "kind": "tool", "phone": "13800001234"} | values
        made: Gift = GIFTS.create(given, actor=actor(login))
        return made

    return make
