"""
The tablet's store against plain sqlite3, measured side by side in one run.

    python -m bench.store [--records N] [--json FILE]

Both keep the same records, on the same disk, with WAL and `synchronous=FULL`, and both keep each changeset of a
save in a queue. *Plain* is what a tablet without secrets would do: columns and a JSON body, an index by client.
*Ours* seals rows, keeps the index in memory and seals each changeset to the agency once more. The two take turns
in small rounds, so that a busy machine slows both; figures are medians. The exit code is 1 if a bar is missed.
"""
