"""
The application: the house installed, the tablets' doors and the people's pages hung, every error a problem or
a page, every request counted and logged.
"""

from collections.abc import Callable
from typing import Any, Final

from flask import Flask, Response, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.middleware.proxy_fix import ProxyFix

from . import web
from .api import enrolment, health, sync
from .api.inflate import BODY_BYTES_MAX
from .api.spec import CONFIG, DescribedApi
from .house import House
from .observability import logs
from .observability.metrics import Metrics
from .services.log import exchange as service
from .settings import Providers, Settings
from .web import rates

NO_ROUTE: Final = "none"
"""The route that is counted where a request met none: paths are written by strangers."""


def create_app(settings: Settings, providers: Providers, *, exchange: sync.Exchange = service.sync) -> Flask:
    """
    Build the application; `exchange` stands in for the service behind the tablets' door.

    Raises:
        Unready: There is no master key, or no key store: cookies are signed by a key of the installation.
    """
    app = Flask("server", static_folder="web/static", template_folder="web/templates")
    app.config.update(
        CONFIG,
        MAX_CONTENT_LENGTH=BODY_BYTES_MAX,
        RATELIMIT_STORAGE_URI=settings.rate_storage,
    )
    house = House.open(settings, providers)
    house.install(app)
    app.extensions[health.EXTENSION] = Metrics()
    app.extensions[sync.EXTENSION] = exchange
    api = DescribedApi(app)
    for doors in (sync.doors, enrolment.doors, health.doors):
        api.register_blueprint(doors)
    _watch(app, providers)
    web.init_app(app, house)
    _limit_rates(app, settings)
    if settings.proxies:
        behind = {"x_for": settings.proxies, "x_proto": settings.proxies}
        app.wsgi_app = ProxyFix(app.wsgi_app, **behind)  # type: ignore[method-assign]  # Flask's own way
    return app


def _limit_rates(app: Flask, settings: Settings) -> None:
    limiter = Limiter(get_remote_address, app=app, storage_uri=settings.rate_storage)
    endpoint = "enrolment.enrol_tablet"
    limit: Callable[[Any], Any] = limiter.limit(settings.enrolment_rate)
    app.view_functions[endpoint] = limit(app.view_functions[endpoint])
    rates.limit_sign_in(app, limiter, settings)


def _watch(app: Flask, providers: Providers) -> None:
    """Count and log each request, by its route."""

    def begin() -> None:
        g.began_s = providers.monotonic_s()
        logs.unbind()

    def end(response: Response) -> Response:
        took_s = providers.monotonic_s() - g.began_s
        route = NO_ROUTE if request.url_rule is None else request.url_rule.rule
        sent_bytes = response.content_length or 0
        health.metrics().observe(request.method, route, response.status_code, took_s, sent_bytes)
        logs.log.info(
            "request",
            method=request.method,
            route=route,
            status=response.status_code,
            took_ms=round(took_s * 1000, 1),
            size_bytes=sent_bytes,
        )
        return response

    app.before_request(begin)
    app.after_request(end)
