"""
Conditions of a definition: a small language, read once into frozen trees.

    q2 = yes                             an answer is this code; `!=` and `in {yes, refused}` likewise
    q9 >= 1                              a number compares the answer's score
    q1 positive · q1 unanswered          what an option says of itself; whether there is an answer
    any(q1..q4 in {yes, refused}) · all(asked = no)
    sum(q1..q9) > 0 · count(q1..q8 >= 2) + count(q9 >= 1) >= 5 · total >= 20 · previous_total - total >= 2
    complete and level in {high, high_pending} and not closed

Nothing is evaluated here and nothing of Python can be reached from it; `evaluation` gives the answers'
meaning.
"""

import re
from collections.abc import Sequence
from typing import Final

from .conditions import (
    ASKED,
    Both,
    Compare,
    Constant,
    Count,
    Either,
    Holds,
    IsIn,
    Named,
    Not,
    Number,
    Plus,
    Predicate,
    PreviousTotal,
    Quantified,
    Relation,
    Said,
    Scores,
    Sign,
    Standing,
    Sum,
    Test,
    Total,
)

DEPTH_MAX: Final = 20
"""Levels of brackets and `not`: conditions in published instruments have three."""


class BadCondition(ValueError):
    """
    A condition that does not follow the language; its text names the place, and is data of a definition.
    """


def parse(text: str, items: Sequence[str]) -> Test:
    """
    Read a condition; `items` are the ids of the definition in order, for ranges.

    Raises:
        BadCondition: The text is not a condition.
    """
    parser = _Parser(_tokens(text), items)
    test = parser.either(DEPTH_MAX)
    parser.end()
    return test


_TOKEN = re.compile(r"\s*(?:(\d{1,6})|([A-Za-z_][A-Za-z0-9_]*)|(\.\.|>=|<=|!=|[=><(){},+-]))")
_RELATIONS: Final = (">=", "<=", "!=", "=", ">", "<")
_NUMBER_WORDS: Final = ("total", "previous_total", "sum", "count")


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise BadCondition(f"cannot read {text[at : at + 10]!r}")
        tokens.append(match[0].strip())
        at = match.end()
    return tokens


class _Parser:
    """Reads tokens from left to right, one method a level of the language."""

    def __init__(self, tokens: list[str], items: Sequence[str]) -> None:
        self._tokens = tokens
        self._at = 0
        self._items = list(items)

    def either(self, depth: int) -> Test:
        parts = [self._both(depth)]
        while self._take("or"):
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def end(self) -> None:
        if self._at < len(self._tokens):
            raise BadCondition(f"{self._peek()!r} is left over")

    def _both(self, depth: int) -> Test:
        parts = [self._negated(depth)]
        while self._take("and"):
            parts.append(self._negated(depth))
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def _negated(self, depth: int) -> Test:
        if depth < 0:
            raise BadCondition(f"more than {DEPTH_MAX} levels")
        if self._take("not"):
            return Not(self._negated(depth - 1))
        if self._take("("):
            inside = self.either(depth - 1)
            self._expect(")")
            return inside
        return self._atom()

    def _atom(self) -> Test:
        word = self._peek()
        if word in ("complete", "closed"):
            self._at += 1
            return Standing("complete" if word == "complete" else "closed")
        if word in ("any", "all"):
            self._at += 1
            items, predicate = self._over_items()
            return Quantified(word == "all", items, predicate)
        if word in _NUMBER_WORDS or word.isdigit():
            return self._comparison()
        return self._about(self._name())

    def _about(self, name: str) -> Test:
        following = self._peek()
        if following in ("", "and", "or", ")"):
            return Named(name)
        return Holds(name, self._predicate())

    def _comparison(self) -> Test:
        left = self._number()
        relation = self._relation()
        return Compare(left, relation, self._number())

    def _number(self) -> Number:
        left = self._term()
        while self._peek() in ("+", "-"):
            minus = self._next() == "-"
            left = Plus(left, self._term(), minus)
        return left

    def _term(self) -> Number:
        word = self._next()
        if word.isdigit():
            return Constant(int(word))
        if word == "total":
            return Total()
        if word == "previous_total":
            return PreviousTotal()
        if word == "sum":
            self._expect("(")
            items = self._item_list()
            self._expect(")")
            return Sum(items)
        if word == "count":
            items, predicate = self._over_items()
            return Count(items, predicate)
        raise BadCondition(f"{word!r} is not a number")

    def _over_items(self) -> tuple[tuple[str, ...], Predicate]:
        self._expect("(")
        items = self._item_list()
        predicate = self._predicate()
        self._expect(")")
        return items, predicate

    def _item_list(self) -> tuple[str, ...]:
        if self._take("asked"):
            return ASKED
        found = self._item_range()
        while self._take(","):
            found += self._item_range()
        return tuple(found)

    def _item_range(self) -> list[str]:
        first = self._item()
        if not self._take(".."):
            return [self._items[first]]
        last = self._item()
        if last < first:
            raise BadCondition("a range of items runs backwards")
        return self._items[first : last + 1]

    def _item(self) -> int:
        name = self._name()
        if name not in self._items:
            raise BadCondition(f"{name!r} is not an item")
        return self._items.index(name)

    def _predicate(self) -> Predicate:
        word = self._peek()
        if word in ("positive", "negative"):
            self._at += 1
            return Sign(word == "positive")
        if word in ("answered", "unanswered"):
            self._at += 1
            return Said(word == "answered")
        if self._take("in"):
            return IsIn(self._codes())
        relation = self._relation()
        if self._peek().isdigit():
            return Scores(relation, int(self._next()))
        if relation not in ("=", "!="):
            raise BadCondition(f"{relation!r} compares numbers only")
        return IsIn(frozenset((self._name(),)), relation == "!=")

    def _codes(self) -> frozenset[str]:
        self._expect("{")
        codes = [self._name()]
        while self._take(","):
            codes.append(self._name())
        self._expect("}")
        return frozenset(codes)

    def _relation(self) -> Relation:
        word = self._next()
        for relation in _RELATIONS:
            if word == relation:
                return relation
        raise BadCondition(f"{word!r} is not a relation")

    def _name(self) -> str:
        word = self._next()
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", word):
            raise BadCondition(f"{word!r} is not a name")
        return word

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        word = self._peek()
        self._at += 1
        return word

    def _take(self, word: str) -> bool:
        if self._peek() != word:
            return False
        self._at += 1
        return True

    def _expect(self, word: str) -> None:
        if not self._take(word):
            raise BadCondition(f"{word!r} is missing")
