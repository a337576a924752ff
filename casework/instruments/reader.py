"""
Reading a definition from its data, and refusing what it could not be asked or scored by.

The same reader serves shipped files, imported questionnaires and the `instrument` records that carry them to
tablets. It checks what a form needs to be safe: every name that a condition uses exists, bands cover the
range without overlap, no branch depends on itself.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

from sync import Json

from ..errors import BadAnswer
from ..risk.levels import KINDS as RISK_KINDS
from ..risk.levels import LEVELS
from . import model
from .conditions import ASKED, Count, Holds, IsIn, Named, Quantified, Test, names_in, nodes_in
from .data_shape import DEFINITION, first_fault
from .expression import BadCondition, parse

STATES: Final = ("complete", "closed", "total")
"""Names that stand for the state of an administration, which an item's own branch may not rest on."""


def read_definition(data: Json) -> model.Definition:
    """
    Make a definition of its data.

    Raises:
        BadAnswer: The data breaks the form; `part` says where, `rule` what.
    """
    fault = first_fault(DEFINITION, data)
    if fault is not None or not isinstance(data, dict):
        part, rule = fault or ("", "must be an object")
        raise BadAnswer("instrument", "definition", rule, part)
    return _Reader(data, _without_null(data)).definition()


class _Reader:
    """Reads data of the right shape; what is left to refuse are names and ranges."""

    def __init__(self, source: dict[str, Any], data: dict[str, Any]) -> None:
        self._source = source
        self._data = data
        self._ids = [item["id"] for item in data["items"]]
        self._outcome_names = [outcome["name"] for outcome in data.get("outcomes", ())]
        self._cutoff_codes = [cutoff["code"] for cutoff in data.get("cutoffs", ())]
        self._codes = _codes_of(data)

    def definition(self) -> model.Definition:
        """Read every part in the order in which they refer to each other."""
        data = self._data
        self._unique(self._ids + self._outcome_names, "items", "must have ids that differ")
        items = tuple(self._item(index, item) for index, item in enumerate(data["items"]))
        total = self._total(items)
        return model.Definition(
            id=data["id"],
            version=data["version"],
            titles=data["titles"],
            items=items,
            source=self._source,
            construct=data.get("construct", ""),
            recall_period=data.get("recall_period", ""),
            licence=data.get("licence", ""),
            attribution=data.get("attribution", ""),
            notice=data.get("notice", ""),
            loinc=data.get("loinc"),
            total=total,
            bands=self._bands(total),
            cutoffs=self._cutoffs("cutoffs"),
            outcomes=tuple(self._outcome(index) for index in range(len(self._outcome_names))),
            derived=self._cutoffs("derived"),
            rules=tuple(self._rule(index, rule) for index, rule in enumerate(data.get("rules", ()))),
            ask_alone=data.get("ask_alone", False),
            official=tuple(data.get("official", ())),
        )

    def _item(self, index: int, item: dict[str, Any]) -> model.Item:
        part = f"items.{item['id']}"
        kind = item.get("kind", "choice")
        options = self._options(item, part) if kind == "choice" else ()
        ask_if = item.get("ask_if")
        return model.Item(
            id=item["id"],
            labels=item["labels"],
            kind=kind,
            options=options,
            loinc=item.get("loinc"),
            link_id=item.get("link_id"),
            required=item.get("required", False),
            multiple=item.get("multiple", False),
            # A branch rests on items before it: whatever order they are asked in, it cannot rest on itself.
            ask_if=None if ask_if is None else self._test(ask_if, part, self._ids[:index]),
            sensitive=item.get("sensitive"),
            asked_of=item.get("asked_of", "client"),
        )

    def _options(self, item: dict[str, Any], part: str) -> tuple[model.Option, ...]:
        offered = self._data.get("options", {}).get(item.get("options"))
        if not offered:
            raise self._bad(part, "must name a list of options")
        self._unique([option["code"] for option in offered], part, "must have options that differ")
        return tuple(
            model.Option(
                code=option["code"],
                labels=option["labels"],
                score=option.get("score"),
                positive=option.get("positive"),
                loinc=option.get("loinc"),
                exclusive=option.get("exclusive", False),
                refusal=option.get("refusal", False),
            )
            for option in offered
        )

    def _total(self, items: tuple[model.Item, ...]) -> model.Total | None:
        total = self._data.get("total")
        if total is None:
            return None
        scored = [item for item in items if item.id in total["items"]]
        if len(scored) != len(total["items"]) or not all(_has_scores(item) for item in scored):
            raise self._bad(
                "total", "must be the sum of different items, each of one answer, whose options have scores"
            )
        return model.Total(
            items=tuple(total["items"]),
            least=total["range"][0],
            most=total["range"][1],
            loinc=total.get("loinc"),
            closed_counts_as=total.get("closed_counts_as"),
        )

    def _bands(self, total: model.Total | None) -> tuple[model.Band, ...]:
        bands = [
            model.Band(band["least"], band["most"], band["code"], band["labels"])
            for band in self._data.get("bands", ())
        ]
        bands.sort(key=lambda band: band.least)
        if bands and (total is None or not _cover(bands, total.least, total.most)):
            raise self._bad("bands", "must cover the range of the total without gap or overlap")
        return tuple(bands)

    def _cutoffs(self, member: str) -> tuple[model.Cutoff, ...]:
        return tuple(
            model.Cutoff(
                code=cutoff["code"],
                when=self._test(
                    cutoff["when"], f"{member}.{cutoff['code']}", (*self._ids, *STATES, *model.INPUTS, *ASKED)
                ),
                labels=cutoff.get("labels", {}),
                optional=cutoff.get("optional", False),
            )
            for cutoff in self._data.get(member, ())
        )

    def _outcome(self, index: int) -> model.Outcome:
        outcome = self._data["outcomes"][index]
        part = f"outcomes.{outcome['name']}"
        earlier = self._outcome_names[:index]
        known = (*self._ids, *STATES, *model.INPUTS, *ASKED, *self._cutoff_codes, *earlier)
        cases = tuple(
            model.Case(
                code=case["code"],
                labels=case["labels"],
                when=self._test(case["when"], f"{part}.{case['code']}", known) if "when" in case else None,
                loinc=case.get("loinc"),
                waits_for=case.get("waits_for"),
            )
            for case in outcome["cases"]
        )
        if cases[-1].when is not None or any(case.when is None for case in cases[:-1]):
            raise self._bad(part, "must end with the one case that has no condition")
        if any(case.waits_for not in (None, *self._ids) for case in cases):
            raise self._bad(part, "must wait for an item")
        return model.Outcome(outcome["name"], cases, outcome.get("loinc"))

    def _rule(self, index: int, rule: dict[str, Any]) -> model.Rule:
        part = f"rules.{rule['id']}"
        raises = rule.get("raises")
        if raises is not None and (raises["kind"] not in RISK_KINDS or raises["level"] not in LEVELS):
            raise self._bad(part, "must raise a kind and a level of risk that exist")
        known = (*self._ids, *STATES, *model.INPUTS, *ASKED, *self._cutoff_codes, *self._outcome_names)
        return model.Rule(
            id=rule["id"],
            when=self._test(rule["when"], part, known),
            voice=rule["voice"],
            action=rule["action"],
            raises=None if raises is None else model.Raises(raises["kind"], raises["level"]),
        )

    def _test(self, text: str, part: str, known: Collection[str]) -> Test:
        try:
            test = parse(text, self._ids)
        except BadCondition as error:
            raise self._bad(part, f"has a condition that cannot be read: {error}") from None
        if not set(names_in(test)) <= set(known):
            raise self._bad(part, "has a condition about something that is not there, or that comes later")
        for node in nodes_in(test):
            self._makes_sense(node, part)
        return test

    def _makes_sense(self, node: object, part: str) -> None:
        """A condition that can never hold is a mistake of typing, and would silence an alarm for ever."""
        match node:
            case Named(name) if name not in self._cutoff_codes:
                raise self._bad(part, f"has a condition that does not say what of {name}")
            case Holds(name, _) if name in self._cutoff_codes:
                raise self._bad(
                    part, f"has a condition that compares the cut-off {name}, which is reached or not"
                )
            case Holds(name, IsIn(codes)):
                self._can_be(codes, (name,), part)
            case Quantified(_, items, IsIn(codes)) | Count(items, IsIn(codes)):
                self._can_be(codes, self._ids if items == ASKED else items, part)

    def _can_be(self, codes: Collection[str], names: Collection[str], part: str) -> None:
        offered = [self._codes.get(name) for name in names]
        known = {code for some in offered if some is not None for code in some}
        if None not in offered and (strange := sorted(set(codes) - known)):
            raise self._bad(part, f"has a condition about {', '.join(strange)}, which nothing there can be")

    def _unique(self, ids: list[str], part: str, rule: str) -> None:
        if len(set(ids)) != len(ids):
            raise self._bad(part, rule)

    def _bad(self, part: str, rule: str) -> BadAnswer:
        return BadAnswer("instrument", "definition", rule, part)


def _without_null(data: Any) -> Any:
    """The data without members that are null: they say no more than members that are not there."""
    if isinstance(data, list):
        return [_without_null(entry) for entry in data]
    if isinstance(data, dict):
        return {name: _without_null(member) for name, member in data.items() if member is not None}
    return data


def _codes_of(data: dict[str, Any]) -> dict[str, set[str]]:
    """{name: codes that it can have} of questions with options, outcomes, and what is told besides."""
    lists = data.get("options", {})
    found = {
        item["id"]: {option["code"] for option in lists.get(item.get("options"), ())}
        for item in data["items"]
        if item.get("kind", "choice") == "choice"
    }
    found |= {
        outcome["name"]: {case["code"] for case in outcome["cases"]} for outcome in data.get("outcomes", ())
    }
    return found | {"seen_alone": {"true", "false", "unknown"}}


def _has_scores(item: model.Item) -> bool:
    """Whether an answer to it is one score: several answers have no sum that a publisher would know."""
    is_one = item.kind == "choice" and not item.multiple
    return is_one and any(option.score is not None for option in item.options)


def _cover(bands: list[model.Band], least: int, most: int) -> bool:
    edges = [least, *(band.most + 1 for band in bands)]
    return edges[-1] == most + 1 and all(
        band.least == edge and band.most >= band.least for band, edge in zip(bands, edges, strict=False)
    )


def data_of(definition: model.Definition) -> Mapping[str, Json]:
    """The data that `read_definition` makes this definition of."""
    return definition.source
