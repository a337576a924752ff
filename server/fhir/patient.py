"""
Patient: a person of another system as a client to be.

Names, dates and numbers are taken where they fit our fields; what does not fit is named in a note and left out.
Race and ethnicity are those of US Core (http://hl7.org/fhir/us/core/), noted as coming from another system.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

import casework
from sync import Json

from ..errors import Unreadable
from ..services.desk.registry import Draft, DraftRecord
from ..services.keeping.spreadsheet import identifier_unit

Object: TypeAlias = Mapping[str, Any]

US_CORE: Final = "http://hl7.org/fhir/us/core/StructureDefinition/"
DATE_CHARS: Final = len("2026-11-24")
YES: Final = "373066001"
NO: Final = "373067005"
"""SNOMED CT codes of US Core's interpreter extension."""

_NAME_USES: Final = ("official", "usual", None, "temp", "nickname", "anonymous", "maiden", "old")
"""Uses of a name, the one that stands on papers first."""

_PHONE_USES: Final = {"mobile": "mobile", "home": "home", "work": "work"}
_KINDS: Final = {"temp": "staying"}


def draft_of(patient: Object) -> tuple[Draft, tuple[str, ...]]:
    """
    The client that a valid Patient describes, and notes of what is left out.

    Raises:
        Unreadable: Nobody could be found by the name that it gives.
    """
    kept = _Kept()
    _names(kept, patient)
    _person(kept, patient)
    _statements(kept, patient)
    for number, identifier in enumerate(patient.get("identifier", ())):
        if identifier.get("value"):
            system, value = identifier.get("system", ""), identifier["value"]
            unit = identifier_unit(system, value)
            kept.say(unit, _some(value=value, system=system), f"identifier.{number}")
    others = [*_phones(kept, patient), *_addresses(kept, patient)]
    return Draft(DraftRecord("client", kept.units), tuple(others)), tuple(kept.notes)


class _Kept:
    """Units that obey their rules, and notes of those that did not."""

    def __init__(self) -> None:
        self.units: dict[str, Json] = {}
        self.notes: list[str] = []

    def say(self, unit: str, value: Json, place: str) -> None:
        """Say something of the client, if its field takes it."""
        if self.fits("client", unit, value, place):
            self.units[unit] = value

    def fits(self, type_: str, unit: str, value: Json, place: str) -> bool:
        """Whether a field takes a value; if not, a note says so."""
        try:
            casework.validate(type_, unit, value)
        except casework.BadAnswer as error:
            self.notes.append(f"{place} is left out: {unit.partition('/')[0]} {error.rule}")
            return False
        return True


def _names(kept: _Kept, patient: Object) -> None:
    names = [name for name in patient.get("name", ()) if name.get("family") or name.get("given")]
    if not names:
        raise Unreadable("Patient.name must have a family or a given name")
    legal = min(names, key=lambda name: (_is_over(name), _rank(name.get("use"))))
    given = legal.get("given", [])
    value = _some(
        family=legal.get("family"),
        given=given[0] if given else None,
        middle=" ".join(given[1:]),
        suffix=" ".join(legal.get("suffix", ())),
    )
    kept.say("legal_name", value, "name")
    if "legal_name" not in kept.units:
        raise Unreadable(f"Patient.name is none that a client can have here: {kept.notes[-1]}")
    nicknames = [name for name in names if name.get("use") == "nickname" and name is not legal]
    if nicknames and nicknames[0].get("given"):
        kept.say("preferred_name", nicknames[0]["given"][0], "name")


def _rank(use: str | None) -> int:
    """How good a name is for papers by its use; one of an unknown use comes last."""
    return _NAME_USES.index(use) if use in _NAME_USES else len(_NAME_USES)


def _person(kept: _Kept, patient: Object) -> None:
    if "birthDate" in patient:
        kept.say("date_of_birth", patient["birthDate"], "birthDate")
    if "gender" in patient:
        kept.say("sex", patient["gender"], "gender")
    if "deceasedDateTime" in patient:
        kept.say("deceased", _some(deceased=True, on=_day(patient["deceasedDateTime"])), "deceased")
    elif patient.get("deceasedBoolean") is True:
        kept.say("deceased", {"deceased": True}, "deceased")
    languages = sorted(
        patient.get("communication", ()), key=lambda spoken: not spoken.get("preferred", False)
    )
    codes = [coding.get("code") for spoken in languages for coding in spoken["language"].get("coding", ())]
    if codes and codes[0]:
        kept.say("language", codes[0], "communication")


def _statements(kept: _Kept, patient: Object) -> None:
    for unit in ("race", "ethnicity"):
        extension = _extension(patient, f"us-core-{unit}")
        if extension is not None:
            parts = extension.get("extension", ())
            codes: list[Json] = [
                p["valueCoding"]["code"] for p in parts if p.get("valueCoding", {}).get("code")
            ]
            words = next(
                (p["valueString"] for p in parts if p.get("url") == "text" and "valueString" in p), None
            )
            value = _some(codes=codes, source="imported", words=words)
            kept.say(unit, value, f"us-core-{unit}")
    interpreter = _extension(patient, "us-core-interpreter-needed")
    if interpreter is not None:
        answer = {YES: "yes", NO: "no"}.get(interpreter.get("valueCoding", {}).get("code"), "unknown")
        kept.say("interpreter_needed", answer, "us-core-interpreter-needed")


def _phones(kept: _Kept, patient: Object) -> Iterable[DraftRecord]:
    """Each number is a record of its own; an e-mail stands with the first, or alone."""
    points = [point for point in patient.get("telecom", ()) if point.get("value") and not _is_over(point)]
    records: list[dict[str, Json]] = []
    for point in points:
        if point.get("system") in ("phone", "sms") and kept.fits(
            "contact_person", "phone", point["value"], "telecom"
        ):
            use = _PHONE_USES.get(point.get("use", ""), "other")
            records.append({"kind": "phone", "phone": point["value"], "phone_use": use})
    mails = [point["value"] for point in points if point.get("system") == "email"]
    if mails and kept.fits("contact_person", "email", mails[0], "telecom"):
        records = records or [{"kind": "phone"}]
        records[0]["email"] = mails[0]
    return [DraftRecord("contact_person", units) for units in records]


def _addresses(kept: _Kept, patient: Object) -> Iterable[DraftRecord]:
    for number, address in enumerate(patient.get("address", ())):
        lines: list[Json] = list(address.get("line") or filter(None, [address.get("text")]))
        period = address.get("period", {})
        place = _some(
            kind=_KINDS.get(address.get("use", ""), "home"),
            lines=lines,
            city=address.get("city"),
            district=address.get("district"),
            region=address.get("state"),
            postal_code=address.get("postalCode"),
            country=address.get("country"),
            since=_day(period.get("start")),
            until=_day(period.get("end")),
        )
        if kept.fits("address", "place", place, f"address.{number}"):
            yield DraftRecord(
                "address", {"place": place, "state": "past" if _is_over(address) else "current"}
            )


def _extension(patient: Object, name: str) -> Object | None:
    return next((found for found in patient.get("extension", ()) if found.get("url") == US_CORE + name), None)


def _is_over(part: Object) -> bool:
    return part.get("use") == "old" or "end" in part.get("period", {})


def _day(moment: Any) -> str | None:
    return moment[:DATE_CHARS] if isinstance(moment, str) and len(moment) >= DATE_CHARS else None


def _some(**parts: Json) -> dict[str, Json]:
    """The parts that say something."""
    return {name: value for name, value in parts.items() if value not in (None, "")}
