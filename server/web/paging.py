"""
Long lists on pages: the cursor that an address carries, for `services.listing`.

A service makes a page of a list and the cursor of those behind it; the address of the next page carries it as
`?after=`, and the template's `parts.pages(page)` draws the way.
"""

from typing import Final

from flask import request

PART: Final = "after"
"""The part of an address that holds the cursor."""


def cursor() -> str | None:
    """Where the page begins that was asked for; at the start, where the address says nothing."""
    return request.args.get(PART) or None
