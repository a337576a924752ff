from __future__ import annotations

import csv
from collections.abc import Callable
from typing import Any

from .looking import Looker
from .scene import Scene
from .tablets import Tablets
from .test_review import note

Browse = Callable[..., Any]


def test_who_opened_a_record_is_in_the_audit_with_the_purpose(
    browse: Browse, look: Looker, scene: Scene, tablets: Tablets
) -> None:
    """An auditor sees what a supervisor read; the list itself can be taken away, and that is noted, too."""
    note(tablets.of("worker"), scene.clients[0])
    page = browse("supervisor", "/review")
    page.locator("tbody a").first.click()
    page.wait_for_url("**/review/*/note/*")
    audit = browse("auditor", "/audit")
    look(audit)
    listed = audit.inner_text("tbody")
    with audit.expect_download() as caught:
        audit.get_by_role("link", name="Take away as a file").click()
    with open(caught.value.path(), encoding="utf-8") as file:
        rows = list(csv.reader(file))
    audit.goto(f"/audit?person={scene.person('auditor').id}")

    assert "Miriam Stein" in listed
    assert "Note" in listed
    assert "Review of the work" in listed
    assert any(scene.clients[0] in row for row in rows)
    assert "a list" in audit.inner_text("tbody")
    audit.goto("/audit?until=2001-01-01")
    assert audit.get_by_text("No read was found.").is_visible()
