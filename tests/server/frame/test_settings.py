from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from server.settings import Providers, Settings


def test_settings_come_from_the_environment() -> None:
    """Each by its name in capitals."""
    settings = Settings.of_environment(
        {"DOORSTEP_PORT": "0", "DOORSTEP_HOME": "/srv/d", "DOORSTEP_SERVER": "gunicorn", "OTHER": "1"}
    )

    assert settings == Settings(port=0, home=Path("/srv/d"), server="gunicorn")


def test_what_is_not_set_has_a_default() -> None:
    """`doorstep serve` works with none of them."""
    assert Settings.of_environment({}) == Settings()
    assert Settings().database == "sqlite:///doorstep-data/doorstep.sqlite"
    assert Settings().keys == "sqlite:///doorstep-data/keys.sqlite"
    assert Settings().master_file == Path("doorstep-data/master.key")


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "http"), ("PORT", "-1"), ("SERVER", "apache"), ("THREADS", "²"), ("LOG_LEVEL", "loud")],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    """The operator need not guess."""
    with pytest.raises(ValueError, match=f"DOORSTEP_{name}"):
        Settings.of_environment({f"DOORSTEP_{name}": value})


def test_secrets_are_not_shown_when_settings_are() -> None:
    """A crash report prints its values."""
    shown = repr(Settings(master_key="very secret", metrics_token="rather secret"))

    assert "secret" not in shown


def test_a_machine_provides_time_and_randomness(tmp_path: Path) -> None:
    """The only place where they come from."""
    providers = Providers.of_machine(tmp_path)
    providers.sleep_s(0)

    assert abs(providers.now_ms() / 1000 - providers.now_ms() / 1000) < 60
    assert providers.now_ms() > 1_700_000_000_000
    assert len(providers.entropy(12)) == 12
    assert providers.monotonic_s() <= providers.monotonic_s()
    assert providers.file_root == tmp_path
    assert {f.name for f in fields(providers)} >= {"now_ms", "entropy", "file_root", "kdf_cost"}
