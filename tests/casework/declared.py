"""
What the record types declare, as the page `docs/reference/records.md` says it.

The types are made afresh from their files each time, so that the page is held against the code that is
running, and not against what was made when it was first imported.

    python -m tests.casework.declared    # writes the page anew
"""

import importlib.util
import pkgutil
from collections.abc import Iterator
from pathlib import Path

from casework import records
from casework.fields import Field
from casework.record import Record
from sync.rules import Ask, Safest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "records.md"
INTRO = """<!-- Made by `python -m tests.casework.declared` from the code: edit the code. -->

# Records

Every record type with its fields: what the screen calls them in both languages, the form that a value must have,
the rule by which rivals merge, who may settle an undecided one, and the acts that wait for it. `+` is a part that a
group must have, `*` a set whose members are units of their own, `?` what null takes back, `~` what free text search
looks at.
"""


def fresh() -> Iterator[type[Record]]:
    """Each record type, made anew out of its file."""
    for name in sorted(entry.name for entry in pkgutil.iter_modules(records.__path__)):
        spec = importlib.util.find_spec(f"{records.__name__}.{name}")
        assert spec is not None, "a module that was listed is found"
        assert spec.loader is not None, "a module with a file has a loader"
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for value in list(vars(module).values()):
            if isinstance(value, type) and issubclass(value, Record) and value.__module__ == module.__name__:
                yield value


def section(declared: type[Record]) -> str:
    """One record type."""
    about = [f"subject: {declared.subject}"]
    if declared.identity:
        about.append(f"one for each {', '.join(declared.identity)}")
    if declared.is_subject:
        about.append("its id is its subject's")
    rows = [row for name, field in declared.fields.items() for row in _rows(name, field)]
    return "\n".join(
        [
            f"## {declared.type}",
            "",
            f"*{declared.title.en} · {declared.title.es}*; {'; '.join(about)}.",
            "",
            "| field | English | Spanish | form | rule | settled by | holds up |",
            "|---|---|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def page() -> str:
    """The whole page."""
    return INTRO + "\n" + "\n".join(map(section, fresh()))


def _rows(name: str, field: Field) -> Iterator[str]:
    marks = (
        ("*" if field.many else "")
        + ("?" if field.shape.allow_none else "")
        + ("~" if field.searched else "")
    )
    cells = (
        f"`{name}` {marks}".rstrip(),
        field.label.en,
        field.label.es,
        f"{field.kind}: {_form(field)}",
        _rule(field),
        ", ".join(sorted(field.settled_by)),
        ", ".join(sorted(field.blocks)),
    )
    yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    needs = getattr(field.shape, "_needs", ())
    for part, declared in field.parts.items():
        yield from _rows(f"{name}.{part}{'+' if part in needs else ''}", declared)
    if field.of is not None and not field.many:
        yield from _rows(f"{name}[]", field.of)


def _form(field: Field) -> str:
    rule = field.shape.error_messages["rule"]
    labels = [f"{code} = {en} / {es}" for code, (en, es) in field.codes.items()]
    return "; ".join([str(rule), *labels])


def _rule(field: Field) -> str:
    rule = field.rule
    if isinstance(rule, Safest):
        return f"{rule.name} {', '.join(map(str, rule.order))}" + (f" by {rule.by}" if rule.by else "")
    return rule.name + (" without a winner" if isinstance(rule, Ask) and not rule.pick else "")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
