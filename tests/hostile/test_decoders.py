"""Every decoder, given anything: it answers, or it refuses in its own words, and it is never long about it."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .decoders import DECODERS, Decoder
from .spoiling import spoil

SECONDS_MAX = 2.0
"""Processor seconds of one decoding: a thousand times what any sample takes."""


@st.composite
def spoilt(draw: st.DrawFn, samples: tuple[bytes, ...]) -> bytes:
    """What our own programs write, spoilt in a few places; or anything at all."""
    if draw(st.integers(0, 5)) == 0:
        return draw(st.binary(max_size=200))
    return spoil(draw(st.sampled_from(samples)), draw(st.randoms(use_true_random=False)), samples)


@pytest.mark.parametrize("decoder", DECODERS, ids=lambda decoder: decoder.name.replace(" ", "_"))
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_decoder_answers_or_refuses(decoder: Decoder, data: st.DataObject) -> None:
    """Any other error would be a 500, a tablet that does not open, or an import that ends in a trace."""
    given_bytes = data.draw(spoilt(decoder.samples))

    began_s = time.process_time()
    try:
        decoder.decode(given_bytes)
    except decoder.answers:
        refused = True
    else:
        refused = False

    assert time.process_time() - began_s < SECONDS_MAX, f"a hang; refused at last: {refused}"


@pytest.mark.parametrize("decoder", DECODERS, ids=lambda decoder: decoder.name.replace(" ", "_"))
def test_a_decoder_takes_what_our_programs_write(decoder: Decoder) -> None:
    """Else nothing of it would be reached by what is spoilt."""
    for sample in decoder.samples:
        decoder.decode(sample)
