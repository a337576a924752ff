"""
The server: keeps every changeset, decides who sees what, and answers tablets.

`create_app` builds the Flask application out of `Settings` and `Providers`; `server.wsgi.run` serves it.
"""

from .settings import Providers, Settings

__all__ = ["Providers", "Settings"]
