"""
`python -m tests.hostile.fuzz`: look for what makes a decoder stumble, for as long as somebody has.

With `atheris` (pip install atheris) each decoder is led by the code that its input reaches; without it the samples
are spoilt at random, which finds less. Each decoder has a process of its own. What was found is printed as bytes
that can be made a sample, and the exit code is 1.
"""

import argparse
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .decoders import Decoder

SECONDS: Final = 20
BYTES_MAX: Final = 4096
"""Bytes of an input: what makes a parser stumble is short."""

MISSING: Final = (
    "atheris is missing, so the samples are spoilt at random; to be led by coverage: pip install atheris"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz the decoders that are asked for, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile.fuzz", description=__doc__)
    parser.add_argument("--only", default="", help="decoders whose name has this in it")
    parser.add_argument("--seconds", type=int, default=SECONDS, help=f"for each decoder (default: {SECONDS})")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--of", nargs="*", default=[], help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.one is not None:
        return _one(asked.one, asked.of, asked.seconds)
    if find_spec("atheris") is None:
        print(MISSING)
    from .decoders import DECODERS

    failed = 0
    chosen = [decoder for decoder in DECODERS if asked.only.lower() in decoder.name.lower()]
    for decoder in chosen:
        failed += not _in_a_process(decoder, asked.seconds)
    print(f"{len(chosen)} decoders for {asked.seconds} s each, {failed} stumbled")
    return 1 if failed else 0


def _in_a_process(decoder: "Decoder", seconds: int) -> bool:
    options = ["--one", decoder.name, "--seconds", str(seconds), "--of", *decoder.of]
    command = [sys.executable, "-m", "tests.hostile.fuzz", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = [line for line in done.stderr.splitlines() if line.startswith("Done ")]
    print(f"{decoder.name}: {told[-1] if told else done.stdout.strip() or 'ended'}", flush=True)
    if done.returncode:
        print(done.stdout[-2000:] + done.stderr[-4000:], flush=True)
    return done.returncode == 0


def _one(name: str, of: Sequence[str], seconds: int) -> int:
    if find_spec("atheris") is None:
        return _at_random(name, seconds)
    atheris = import_module("atheris")

    with atheris.instrument_imports(include=list(of)):
        from .decoders import DECODERS
    (decoder,) = [each for each in DECODERS if each.name == name]
    with TemporaryDirectory(prefix="doorstep-fuzz-") as folder:
        for number, sample in enumerate(decoder.samples):
            (Path(folder) / str(number)).write_bytes(sample)
        options = [f"-max_total_time={seconds}", f"-max_len={BYTES_MAX}", "-timeout=5", "-rss_limit_mb=1024"]
        atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={folder}/", folder], _trying(decoder))
        atheris.Fuzz()
    return 0


def _at_random(name: str, seconds: int) -> int:
    from .decoders import DECODERS
    from .spoiling import spoil

    (decoder,) = [each for each in DECODERS if each.name == name]
    attempt, draw, tried = _trying(decoder), random.Random(1), 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        attempt(spoil(draw.choice(decoder.samples), draw, decoder.samples))
        tried += 1
    print(f"{tried} inputs, none stumbled over")
    return 0


def _trying(decoder: "Decoder") -> Callable[[bytes], None]:
    def attempt(data: bytes) -> None:
        try:
            decoder.decode(data)
        except decoder.answers:
            return
        except Exception:
            print(f"{decoder.name} stumbled over {data!r}", flush=True)
            raise

    return attempt


if __name__ == "__main__":
    sys.exit(main())
