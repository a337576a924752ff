"""
Reference: the pages of `docs/reference/` that say what the code says, made from the code.

Errors come from each room's `errors.py`: the tree in the module's docstring says whose mistake it is and
what to do, a class's docstring what happened. Settings come from each side's `settings.py`, bounds from
`sync/limits.py`: a name, its default or number, and the sentence under it. Permissions come from the table of
rights and from what each view of the web declares. Source is read, not run.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = Path("docs/reference")
ROOMS = ("sync", "casework", "client_sdk", "server")
MADE = "<!-- Made by `make reference` from the code: edit the code. -->"
STATUS = re.compile(r"^(\d{3})\s+")
BRANCH = re.compile(r"^[\s│]*[├└]─+ (?P<name>\w+)\s*(?P<advice>.*)$")
PREFIX_NAME = "PREFIX"
WEB_ROLES = ("worker", "supervisor", "administrator", "auditor")


class OutOfStep(Exception):
    """The code lacks a sentence that the reference needs; its text says where."""


@dataclass(frozen=True, slots=True)
class ErrorEntry:
    """One error class: its parent, what happened, and whose mistake it is or what to do."""

    name: str
    parent: str
    meaning: str
    advice: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One setting or bound, with its default or number as written in the code."""

    name: str
    value: str
    meaning: str


def errors(source: str, path: str) -> tuple[ErrorEntry, ...]:
    """
    The error classes of a module in the order of the code, its root first.

    Raises:
        OutOfStep: A class has no docstring, or no line in the module's tree.
    """
    module = ast.parse(source)
    advice = dict(_tree(ast.get_docstring(module) or ""))
    names = {"Exception"}
    found: list[ErrorEntry] = []
    for node in module.body:
        if not isinstance(node, ast.ClassDef) or not node.bases:
            continue
        parent = ast.unparse(node.bases[0])
        if parent not in names:
            continue
        names.add(node.name)
        if parent != "Exception" and not advice.get(node.name):
            raise OutOfStep(f"{path}: {node.name} has no line in the tree of the module's docstring")
        found.append(ErrorEntry(node.name, parent, _meaning(node, path), advice.get(node.name, "")))
    return tuple(found)


def entries(body: list[ast.stmt], path: str) -> tuple[Entry, ...]:
    """
    The public annotated names of a module or class, each with its value and the sentence under it.

    Raises:
        OutOfStep: A name has no sentence under it.
    """
    found: list[Entry] = []
    for index, node in enumerate(body):
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            continue
        name = node.target.id
        if node.value is None or name.startswith("_"):
            continue
        meaning = _string(body[index + 1]) if index + 1 < len(body) else None
        if meaning is None:
            raise OutOfStep(f"{path}: {name} has no sentence under it")
        found.append(Entry(name, _default(node.value), _one_line(meaning)))
    return tuple(found)


def pages(root: Path) -> dict[Path, str]:
    """{path of a page: what it should say} for a checkout of the project."""
    return {
        REFERENCE / "errors.md": _errors_page(root),
        REFERENCE / "settings.md": _settings_page(root),
        REFERENCE / "limits.md": _limits_page(root),
        REFERENCE / "permissions.md": _permissions_page(root),
    }


def _errors_page(root: Path) -> str:
    parts = [MADE, "# Errors", "A conflict is not an error. These are, each room's under one root."]
    for room in ROOMS:
        path = root / room / "errors.py"
        if path.exists():
            rows = [
                (
                    f"`{entry.name}`",
                    f"`{entry.parent}`",
                    entry.meaning,
                    STATUS.sub(r"HTTP \1: ", entry.advice),
                )
                for entry in errors(path.read_text(encoding="utf-8"), f"{room}/errors.py")
            ]
            header = ("error", "is a", "what happened", "whose mistake, what to do")
            parts += [f"## {room}", _table(header, rows)]
    return "\n\n".join(parts) + "\n"


def _settings_page(root: Path) -> str:
    parts = [
        MADE,
        "# Settings",
        "Read once, at the start. An empty text stands for the default told.",
    ]
    for room in ("server", "client_sdk"):
        path = root / room / "settings.py"
        if not path.exists():
            continue
        module = ast.parse(path.read_text(encoding="utf-8"))
        prefix = _constant(module, PREFIX_NAME)
        rows = [
            (f"`{_variable(prefix, entry.name)}`", f"`{entry.value}`", entry.meaning)
            for node in module.body
            if isinstance(node, ast.ClassDef) and node.name.endswith("Settings")
            for entry in entries(node.body, f"{room}/settings.py")
        ]
        parts += [f"## {room}", _table(("setting", "default", "meaning"), rows)]
    return "\n\n".join(parts) + "\n"


def _limits_page(root: Path) -> str:
    parts = [MADE, "# Limits", "Bounds of the exchange. Both ends hold them; an answer names the one passed."]
    path = root / "sync" / "limits.py"
    if path.exists():
        body = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if not _is_unit(node)]
        rows = [(f"`{e.name}`", f"`{e.value}`", e.meaning) for e in entries(body, "sync/limits.py")]
        parts.append(_table(("bound", "number", "unit and reason"), rows))
    return "\n\n".join(parts) + "\n"


def rights(source: str) -> dict[str, tuple[str, dict[str, str]]]:
    """{constant: (act, {role: scope})} of the table of rights."""
    module = ast.parse(source)
    names = {
        ast.unparse(node.target): str(node.value.value)
        for node in module.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Constant)
    }
    found = {}
    for node in module.body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "MATRIX":
            assert isinstance(node.value, ast.Dict), "the table is written out"
            for key, row in zip(node.value.keys, node.value.values, strict=True):
                assert key is not None, "the table unpacks no other"
                assert isinstance(row, ast.Call), "a row is _row(role=scope)"
                scopes = {str(word.arg): str(ast.literal_eval(word.value)) for word in row.keywords}
                found[ast.unparse(key)] = (names[ast.unparse(key)], scopes)
    return found


def routes(source: str, path: str) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """
    (methods, address, act as written, {word: value as written}) of each view of a module.

    Raises:
        OutOfStep: A view declares no permission.
    """
    for node in ast.parse(source).body:
        if not isinstance(node, ast.FunctionDef):
            continue
        calls = [found for found in node.decorator_list if isinstance(found, ast.Call)]
        hung = [call for call in calls if ast.unparse(call.func).startswith("bp.")]
        declared = [call for call in calls if ast.unparse(call.func) == "allowed"]
        if hung and not declared:
            raise OutOfStep(f"{path}: {node.name} declares no permission")
        for call in hung:
            act = ast.unparse(declared[0].args[0])
            words = {str(word.arg): ast.unparse(word.value) for word in declared[0].keywords}
            yield _methods(call), str(ast.literal_eval(call.args[0])), act, words


def _methods(call: ast.Call) -> str:
    kind = ast.unparse(call.func).removeprefix("bp.")
    if kind in ("get", "post"):
        return kind.upper()
    listed = [ast.literal_eval(word.value) for word in call.keywords if word.arg == "methods"]
    return ", ".join(sorted(listed[0]))


def _permissions_page(root: Path) -> str:
    parts = [
        MADE,
        "# Permissions",
        "Who may do what on the web, and to whom. Nothing is open that is not listed here: a route declares one "
        "of these acts, or is refused. A test walks every route with every role.",
    ]
    table = root / "server/services/access/rights.py"
    if not table.exists():
        return "\n\n".join(parts) + "\n"
    acts = rights(table.read_text(encoding="utf-8"))
    rows = [(f"`{act}`", *[scopes.get(role, "–") for role in WEB_ROLES]) for act, scopes in acts.values()]
    parts += [
        "## Acts",
        "*offices*: clients and workers of the offices that one leads; *grants*: clients assigned to one; *agency*: "
        "everybody; *initials*: everybody, by initials and id; *own*: oneself.",
        _table(("act", *WEB_ROLES), rows),
        "## Routes",
        "`account` is whoever is signed in, about themselves. `open` needs no account. What an address is *about* "
        "must be within one's scope. The pages of signing in are the library's, under `/sign-in` and `/account`.",
    ]
    lines = []
    for path in sorted((root / "server/web/views").glob("*.py")):
        for methods, address, act, words in routes(path.read_text(encoding="utf-8"), path.name):
            name, scopes = acts.get(act.removeprefix("rights."), (act.lower(), {}))
            may = [role for role in WEB_ROLES if not scopes or scopes.get(role, "none") != "none"]
            if "only" in words:
                may = [role for role in may if role.upper() in words["only"]]
            if name == "read" and words.get("about") == "CLIENT":
                # Initials are for lists: nobody opens a record with them.
                may = [role for role in may if scopes[role] != "initials"]
            may += [role for role in WEB_ROLES if role.upper() in words.get("also", "") and role not in may]
            about = words.get("about", "").lower()
            lines.append((f"`{address}`", methods, f"`{name}`", about, ", ".join(may)))
    parts.append(_table(("address", "methods", "act", "about", "roles"), sorted(lines)))
    return "\n\n".join(parts) + "\n"


def _is_unit(node: ast.stmt) -> bool:
    """Whether this defines KIB or MIB, in which bounds are written."""
    return isinstance(node, ast.AnnAssign) and ast.unparse(node.target) in {"KIB", "MIB"}


def _tree(docstring: str) -> Iterator[tuple[str, str]]:
    """(name, advice) of each branch; advice may go on in lines of its own."""
    name, advice = "", ""
    for line in docstring.splitlines():
        branch = BRANCH.match(line)
        if branch is not None:
            if name:
                yield name, advice
            name, advice = branch["name"], branch["advice"].strip()
        elif name and line.strip(" │"):
            if not line.startswith((" ", "│")):
                break
            advice = f"{advice} {line.strip(' │')}".strip()
    if name:
        yield name, advice


def _meaning(node: ast.ClassDef, path: str) -> str:
    docstring = ast.get_docstring(node)
    if docstring is None:
        raise OutOfStep(f"{path}: {node.name} has no docstring")
    return _one_line(docstring.split("\n\n")[0])


def _string(node: ast.stmt) -> str | None:
    if (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    ):
        return node.value.value
    return None


def _default(value: ast.expr) -> str:
    """The default as a reader would write it: `field(default=x)` is `x`."""
    if isinstance(value, ast.Call) and ast.unparse(value.func) == "field":
        for keyword in value.keywords:
            if keyword.arg in {"default", "default_factory"}:
                return ast.unparse(keyword.value)
    return ast.unparse(value)


def _constant(module: ast.Module, name: str) -> str:
    """The text of a constant of the module, empty if it has none of this name."""
    for node in module.body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == name and node.value is not None:
            return str(ast.literal_eval(node.value))
    return ""


def _variable(prefix: str, name: str) -> str:
    return f"{prefix}{name.upper()}" if prefix else name


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """`--write` makes the pages; `--check` names those that are out of step, and returns 1."""
    try:
        wanted = pages(ROOT)
    except OutOfStep as error:
        print(error)
        return 1
    stale = [
        path
        for path, text in wanted.items()
        if not (ROOT / path).exists() or (ROOT / path).read_text(encoding="utf-8") != text
    ]
    if arguments == ["--write"]:
        for path in stale:
            (ROOT / path).write_text(wanted[path], encoding="utf-8")
            print(f"wrote {path}")
        return 0
    for path in stale:
        print(f"{path} is out of step with the code: make reference")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
