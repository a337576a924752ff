"""
Running the scan every minute, in the foreground, until interrupted.

Beside SQLite, huey keeps its own small file, one process. In PostgreSQL, procrastinate keeps its tables in a schema
of their own, so several processes share the work and one of them scans at a time.
"""

from typing import Any, Final

from sqlalchemy import make_url

from ..house import House
from ..observability.logs import log
from .scan import scan

SCHEMA: Final = "doorstep_jobs"
"""The PostgreSQL schema of the queue: it is no part of the database's shape, and of no backup."""

QUEUE_FILE: Final = "jobs.sqlite"
LOCK: Final = "scan"
"""What keeps two processes from scanning at once."""

_OPTIONS: Final = {"options": f"-c search_path={SCHEMA}"}


def run(house: House) -> None:
    """Scan every minute until interrupted."""
    if house.database.engine.dialect.name == "postgresql":
        _run_procrastinate(house)
    else:
        consumer_of(house).run()


def consumer_of(house: House) -> Any:
    """huey's consumer, with the scan as its one task."""
    from huey import SqliteHuey, crontab

    house.providers.file_root.mkdir(parents=True, exist_ok=True)
    queue = SqliteHuey("doorstep", filename=str(house.providers.file_root / QUEUE_FILE), results=False)
    queue.periodic_task(crontab(minute="*"), name=LOCK)(lambda: scan_and_log(house))
    return queue.create_consumer(workers=1, periodic=True)


def app_of(house: House) -> Any:
    """procrastinate's application, with the scan as its one task."""
    from procrastinate import App, PsycopgConnector

    app = App(connector=PsycopgConnector(conninfo=_conninfo(house), kwargs=_OPTIONS))

    @app.periodic(cron="* * * * *")
    @app.task(name=LOCK, queueing_lock=LOCK, lock=LOCK, pass_context=False)
    def every_minute(timestamp: int) -> None:
        scan_and_log(house)

    return app


def prepare_schema(house: House) -> None:
    """Make the queue's tables where they are missing."""
    from procrastinate import App, SyncPsycopgConnector
    from sqlalchemy import text

    with house.database.engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        made = connection.scalar(
            text("SELECT 1 FROM information_schema.tables WHERE table_schema = :s AND table_name = :t"),
            {"s": SCHEMA, "t": "procrastinate_jobs"},
        )
    if made is None:
        connector = SyncPsycopgConnector(conninfo=_conninfo(house), kwargs=_OPTIONS)
        with App(connector=connector).open() as app:
            app.schema_manager.apply_schema()


def scan_and_log(house: House) -> None:
    """One scan, told in numbers."""
    done = scan(house)
    if done.told:
        log.info("told", count=done.told)
    if done.failed:
        log.warning("nobody told", count=done.failed)


def _run_procrastinate(house: House) -> None:
    prepare_schema(house)
    with app_of(house).open() as app:
        app.run_worker(concurrency=1, listen_notify=True)


def _conninfo(house: House) -> str:
    url = make_url(house.settings.database).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)
