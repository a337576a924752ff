"""
Two tablets, one server, one client: run it with `python examples/two_tablets.py`, in an environment that
has `doorstep[server,client]`.

Setting up an agency takes more lines than this, so `doorstep demo`'s stage is borrowed; what an app does is
below.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from doorstep_cli.demo.stage import set_up


def main() -> None:
    """Both change the same client out of each other's reach, and then meet at the server."""
    with TemporaryDirectory() as folder, set_up(Path(folder), 0, print, lambda _so_far, _of: None) as stage:
        ana, ben = stage.ana.tablet, stage.ben.tablet
        client = stage.agency.clients[0]
        for tablet in (ana, ben):
            tablet.sync()  # Online, once; from here on neither needs a network.

        with ana.edit(client, reason="home visit") as edit:
            edit.update(ana.get("client", client), preferred_name="Rosie", date_of_birth="1931-07-03")
        with ben.edit(client, reason="call") as edit:
            edit.update(ben.get("client", client), language="es", date_of_birth="1932-03-07")
        print("on Ana's tablet:", [save.custody.value for save in ana.pending()])

        for tablet in (ana, ben, ana):
            tablet.sync()
        shown = ana.get("client", client)
        print("merged:", shown.preferred_name, shown.language)
        print("to be settled:", [(c.unit, len(c.shown.rivals)) for c in ana.conflicts()])


if __name__ == "__main__":
    main()
