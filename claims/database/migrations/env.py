"""Run by Alembic: applies the scripts of ``versions`` on the connection that ``claims.database.schema`` opened."""

from alembic import context

from claims.database.schema import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    version_table=VERSION_TABLE,
    render_as_batch=True,  # SQLite changes a table by writing it anew
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
