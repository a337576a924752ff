"""How Alembic runs here: on the connection it is given, in batch mode so that SQLite can alter tables."""

from alembic import context

from server import tables
from server.db import Base

assert tables.__path__, "importing the tables completes the metadata"

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
