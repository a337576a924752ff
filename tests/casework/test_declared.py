from casework.catalogue import record_types
from casework.fields import (
    code,
    digest,
    email,
    line,
    listing,
    number,
    phone,
    signature,
    url,
)
from tests.casework import declared


def test_the_reference_of_records_says_what_the_types_declare() -> None:
    """A label, a bound or a rule that changes by accident is seen where people read it."""
    assert declared.PAGE.read_text(encoding="utf-8") == declared.page(), (
        "run: python -m tests.casework.declared"
    )


def test_a_type_made_anew_is_the_type_that_runs() -> None:
    """The page would else be of something that nobody uses."""
    made = {one.type: list(one.fields) for one in declared.fresh()}

    assert made == {name: list(one.fields) for name, one in record_types().items()}


def test_a_signature_may_be_as_large_as_a_changeset_carries() -> None:
    """Parts, needs and bounds of what every signature is."""
    made = signature()

    assert list(made.parts) == ["content", "digest", "seen", "by", "at", "title"]
    assert made.rule.name == "once"
    assert made.parts["content"].shape.error_messages["rule"] == "must be an object of at most 204800 bytes"


def test_defaults_of_a_field_are_these() -> None:
    """Bounds that no declaration names."""
    fields = [
        line("L", "L"), number("N", "N", most=5), listing("L", "L", code("C", "C")), digest("D", "D"), url("U", "U"),
        email("E", "E"), phone("P", "P"),
    ]  # fmt: skip

    assert [field.shape.error_messages["rule"] for field in fields] == [
        "must be one line of 0 to 500 characters without control characters",
        "must be a whole number from 0 to 5",
        "must be a list of 0 to 100 entries",
        "must be a digest of 22 characters",
        "must be an address that begins with https:// or http://",
        "must be an e-mail address",
        "must be a phone number of digits, spaces and + ( ) - . with an extension such as x12",
    ]
