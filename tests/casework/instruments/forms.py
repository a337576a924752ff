"""
Small definitions made for tests, and the published questionnaires' structure with words of our own.
"""

from typing import Any

from casework.instruments import Definition, Form, FormItem, FormOption, read_definition

LOINC = "http://loinc.org"

FREQUENCIES = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")
PHQ9_CODES = (
    "44250-9",
    "44255-8",
    "44259-0",
    "44254-1",
    "44251-7",
    "44258-2",
    "44252-5",
    "44253-3",
    "44260-8",
)


def labels(text: str) -> dict[str, str]:
    """Words in English alone."""
    return {"en": text}


def yes_no(**more: Any) -> list[dict[str, Any]]:
    """Two options with scores and signs."""
    return [
        {"code": "yes", "labels": labels("Yes"), "score": 1, "positive": True},
        {"code": "no", "labels": labels("No"), "score": 0, "positive": False},
        {"code": "refused", "labels": labels("Refused")},
    ]


def data(**parts: Any) -> dict[str, Any]:
    """The data of a form of three questions; the third is asked after a yes to the second."""
    made: dict[str, Any] = {
        "id": "three",
        "version": "1",
        "titles": labels("Three"),
        "options": {"yn": yes_no()},
        "items": [
            {"id": "a", "labels": labels("A"), "options": "yn", "required": True},
            {"id": "b", "labels": labels("B"), "options": "yn", "required": True},
            {"id": "c", "labels": labels("C"), "options": "yn", "required": True, "ask_if": "b = yes"},
        ],
        "total": {"items": ["a", "b", "c"], "range": [0, 3]},
    }
    return {name: part for name, part in {**made, **parts}.items() if part is not None}


def three(**parts: Any) -> Definition:
    """The definition of `data`."""
    return read_definition(data(**parts))


def phq9_form(**parts: Any) -> Form:
    """The structure in which a PHQ-9 is published, with a total that is a result."""
    items = [
        FormItem(
            f"/{code}",
            f"Official words of {code}",
            code,
            tuple(
                FormOption(option, f"Official {option}", LOINC, score)
                for score, option in enumerate(FREQUENCIES)
            ),
            required=True,
        )
        for code in PHQ9_CODES
    ]
    difficulty = ("LA6572-7", "LA6573-5", "LA6575-0", "LA6574-3")
    items.append(FormItem("/44261-6", "Total score", "44261-6", kind="number"))
    items.append(
        FormItem(
            "/69722-7",
            "Official words of the difficulty",
            "69722-7",
            tuple(FormOption(option, f"Official {option}", LOINC) for option in difficulty),
        )
    )
    made: dict[str, Any] = {
        "id": "phq_9_example",
        "title": "PHQ-9",
        "items": tuple(items),
        "loinc": "44249-1",
    }
    return Form(**{**made, **parts})
