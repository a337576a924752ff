"""
What holds for every test: no network beyond this machine, no silent skips, examples that repeat.
"""

from __future__ import annotations

import ipaddress
import os
import signal
import sys
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["pytester", "tests.databases"]

TO_RUN_IT = "to run it:"
"""A skip's reason holds these words and then what would unskip it."""

IN_CI = os.environ.get("CI", "").lower() == "true"

# Two builders may share two cores, so no example is failed for its time.
settings.register_profile("quick", max_examples=50, deadline=None)
settings.register_profile("ci", max_examples=200, deadline=None, print_blob=True)
settings.register_profile(
    "thorough", max_examples=5_000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if IN_CI else "quick"))

# A shell that starts the tests behind it lets them, and whatever they start, ignore the interruption by which our
# programs are told to end. What is started inherits that, but not a handler.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


class NetworkReached(AssertionError):
    """A test tried to leave this machine."""


def is_loopback(host: object) -> bool:
    """Whether an address, or a name that needs no server to resolve, is this machine."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host is None or host in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    """
    An audit hook: it sees compiled callers too, which a patched socket would not.

    Raises:
        NetworkReached: The address or the name is not of this machine.
    """
    if event == "socket.getaddrinfo" and not is_loopback(arguments[0]):
        raise NetworkReached(f"a test asked for the address of {arguments[0]}")
    if event in {"socket.connect", "socket.sendto"}:
        address = arguments[1]
        if isinstance(address, tuple) and not is_loopback(address[0]):
            raise NetworkReached(f"a test called {address[0]}")


sys.addaudithook(refuse_network)


def judge_skip(reason: str, in_ci: bool) -> str | None:
    """Why a skip is a failure, or None where it may stand."""
    if in_ci:
        return f"In CI nothing is skipped, but this was: {reason}"
    if TO_RUN_IT not in reason:
        return f"A skip says what would unskip it ({TO_RUN_IT!r}), but this one says: {reason}"
    return None


def _judge(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        verdict = judge_skip(reason, IN_CI)
        if verdict is not None:
            report.outcome = "failed"
            report.longrepr = verdict


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let no test be skipped in silence."""
    report = yield
    _judge(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Let no module be skipped in silence."""
    report = yield
    _judge(report)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell what was skipped and what would unskip it, each reason once."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons: dict[str, list[str]] = {}
    for report in skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons.setdefault(reason.removeprefix("Skipped: "), []).append(report.nodeid)
    for reason, tests in sorted(reasons.items()):
        terminalreporter.write_line(f"skipped {len(tests)}: {reason} ({tests[0]} ...)")
