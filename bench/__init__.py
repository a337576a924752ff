"""
Bench: what is measured, and how.

    python -m bench [names ...] [--quick]

Each measure is a file. It starts real servers as users start them (`doorstep serve`), puts a counting proxy
between, gives the tablet its sealed store on disk, and compares what came about with what was written before a
figure counts. Nothing of what the product promises is switched off. Stores are fresh in every run.
"""
