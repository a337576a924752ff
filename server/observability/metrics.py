"""
Metrics for Prometheus: how many requests, how long, by route and status, never by id.

With several processes, set `PROMETHEUS_MULTIPROC_DIR` to an empty folder: the numbers of all are then added
up.
"""

import os
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

BUCKETS_S: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0)
"""Seconds: a sync with nothing to say is at the lower end, a first page on a bad day at the upper."""

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

MULTIPROCESS: Final = "PROMETHEUS_MULTIPROC_DIR"


class Metrics:
    """The numbers of one application."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._took = Histogram(
            "doorstep_request_seconds",
            "How long requests took.",
            ("method", "route", "status"),
            buckets=BUCKETS_S,
            registry=self._registry,
        )
        self._sent = Counter(
            "doorstep_bytes_sent", "Bytes of reply bodies.", ("route",), registry=self._registry
        )

    def observe(self, method: str, route: str, status: int, took_s: float, sent_bytes: int) -> None:
        """Count one request."""
        self._took.labels(method, route, str(status)).observe(took_s)
        self._sent.labels(route).inc(sent_bytes)

    def text(self) -> bytes:
        """All numbers in Prometheus' text format."""
        if MULTIPROCESS not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]  # the library leaves it untyped
        return generate_latest(together)
