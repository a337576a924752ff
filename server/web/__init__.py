"""
The people's web: pages rendered here, forms that work without script, one calm look.

`init_app` hangs everything on an application: sessions, languages, sign-in, the guard, the sections of `views/`.
"""

from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from flask import Flask, Response, g, request, url_for
from flask_babel import Babel, get_locale
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect

from ..house import House
from ..services.access import rights
from . import bootstrap, entries, errors, guard, headers, provider, sections, session, showing, sign_in
from .desk import KEY
from .look import language, theme
from .translations import LANGUAGES, Catalogue

FOLDER: Final = Path(__file__).parent
COOKIE: Final = "doorstep"


def init_app(app: Flask, house: House) -> None:
    """Hang the people's web on an application, after the tablets' doors."""
    secure = not house.settings.plain_http
    app.config.update(
        SESSION_COOKIE_NAME=COOKIE if not secure else f"__Host-{COOKIE}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_SAMESITE="Lax",
        # Nobody is remembered beyond a session: the guard asks for its row.
        REMEMBER_COOKIE_DURATION=1,
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SECURE=secure,
        REMEMBER_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        BOOTSTRAP_SERVE_LOCAL=True,
    )
    session.install(app, house)
    catalogue = Catalogue()
    babel = Babel(app, locale_selector=language, default_timezone="UTC")
    babel.domain_instance = catalogue
    Bootstrap5(app)
    guard.watch(app)
    csrf = CSRFProtect(app)
    sign_in.set_up(app, house, catalogue)
    provider.set_up(app, house.settings)
    found = sections.register(app)
    for machine in headers.MACHINES:
        # Requests without cookies: no other page can forge them.
        csrf.exempt(app.blueprints[machine])
    headers.install(app)
    errors.install(app)
    _teach_templates(app, house, found)


def _teach_templates(app: Flask, house: House, found: list[tuple[str, sections.Section]]) -> None:
    """What every template may use."""
    versions = {
        path.relative_to(FOLDER / "static").as_posix(): sha256(path.read_bytes()).hexdigest()[:10]
        for path in (FOLDER / "static").rglob("*")
        if path.is_file()
    }
    counts = entries.Counts()

    def asset(name: str) -> str:
        """The address of a file of the look, which changes with its content."""
        return url_for("static", filename=name, v=versions[name])

    def context() -> dict[str, Any]:
        seat = g.get(KEY)

        def navigation() -> list[entries.Entry]:
            """What stands beside the page, made once for it."""
            if seat is None:
                return []
            if "navigation" not in g:
                g.navigation = entries.shown(app, found, seat, counts)
            made: list[entries.Entry] = g.navigation
            return made

        return {
            "desk": seat,
            "language": str(get_locale() or "en"),
            "languages": LANGUAGES,
            "theme": theme(),
            "provider_name": house.settings.oidc_name if house.settings.oidc_issuer else "",
            "here": request.full_path.rstrip("?") if request.method == "GET" else "",
            "navigation": navigation,
            "may": lambda act: seat is not None and rights.allows(seat.by, act),
        }

    app.jinja_env.globals.update(
        asset=asset,
        bootstrap_version=bootstrap.version(),
        stamp=showing.stamp,
        when=showing.when,
        moment=showing.moment,
        ago=showing.ago,
        day=showing.day,
        name=showing.name,
        rights=rights,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(context)
    app.after_request(lambda response: _count_again(counts, response))


def _count_again(counts: entries.Counts, response: Response) -> Response:
    """Whoever has acted sees what is left, and not what was kept from before."""
    seat = g.get(KEY)
    if seat is not None and request.method not in ("GET", "HEAD"):
        counts.forget(seat)
    return response
