"""The text form: `purchased = yes and (grade in (A, B) or last_contact_at < now - 30 days)`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from .problems import CriteriaError, Problem, _
from .tree import EVERYTHING, LISTING, UNARY, All, Any, Node, Not, Operator, Relative, Test, Unit, Value

LONGEST = 4000
DEEPEST = 20
_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<quoted>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<moment>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?)(?![\w.])
    |(?P<day>\d{4}-\d{1,2}-\d{1,2})(?![\w.])
    |(?P<number>-?\d+(?:\.\d+)?)(?![\w.])
    |(?P<mark><=|>=|!=|<>|=|<|>|\(|\)|\[|\]|,|\+|-|，|（|）|＝)
    |(?P<word>\w+(?:\.\w+)*)""",
    re.VERBOSE,
)
_MARKS = {"<>": "!=", "，": ",", "（": "(", "）": ")", "＝": "=", "[": "(", "]": ")"}
_RESERVED = frozenset({"and", "or", "not", "in", "is", "empty", "contains"})
_BASES = frozenset({"now", "today"})
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

    def test(self) -> Test:
        name = self.take()
        if name.kind != "word" or name.text in _RESERVED:
            raise _error("criteria_field", _("The name of a field is expected here."), name)
        operator = self.operator()
        if operator in UNARY:
            return Test(name.text, operator, position=name.position)
        value = self.values() if operator in LISTING else self.value()
        return Test(name.text, operator, value, name.position)

    def operator(self) -> Operator:
        for operator in _BY_LENGTH:
            if self.met(*operator.value.split()):
                return operator
        raise self.refuse(_("Here belongs one of = != < <= > >= in, not in, contains, is empty."), "criteria_operator")

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
        if token.kind == "word" and token.text not in _RESERVED:
            return _WORDS.get(token.text, token.text)
        raise _error("criteria_value", _("A value is expected here."), token)

    def relative(self, base: Token) -> Relative:
        sign = -1 if self.met("-") else 1 if self.met("+") else 0
        # In `now -30 days` the sign was read as part of the number.
        if not sign and self.next.kind != "number":
            return Relative(base.text)
        amount, unit = self.take(), self.take()
        if amount.kind != "number" or not amount.text.lstrip("-").isdigit() or len(amount.text) > 5:
            raise _error("criteria_amount", _("A whole number is expected here, as in now - 30 days."), amount)
        return Relative(base.text, (sign or 1) * int(amount.text), _unit(unit))

    def refuse(self, text: str, code: str) -> CriteriaError:
        return _error(code, text, self.next)


def _unit(token: Token) -> Unit:
    try:
        return Unit(token.text.lower().removesuffix("s"))
    except ValueError:
        raise _error("criteria_unit", _("Here belongs minutes, hours, days, weeks, months or years."), token) from None


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
}
_BY_LENGTH = sorted(Operator, key=lambda operator: -len(operator.value))
