from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import urllib3

from ..conftest import MASTER_KEY

PROGRAM = """
import sys
from pathlib import Path
from server.app import create_app
from server.house import House
from server.settings import Providers, Settings
from server.wsgi import run

home = Path(sys.argv[1])
settings = Settings(home=home, master_key=sys.argv[2], server=sys.argv[3], port=0, workers=1, threads=2)
providers = Providers.of_machine(home)
house = House.open(settings, providers)
house.sealer.keys.create()
house.close()
run(
    settings,
    providers,
    lambda address: print(address, flush=True),
    lambda s, p: create_app(s, p, exchange=lambda *_: b"{}"),
)
"""


@pytest.mark.parametrize("server", ["waitress", "gunicorn"])
def test_the_server_tells_its_address_and_answers_there(tmp_path: Path, server: str) -> None:
    """With a free port, in the foreground, until it is interrupted."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path), MASTER_KEY, server],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
    )
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    answer = urllib3.request("GET", f"{address}/healthz", timeout=20, retries=False)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)

    assert address.startswith("http://127.0.0.1:")
    assert answer.json() == {"status": "alive"}
    assert answer.headers.get("Server") in (None, "gunicorn")
