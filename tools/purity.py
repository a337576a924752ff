"""
Purity: nothing reads a clock, randomness, a disk or a network behind its caller's back.

A *pure room* may import only what is listed here and may call nothing that reads the world. The two
*sides* may read clocks and randomness in their *provider modules* only, so that a test can give them a
virtual clock and chosen bytes. This tool reads source; it runs nothing of it.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Standard library that computes from its arguments alone. `datetime` and `uuid` have impure members,
# which READS names.
PURE_STANDARD_LIBRARY = frozenset(
    """
    __future__ abc base64 binascii bisect collections contextlib copy dataclasses datetime decimal difflib
    enum fractions functools graphlib hashlib heapq hmac html itertools json keyword math numbers operator re
    statistics string struct textwrap types typing unicodedata uuid weakref zlib
    """.split()
)
PURE_ROOMS: Mapping[str, frozenset[str]] = {
    "sync": PURE_STANDARD_LIBRARY | {"sync", "merge3"},
    # importlib.resources reads the room's own package data, and pkgutil lists its own modules: both are
    # part of the code.
    "casework": PURE_STANDARD_LIBRARY | {"casework", "sync", "marshmallow", "importlib.resources", "pkgutil"},
}
PACKAGE_DATA_READER = "importlib.resources"

SIDES = ("server", "client_sdk", "doorstep_cli")
PROVIDER_MODULES = frozenset({"server/settings.py", "client_sdk/clock.py"})

# Reading a clock or drawing randomness, by its full name; a name that ends in a dot stands for a module.
# time.perf_counter and time.sleep are not here: a duration in a metric decides nothing.
READS = (
    "time.time",
    "time.time_ns",
    "time.monotonic",
    "time.monotonic_ns",
    "time.localtime",
    "time.gmtime",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "os.urandom",
    "os.getrandom",
    "uuid.uuid1",
    "uuid.uuid4",
    "random.",
    "secrets.",
)
WORLD_BUILTINS = frozenset({"open", "input", "print", "eval", "exec", "compile", "__import__", "breakpoint"})
WORLD_METHODS = frozenset({"now", "utcnow", "today"})
FILE_METHODS = frozenset({"read_text", "read_bytes", "write_text", "write_bytes", "unlink", "mkdir"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where the world comes in."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


def findings(root: Path) -> Iterator[Finding]:
    """Every impurity below `root`, a checkout of the project."""
    for room in PURE_ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            yield from in_pure_room(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
    for side in SIDES:
        for path in sorted((root / side).rglob("*.py")):
            yield from in_side(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))


def in_pure_room(path: str, source: str) -> Iterator[Finding]:
    """What a module of `sync` or `casework` may not do; `path` is relative to the project."""
    tree = ast.parse(source)
    names = _imported(tree)
    allowed = PURE_ROOMS[path.split("/")[0]]
    for line, module in _imports(tree):
        if not _covers(allowed, module):
            yield Finding(path, line, f"imports {module}, which is not on the list of tools/purity.py")
    yield from _reads(path, tree, names)
    reads_package_data = any(_covers({PACKAGE_DATA_READER}, origin) for origin in names.values())
    refused_methods = WORLD_METHODS if reads_package_data else WORLD_METHODS | FILE_METHODS
    for node in ast.walk(tree):
        called = _called(node)
        if called is None:
            continue
        if isinstance(called, ast.Name) and called.id in WORLD_BUILTINS and called.id not in names:
            yield Finding(path, called.lineno, f"calls {called.id}()")
        elif isinstance(called, ast.Attribute) and called.attr in refused_methods:
            yield Finding(path, called.lineno, f"calls .{called.attr}()")


def in_side(path: str, source: str) -> Iterator[Finding]:
    """Clocks and randomness of a module of `server`, `client_sdk` or `doorstep_cli`."""
    if path not in PROVIDER_MODULES:
        tree = ast.parse(source)
        yield from _reads(path, tree, _imported(tree))


def _reads(path: str, tree: ast.AST, names: Mapping[str, str]) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name):
            origin = _origin(node, names)
            if origin is not None and any(_is_read(origin, read) for read in READS):
                yield Finding(path, node.lineno, f"uses {origin}, which a provider should give")


def _is_read(origin: str, read: str) -> bool:
    return origin.startswith(read) if read.endswith(".") else origin == read


def _origin(node: ast.expr, names: Mapping[str, str]) -> str | None:
    """The full name of what an expression refers to, if it begins at an import."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        before = _origin(node.value, names)
        return None if before is None else f"{before}.{node.attr}"
    return None


def _imported(tree: ast.AST) -> dict[str, str]:
    """{local name: full name} of all absolute imports, wherever they stand."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                names[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def _imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def _covers(allowed: frozenset[str] | set[str], module: str) -> bool:
    """Whether a module, or a package that it is in, is allowed."""
    parts = module.split(".")
    return any(".".join(parts[:count]) in allowed for count in range(1, len(parts) + 1))


def _called(node: ast.AST) -> ast.expr | None:
    return node.func if isinstance(node, ast.Call) else None


def main() -> int:
    """Print every finding; 1 if there is any."""
    found = list(findings(ROOT))
    for finding in found:
        print(finding)
    print(f"Purity: {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
