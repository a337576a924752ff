"""
Serving in the foreground: waitress in one process, or gunicorn in several.

Neither names itself in replies more than it must: bytes cost time on a rural link.
"""

import gc
import sys
from collections.abc import Callable
from typing import Any, Final

from flask import Flask

from .app import create_app
from .observability import logs
from .settings import Providers, Settings

CHANNEL_TIMEOUT_S: Final = 120
"""Seconds that a silent connection is kept: longer than a tablet's own patience."""

BACKLOG: Final = 1024
"""Connections that wait to be accepted: all tablets of an agency in the same minute."""


GARBAGE_FROM: Final = 20_000
"""New objects before garbage is looked for: a page or a push makes many and leaves hardly any in a circle."""


def run(
    settings: Settings,
    providers: Providers,
    announce: Callable[[str], None],
    make: Callable[[Settings, Providers], Flask] = create_app,
) -> None:
    """
    Serve until interrupted, with logs on standard error.

    Args:
        announce: Told the address once the server listens.
        make: Builds the application, in each process anew.
    """
    logs.configure(providers.now_ms, settings.log_level)
    if settings.server == "gunicorn":
        _run_gunicorn(settings, lambda: make(settings, providers), announce)
    else:
        _run_waitress(settings, make(settings, providers), announce)


def _run_waitress(settings: Settings, app: Flask, announce: Callable[[str], None]) -> None:
    from waitress import create_server

    server = create_server(
        app,
        host=settings.host,
        port=settings.port,
        threads=settings.threads,
        ident=None,
        channel_timeout=CHANNEL_TIMEOUT_S,
        backlog=BACKLOG,
        clear_untrusted_proxy_headers=False,
    )
    settle_memory()
    announce(_address(settings.host, server.effective_port))
    try:
        server.run()
    finally:
        server.close()


def _run_gunicorn(settings: Settings, make: Callable[[], Flask], announce: Callable[[str], None]) -> None:
    assert sys.platform != "win32", "gunicorn needs fork; waitress runs anywhere"
    from gunicorn.app.base import BaseApplication

    class Served(BaseApplication):  # type: ignore[misc]  # the library is untyped
        def load_config(self) -> None:
            for name, value in _gunicorn_options(settings, announce).items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return make()

    Served().run()


def _gunicorn_options(settings: Settings, announce: Callable[[str], None]) -> dict[str, Any]:
    def ready(arbiter: Any) -> None:
        announce(_address(settings.host, arbiter.LISTENERS[0].sock.getsockname()[1]))

    return {
        "bind": f"{settings.host}:{settings.port}",
        "workers": settings.workers,
        "threads": settings.threads,
        "worker_class": "gthread",
        "backlog": BACKLOG,
        "keepalive": CHANNEL_TIMEOUT_S,
        "loglevel": "warning",
        "when_ready": ready,
        "post_worker_init": lambda _worker: settle_memory(),
    }


def settle_memory() -> None:
    """Leave what has been loaded out of all further looking for garbage, and look more seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_FROM, *gc.get_threshold()[1:])


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
