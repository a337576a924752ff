"""The happy path."""
from .conftest import World


def test_a_client_registered_in_the_field_reaches_everyone_who_may_see_it(world: World) -> None:
    """What one worker wrote at the door is on the other tablet in one round trip."""
    ana, ben, lead = world.tablet("ana"), world.tablet("ben"), world.tablet("lead")
    world.client(ana)
    world.assign("ben", "c1")

    ana.sync(), ben.sync(), lead.sync()

    assert ana.rows() == ben.rows() == lead.rows()
    assert ben.value("c1", "language") == "en"
