"""The text form: `purchased = yes and (grade in (A, B) or last_contact_at < now - 30 days)`.

About children: `count(activity where kind in (call, visit), happened_at within 90 days) < 2`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from .problems import CriteriaError, Problem, _
from .tree import (
    EVERYTHING,
    LISTING,
    UNARY,
    Aggregate,
    All,
    Any,
    InSegment,
    Leaf,
    Mine,
    Node,
    Not,
    Operator,
    Reference,
    Related,
    Relative,
    Test,
    Unit,
    Value,
)

LONGEST = 4000
DEEPEST = 20
LARGEST_ID = 2**63 - 1
_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<quoted>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<moment>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?)(?![\w.])
    |(?P<day>\d{4}-\d{1,2}-\d{1,2})(?![\w.])
    |(?P<id>\#\d{1,18})(?![\w.])
    |(?P<number>-?\d+(?:\.\d+)?)(?![\w.])
    |(?P<mark><=|>=|!=|<>|=|<|>|\(|\)|\[|\]|,|\+|-|，|（|）|＝)
    |(?P<word>\w+(?:\.\w+)*)""",
    re.VERBOSE,
)
_MARKS = {"<>": "!=", "，": ",", "（": "(", "）": ")", "＝": "=", "[": "(", "]": ")"}
_RESERVED = frozenset({"and", "or", "not", "in", "is", "empty", "contains"})
_BASES = frozenset({"now", "today"})
_MINE = frozenset({"people", "unit", "units"})
_CALLS = frozenset(Aggregate)
_WORDS = {"yes": True, "true": True, "no": False, "false": False}


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    position: int


def parse(text: str) -> Node:
    """The tree; raises CriteriaError with a column counted from 1. An empty text is true of everything."""
    if len(text) > LONGEST:
        raise CriteriaError(Problem("criteria_long", _("The condition is too long."), column=1, line=1))
    tokens = _tokens(text)
    if tokens[0].kind == "end":
        return EVERYTHING
    return _Reader(tokens).whole()


def _tokens(text: str) -> list[Token]:
    tokens, at = [], 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _error("criteria_character", _('"%(text)s" does not belong in a condition.'), Token("", text[at], at))
        if found.lastgroup != "space":
            tokens.append(Token(found.lastgroup or "", _MARKS.get(found.group(), found.group()), at))
        at = found.end()
    return [*tokens, Token("end", "", at)]


def _error(code: str, text: str, token: Token) -> CriteriaError:
    return CriteriaError(Problem(code, text, {"text": token.text}, line=1, column=token.position + 1))


class _Reader:
    """Recursive descent: or, and, not, parentheses, test."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.next
        self.at += token.kind != "end"
        return token

    def met(self, *texts: str) -> bool:
        """Take the words or marks `texts` if they come next."""
        ahead = self.tokens[self.at : self.at + len(texts)]
        if [t.text.lower() for t in ahead if t.kind in {"word", "mark"}] != list(texts):
            return False
        self.at += len(texts)
        return True

    def whole(self) -> Node:
        node = self.either()
        if self.next.kind != "end":
            raise self.refuse(_('After a condition comes "and" or "or", not "%(text)s".'), "criteria_joining")
        return node

    def either(self) -> Node:
        parts = [self.both()]
        while self.met("or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def both(self) -> Node:
        parts = [self.single()]
        while self.met("and"):
            parts.append(self.single())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def single(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.refuse(_("The condition is nested too deeply."), "criteria_deep")
        try:
            if self.met("not"):
                return Not(self.single())
            if self.met("("):
                return self.closed(self.either())
            return self.test()
        finally:
            self.depth -= 1

    def closed(self, node: Node) -> Node:
        if not self.met(")"):
            raise self.refuse(_("A closing parenthesis is missing."), "criteria_parenthesis")
        return node

    def test(self) -> Leaf:
        name = self.take()
        if name.kind != "word" or name.text in _RESERVED:
            raise _error("criteria_field", _("The name of a field is expected here."), name)
        if self.next.text == "(" and name.text in _CALLS:
            return self.related(name)
        if self.next.text == "(" and name.text == "segment":
            return self.segment(name)
        operator, value = self.comparison()
        return Test(name.text, operator, value, name.position)

    def comparison(self) -> tuple[Operator, Value | tuple[Value, ...] | None]:
        operator = self.operator()
        if operator in UNARY:
            return operator, None
        if operator is Operator.WITHIN:
            return operator, self.window()
        return operator, self.values() if operator in LISTING else self.value()

    def related(self, name: Token) -> Related:
        self.met("(")
        of = self.take()
        if of.kind != "word":
            raise _error("criteria_relation", _("What is related is named here, as in exists(activity)."), of)
        relation, _dot, field = of.text.partition(".")
        where = self.conditions() if self.met("where") else EVERYTHING
        self.closed(EVERYTHING)
        what = Aggregate(name.text)
        operator, value = (None, None) if what is Aggregate.EXISTS else self.comparison()
        return Related(what, relation, field, where, operator, value, name.position)

    def conditions(self) -> Node:
        """A comma between conditions reads as "and"."""
        parts = [self.either()]
        while self.met(","):
            parts.append(self.either())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def segment(self, name: Token) -> InSegment:
        self.met("(")
        found = self.take()
        if found.kind not in {"id", "number", "quoted", "word"} or (
            found.kind == "number" and not found.text.isdigit()
        ):
            raise _error("criteria_segment", _("A segment is named here by its number or its name."), found)
        self.closed(EVERYTHING)
        by_id = found.kind in {"id", "number"}
        named = found.text if found.kind == "word" else _quoted(found)
        return InSegment(_reference(found) if by_id else named, name.position)

    def window(self) -> Relative:
        """`within 90 days`: the last ones; `within next 30 days`: those to come."""
        sign = 1 if self.met("next") else -1
        if sign < 0:
            self.met("last")
        amount, unit = self.take(), self.take()
        return Relative(
            "now", sign * _amount(amount, _("A whole number is expected here, as in within 90 days.")), _unit(unit)
        )

    def operator(self) -> Operator:
        for operator in _BY_LENGTH:
            if self.met(*operator.value.split()):
                return operator
        raise self.refuse(
            _("Here belongs one of = != < <= > >= in, not in, contains, within, is empty."), "criteria_operator"
        )

    def values(self) -> tuple[Value, ...]:
        if not self.met("("):
            raise self.refuse(_("A list in parentheses belongs here, such as (A, B)."), "criteria_list")
        found = [self.value()]
        while self.met(","):
            found.append(self.value())
        self.closed(EVERYTHING)
        return tuple(found)

    def value(self) -> Value:
        token = self.take()
        if token.kind in _LITERALS:
            return _LITERALS[token.kind](token)
        if token.kind == "word" and token.text in _BASES:
            return self.relative(token)
        if token.text == "me" and token.kind == "word":
            return Mine("me")
        if token.text == "my" and token.kind == "word" and self.next.text in _MINE:
            return Mine(f"my {self.take().text}")
        if token.kind == "word" and token.text not in _RESERVED:
            return _WORDS.get(token.text, token.text)
        raise _error("criteria_value", _("A value is expected here."), token)

    def relative(self, base: Token) -> Relative:
        sign = -1 if self.met("-") else 1 if self.met("+") else 0
        # In `now -30 days` the sign was read as part of the number.
        if not sign and self.next.kind != "number":
            return Relative(base.text)
        amount, unit = self.take(), self.take()
        wanted = _("A whole number is expected here, as in now - 30 days.")
        signed = Token(amount.kind, amount.text.removeprefix("-"), amount.position)
        less = -1 if amount.text.startswith("-") else 1
        return Relative(base.text, (sign or 1) * less * _amount(signed, wanted), _unit(unit))

    def refuse(self, text: str, code: str) -> CriteriaError:
        return _error(code, text, self.next)


def _amount(token: Token, wanted: str) -> int:
    if token.kind != "number" or not token.text.isdigit() or len(token.text) > 5:
        raise _error("criteria_amount", wanted, token)
    return int(token.text)


def _unit(token: Token) -> Unit:
    try:
        return Unit(token.text.lower().removesuffix("s"))
    except ValueError:
        raise _error("criteria_unit", _("Here belongs minutes, hours, days, weeks, months or years."), token) from None


def _reference(token: Token) -> Reference:
    return Reference(min(int(token.text.removeprefix("#")), LARGEST_ID))


def _quoted(token: Token) -> str:
    return re.sub(r"\\(.)", r"\1", token.text[1:-1])


def _day(token: Token) -> date:
    try:
        return date(*map(int, token.text.split("-")))
    except ValueError:
        raise _error("criteria_day", _("There is no such day as %(text)s."), token) from None


def _moment(token: Token) -> datetime:
    try:
        return datetime.fromisoformat(token.text)
    except ValueError:
        raise _error("criteria_day", _("There is no such day as %(text)s."), token) from None


_LITERALS: dict[str, Callable[[Token], Value]] = {
    "quoted": _quoted,
    "day": _day,
    "moment": _moment,
    "number": lambda token: Decimal(token.text),
    "id": _reference,
}
_BY_LENGTH = sorted(Operator, key=lambda operator: -len(operator.value))
