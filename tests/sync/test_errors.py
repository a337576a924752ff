from sync import BadSignature, Malformed, Oversize, SyncError


def test_an_error_carries_what_a_caller_needs() -> None:
    """The rule, the bound, the device: never what a client said."""
    oversize = Oversize("OVER_MAX", 256, 300)

    assert (oversize.bound, oversize.limit, oversize.found) == ("OVER_MAX", 256, 300)
    assert str(oversize) == "OVER_MAX is 256, found 300"
    assert Malformed("seq is missing").rule == "seq is missing"
    assert BadSignature("tablet-1").device == "tablet-1"
    assert str(BadSignature("tablet-1")) == "the signature is not by device tablet-1"


def test_every_refusal_is_a_sync_error() -> None:
    """A caller catches one name."""
    assert all(issubclass(kind, SyncError) for kind in (Malformed, Oversize, BadSignature))
