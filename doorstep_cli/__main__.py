"""`python -m doorstep_cli` is `doorstep`."""

from . import main

main()
