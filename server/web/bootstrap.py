"""
Bootstrap's style sheet out of its package, without the pictures that it carries inside itself.

Our policy for content allows no `data:`. The theme gives pictures of its own to what is used; until it is loaded, or
where a rule was forgotten, nothing is asked for that would be stopped.
"""

import re
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

FILE: Final = "static/bootstrap5/css/bootstrap.min.css"

_PICTURE: Final = re.compile(r"""url\((["']?)data:.*?\1\)""")
_MAP: Final = re.compile(r"/\*# sourceMappingURL=.*?\*/")


@cache
def style() -> str:
    """The style sheet as it is served."""
    whole = (files("flask_bootstrap") / FILE).read_text("utf-8")
    return _MAP.sub("", _PICTURE.sub("none", whole))


@cache
def version() -> str:
    """What its address carries: it changes with its content."""
    return sha256(style().encode()).hexdigest()[:10]
