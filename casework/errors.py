"""
What can be wrong with what somebody recorded.

    CaseworkError
    ├── UnknownField        no such record type or unit: the program that wrote it is at fault
    ├── BadAnswer           the value breaks the rule of its unit: whoever entered it corrects it
    ├── UnknownInstrument   no definition of that id and version is here: wait for the next sync
    └── NotAllowedYet       something must be done first; `first` says what

Messages name the type, the unit and the rule, never the value: they end in logs, and values are a client's
life.
"""


class CaseworkError(Exception):
    """Anything that this room refuses."""


class UnknownField(CaseworkError):
    """A record type, or a unit of one, that is not declared."""

    def __init__(self, record_type: str, unit: str | None = None) -> None:
        super().__init__("no such record type" if unit is None else f"{record_type} has no such unit")
        self.record_type = record_type
        self.unit = unit


class BadAnswer(CaseworkError):
    """A value breaks a rule: `record_type` and `unit` say where, `part` where inside, `rule` which rule."""

    def __init__(self, record_type: str, unit: str, rule: str, part: str = "") -> None:
        super().__init__(f"{'.'.join(filter(None, (record_type, unit, part)))}: {rule}")
        self.record_type = record_type
        self.unit = unit
        self.rule = rule
        self.part = part


class UnknownInstrument(CaseworkError):
    """A definition that is neither shipped nor imported here."""

    def __init__(self, instrument: str, version: str | None = None) -> None:
        super().__init__("no such instrument" if version is None else "no such version of the instrument")
        self.instrument = instrument
        self.version = version


class NotAllowedYet(CaseworkError):
    """An act that must wait; `act` names it and `first` what comes before it."""

    def __init__(self, act: str, first: str, units: tuple[str, ...] = ()) -> None:
        super().__init__(f"{act} must wait: {first}")
        self.act = act
        self.first = first
        self.units = units
