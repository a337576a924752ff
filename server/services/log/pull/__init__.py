"""
Pull: the next page of what a tablet lacks, out of one snapshot.

A pull asks the index of what changed for this worker and nothing else. First come subjects that *enter*, whole, in
the order of their batch; then the rows of all others in order of (position, record, unit). What counts is access in
the snapshot of each page. A row that the asking device can make itself, because it is its own write and nothing
else is alive there, is left out.
"""

from .page import page_of as page_of
from .reader import Reader as Reader
