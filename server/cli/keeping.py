"""`rebuild`, `backup`, `restore`: keeping what the log says, and getting it back."""

COMMANDS = ()
