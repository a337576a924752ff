"""
Page times: every list and queue of the people's web, at a hundred thousand records and two hundred workers.

    python -m bench.web [--quick] [--kind sqlite|postgresql] [--loaded]

Pages are asked for by somebody who signed in by the app's own pages, in the process that measures; each is held
against a bare `SELECT` of as many rows of the same table. Nothing is kept from one run to the next.
"""
