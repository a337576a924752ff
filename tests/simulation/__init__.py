"""
The simulator: one seed, one thread, a whole agency, and everything that can befall it.

`plan` makes acts out of a seed, `world` lives through them with the real rooms, `checks` holds what came of it
against `oracle`, and `shrink` takes away every act that a failure does not need.

    python -m tests.simulation --seed 7
"""
