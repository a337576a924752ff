"""
What every answer tells the browser: run and load only what is ours, show it in no frame, keep no copy.
"""

from typing import Final

from flask import Flask, Response, request

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
"""No exception: no inline script or style, no `data:`, nothing from elsewhere."""

HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

MACHINES: Final = ("sync", "enrolment", "health", "api-docs")
"""Blueprints that programs ask."""

LOOK: Final = ("static", "bootstrap.static", "look.style")
"""Routes of files of the look, the same for everybody."""

HSTS: Final = "max-age=63072000; includeSubDomains"
LOOK_AGE_S: Final = 7 * 24 * 60 * 60
"""Seconds for which a browser may keep files of the look; their addresses carry a version."""


def install(app: Flask) -> None:
    """Put these on every answer of this application."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    if request.blueprint in MACHINES:
        # No browser reads these answers, and bytes cost time on a rural link.
        return response
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    if request.endpoint in LOOK:
        response.headers["Cache-Control"] = f"public, max-age={LOOK_AGE_S}"
    elif response.mimetype == "text/html":
        response.headers["Cache-Control"] = "no-store"
    return response
