"""
Clients: the list of those whom somebody may know of, and what stands at the head of a client's page.

    clients(session, sealer, by, Which(typed="rosa", risk="high"))    a page, the riskiest first
    head(session, sealer, by, client)                                 who it is, what to mind, who is assigned
    access(session, sealer, by, client)                               who had access, from when to when
    confirm(book, by, client)                                         somebody has looked at who was met in the field
"""

from .finding import EVERYBODY, STATES, Line, Which, clients, offices
from .granted import Access, access, confirm
from .heading import HEAD, Head, authors, check_reads, head, of_types

__all__ = [
    "EVERYBODY",
    "HEAD",
    "STATES",
    "Access",
    "Head",
    "Line",
    "Which",
    "access",
    "authors",
    "check_reads",
    "clients",
    "confirm",
    "head",
    "of_types",
    "offices",
]
