"""Migrations: none is missing, and they can be undone."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


@pytest.mark.django_db
def test_none_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_triggers_can_be_taken_out_and_put_back() -> None:
    made = ours()
    assert "articles_announce_change" in made
    executor = MigrationExecutor(connection)
    executor.migrate([("articles", "0001_initial")])
    assert ours() == set()
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    assert ours() == made


def ours() -> set[str]:
    """The functions in the database that migrations of articles made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname FROM pg_proc WHERE proname LIKE 'articles_%'")
        return {name for (name,) in cursor.fetchall()}
