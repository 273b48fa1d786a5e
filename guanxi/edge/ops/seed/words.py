"""Names, addresses and remarks for people who do not exist, from `words.toml`. Pure; the caller brings the dice."""

from __future__ import annotations

import tomllib
from pathlib import Path
from random import Random

WORDS = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))
PRODUCTS: dict[str, int] = WORDS["products"]
COPIED: str = WORDS["copied"]


def one(dice: Random, kind: str) -> str:
    """A word of one of the lists, e.g. `health`."""
    return str(dice.choice(WORDS[kind]))


def event(dice: Random, branch: str) -> str:
    return str(dice.choice(WORDS["branches"][branch]["events"]))


def name_and_gender(dice: Random) -> tuple[str, str]:
    gender = "female" if dice.random() < 0.62 else "male"
    given = one(dice, gender)
    if dice.random() < 0.25:
        given = dice.choice(given)
    return one(dice, "surnames") + given, gender


def phone(dice: Random) -> str:
    return f"{one(dice, 'prefixes')}{dice.randrange(10**8):08}"


def address(dice: Random, branch: str) -> str:
    place = WORDS["branches"][branch]
    street, house = one(dice, "streets"), f"{dice.randint(1, 480)}号{dice.randint(1, 28)}栋"
    room = dice.randint(1, 6) * 100 + dice.randint(1, 8)
    return f"{place['city']}{dice.choice(place['districts'])}{street}{house}{room}室"


def good_note(dice: Random, *, is_buyer: bool) -> str:
    """A record that says something; the lists are long enough that copies are rare."""
    first = one(dice, "feelings" if is_buyer else "listening")
    return f"{first}。{one(dice, 'talks')}，{one(dice, 'nexts')}。"


def weak_note(dice: Random) -> str:
    return COPIED if dice.random() < 0.35 else one(dice, "weak")


def passing_note(dice: Random) -> str:
    return f"{one(dice, 'asking')}，{one(dice, 'answering')}"
