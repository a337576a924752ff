"""
Dumps: what a machine keeps of the memory of a program that crashes.

A core file holds every key and every word that was open. Where the system writes core files itself, a limit of
zero bytes stops them; a dump that the system hands to a program of its own is that program's matter.
"""

import sys

if sys.platform != "win32":
    import resource

    def keep_memory_out_of_dumps() -> None:
        """Let no core file be written of this process from now on."""
        _, most = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, most))

else:

    def keep_memory_out_of_dumps() -> None:
        """Windows writes no core files; what its error reporting keeps is set on the machine."""
