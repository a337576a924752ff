"""
Real tablets beside the browser: enrolled with the served agency over loopback, as workers carry them.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from client_sdk import KdfCost, Providers, Tablet, TabletSettings
from server.services.access import enrolment

from .scene import Scene

SECRET = "seven quiet herons at dusk"
CHEAP = KdfCost(memory_kib=8, passes=1, lanes=1)


@dataclass
class Tablets:
    """The tablets of one scene; closed at its end."""

    scene: Scene
    folder: Path
    carried: list[Tablet] = field(default_factory=list)

    def of(self, role: str) -> Tablet:
        """A new tablet of somebody's, enrolled and up to date."""
        scene = self.scene
        with scene.house.database.writing() as session:
            code = enrolment.invite(
                session,
                scene.house.sealer,
                scene.house.providers,
                scene.person("administrator"),
                scene.person(role).id,
            )
        tablet = Tablet.enrol(
            self.folder / f"tablet-{len(self.carried)}",
            server=scene.address,
            code=code,
            secret=SECRET,
            plain_http=True,
            settings=TabletSettings(idle_s=float("inf")),
            providers=Providers(
                now_ms=scene.clock.now_ms, monotonic_s=time.monotonic, entropy=os.urandom, kdf_cost=CHEAP
            ),
        )
        tablet.sync()
        self.carried.append(tablet)
        return tablet

    def close(self) -> None:
        """Lock them all."""
        for tablet in self.carried:
            tablet.lock()
