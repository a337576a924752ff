"""
Official wording: a questionnaire that an agency imports, laid over a shipped definition.

The publisher's words replace our labels item by item, matched by LOINC code or link id; facts (scores,
branches, rules) stay ours, and the result is a version of its own. Items that are totals or results there are
computed here and not asked. A questionnaire that we do not know becomes a definition without scores.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sync import Json, canonical, digest_id

from ..errors import BadAnswer
from .form import LOINC_SYSTEM, Form, FormItem, FormOption, Import, Problem, faults
from .model import Definition, Item, Option
from .reader import read_definition

WORDING_DIGEST_CHARS: Final = 8
"""Characters of the digest of the wording in a version: enough to tell apart every edition of one form."""

WORDED: Final = "_worded"
"""Behind an item's id, the name of its options in the publisher's words."""


def bring_in(form: Form, shipped: Iterable[Definition]) -> Import:
    """Lay a form over the shipped definition that it words, or make a definition of its own."""
    unsound = tuple(faults(form))
    if unsound:
        return Import(None, unsound)
    known = match(form, shipped)
    return overlay(known, form) if known is not None else build(form)


def match(form: Form, shipped: Iterable[Definition]) -> Definition | None:
    """
    The shipped definition that a form words.

    By the panel's code; without one, by the definition whose items the form has, all of them and no other. A
    definition without any code is known by its own id and those of its items.
    """
    candidates = list(shipped)
    named = next((made for made in candidates if made.id == form.id and not _item_codes(made)), None)
    if named is not None and {_tail(item.link_id) for item in form.items} == {
        item.id for item in named.items
    }:
        return named
    if form.loinc is not None:
        return next((made for made in candidates if made.loinc == form.loinc), None)
    codes = {item.loinc for item in form.items if item.loinc is not None}
    return next(
        (made for made in candidates if _item_codes(made) and _item_codes(made) <= codes <= _all_codes(made)),
        None,
    )


def overlay(definition: Definition, form: Form) -> Import:
    """Lay a form's words over a definition, which keeps its items, order, scores and rules."""
    problems: list[Problem] = []
    texts: dict[str, FormItem] = {}
    for asked in form.items:
        if _is_computed(definition, asked):
            problems.append(Problem(asked.link_id, "computed", "is computed here and not asked", "noted"))
            continue
        item = _item_for(definition, asked)
        if item is None:
            problems.append(_stranger(definition, asked))
        elif item.id in texts:
            problems.append(Problem(asked.link_id, "twice", "words an item that another one words already"))
        else:
            texts[item.id] = asked
            problems.extend(_option_problems(item, asked))
    for item in definition.items:
        if item.id not in texts:
            text = f"{item.loinc or item.id} is not in the form: it is asked in our own words"
            problems.append(Problem("", "missing_item", text, "noted"))
    if any(problem.urgency == "refused" for problem in problems):
        return Import(None, tuple(problems))
    try:
        return Import(_worded(definition, form, texts), tuple(problems))
    except BadAnswer as error:
        link_id = _link_of_item(definition, texts, error.part)
        return Import(None, (*problems, Problem(link_id, "unreadable", error.rule)))


def build(form: Form) -> Import:
    """Make a definition of a form that is not known here: it can be asked, and is not scored."""
    options: dict[str, Json] = {}
    items: list[Json] = []
    for number, asked in enumerate(form.items, 1):
        name = f"item_{number}"
        item: dict[str, Json] = {"id": name, "labels": {form.language: asked.text}, "kind": asked.kind}
        item |= {"link_id": asked.link_id, "required": asked.required, "multiple": asked.multiple}
        if asked.loinc is not None:
            item["loinc"] = asked.loinc
        if asked.kind == "choice":
            options[name] = [_new_option(option, form.language) for option in asked.options]
            item["options"] = name
        items.append(item)
    data: dict[str, Json] = {
        "id": form.id,
        "version": form.version,
        "titles": {form.language: form.title},
        "notice": form.notice,
        "options": options,
        "items": items,
        "official": [form.language],
    }
    if form.loinc is not None:
        data["loinc"] = form.loinc
    try:
        return Import(read_definition(data), ())
    except BadAnswer as error:
        return Import(None, (Problem(_link_of(form, error.part), "unreadable", error.rule),))


def _stranger(definition: Definition, asked: FormItem) -> Problem:
    title = definition.titles.get("en", definition.id)
    if asked.loinc is not None:
        return Problem(asked.link_id, "unknown_loinc", f"LOINC code {asked.loinc} is not one of {title}")
    return Problem(asked.link_id, "unknown_item", f"is no item of {title}")


def _item_codes(definition: Definition) -> set[str]:
    return {item.loinc for item in definition.items if item.loinc is not None and item.required}


def _all_codes(definition: Definition) -> set[str]:
    asked = {item.loinc for item in definition.items if item.loinc is not None}
    return asked | _computed_codes(definition)


def _computed_codes(definition: Definition) -> set[str]:
    codes = [outcome.loinc for outcome in definition.outcomes]
    codes.append(None if definition.total is None else definition.total.loinc)
    return {code for code in codes if code is not None}


def _is_computed(definition: Definition, asked: FormItem) -> bool:
    return asked.loinc in _computed_codes(definition) or _tail(asked.link_id) in _computed_codes(definition)


def _item_for(definition: Definition, asked: FormItem) -> Item | None:
    """By LOINC code; by link id only where the form gives no code."""
    if asked.loinc is not None:
        return next((item for item in definition.items if item.loinc == asked.loinc), None)
    tail = _tail(asked.link_id)
    return next((item for item in definition.items if tail in (item.id, item.loinc)), None)


def _tail(link_id: str) -> str:
    return link_id.rpartition("/")[2]


def _option_for(item: Item, offered: FormOption) -> Option | None:
    """By code; by our own code or the score only where the option is not of LOINC."""
    if offered.system == LOINC_SYSTEM or offered.code.startswith("LA"):
        return next((option for option in item.options if option.loinc == offered.code), None)
    named = item.option(offered.code)
    scored = (
        option for option in item.options if offered.score is not None and option.score == offered.score
    )
    return named or next(scored, None)


def _option_problems(item: Item, asked: FormItem) -> Iterable[Problem]:
    """Every option must be one of ours, with our score, and none of ours may lack."""
    if not asked.options:
        return
    found = [(offered, _option_for(item, offered)) for offered in asked.options]
    for offered, option in found:
        if option is None:
            yield Problem(asked.link_id, "unknown_option", f"option {offered.code} is not one of the item's")
        elif None not in (offered.score, option.score) and offered.score != option.score:
            yield Problem(
                asked.link_id, "other_score", f"option {offered.code} has another score than published"
            )
    offered_codes = {option.code for _, option in found if option is not None}
    for option in item.options:
        if option.code not in offered_codes:
            yield Problem(asked.link_id, "missing_option", f"lacks the option {option.loinc or option.code}")


def _worded(definition: Definition, form: Form, texts: Mapping[str, FormItem]) -> Definition:
    """The definition's data with the form's words, read again as a version of its own."""
    data: dict[str, Any] = {**definition.source}
    options: dict[str, Any] = dict(data.get("options", {}))
    items: list[Json] = []
    for item, source in zip(definition.items, data["items"], strict=True):
        asked = texts.get(item.id)
        worded = {**source}
        if asked is not None:
            worded |= {"labels": {**source["labels"], form.language: asked.text}, "link_id": asked.link_id}
            if asked.options:
                worded["options"] = f"{item.id}{WORDED}"
                options[worded["options"]] = _worded_options(
                    options[source["options"]], item, asked, form.language
                )
        items.append(worded)
    data |= {
        "items": items,
        "options": options,
        "titles": {**data["titles"], form.language: form.title},
        "official": sorted({*data.get("official", ()), form.language}),
        "notice": form.notice or data.get("notice", ""),
    }
    worded_parts: dict[str, Any] = {"items": items, "options": options, "titles": data["titles"]}
    digest = digest_id(canonical(worded_parts))
    base = definition.version.partition("+")[0]
    data["version"] = f"{base}+{digest.replace('_', '.')[:WORDING_DIGEST_CHARS]}"
    return read_definition(data)


def _worded_options(
    ours: list[dict[str, Any]], item: Item, asked: FormItem, language: str
) -> list[dict[str, Any]]:
    found = [(_option_for(item, offered), offered.display) for offered in asked.options]
    displays = {option.code: display for option, display in found if option is not None}
    return [{**option, "labels": {**option["labels"], language: displays[option["code"]]}} for option in ours]


def _new_option(option: FormOption, language: str) -> dict[str, Json]:
    made: dict[str, Json] = {"code": option.code, "labels": {language: option.display}}
    if option.system == LOINC_SYSTEM and option.code.startswith("LA"):
        made["loinc"] = option.code
    return made


def _link_of_item(definition: Definition, texts: Mapping[str, FormItem], part: str) -> str:
    """The link id of the item whose words a part of a worded definition holds."""
    names = part.split(".")
    for place, item in enumerate(definition.items):
        if item.id in texts and (names[:2] == ["items", str(place)] or f"{item.id}{WORDED}" in names):
            return texts[item.id].link_id
    return ""


def _link_of(form: Form, part: str) -> str:
    """The link id of the item that a part of a definition made of the form names."""
    names = part.split(".")
    for number, asked in enumerate(form.items, 1):
        if names[:2] == ["items", str(number - 1)] or f"item_{number}" in names:
            return asked.link_id
    return ""
