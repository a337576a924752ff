"""
The server: keeps every changeset, decides who sees what, and answers tablets.

`create_app` builds the Flask application out of `Settings` and `Providers`; `server.wsgi.run` serves it.
"""

from .app import create_app
from .settings import Providers, Settings

__all__ = ["Providers", "Settings", "create_app"]
