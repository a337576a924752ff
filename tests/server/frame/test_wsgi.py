from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import urllib3

from server.wsgi import GARBAGE_FROM

from ..conftest import MASTER_KEY

PROGRAM = """
import gc
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


def make(settings, providers):
    app = create_app(settings, providers, exchange=lambda *_: b"{}")
    inner = app.wsgi_app

    def answer(environ, start):
        if environ["PATH_INFO"] != "/settled":
            return inner(environ, start)
        start("200 OK", [])
        return [f"{gc.get_freeze_count()} {gc.get_threshold()[0]}".encode()]

    app.wsgi_app = answer
    return app


run(settings, providers, lambda address: print(address, flush=True), make)
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
    settled = urllib3.request("GET", f"{address}/settled", timeout=20, retries=False)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)

    assert address.startswith("http://127.0.0.1:")
    assert answer.json() == {"status": "alive"}
    assert answer.headers.get("Server") in (None, "gunicorn")
    loaded, garbage_from = map(int, settled.data.split())
    assert loaded > 10_000, "what was loaded is out of the collector's way"
    assert garbage_from == GARBAGE_FROM
