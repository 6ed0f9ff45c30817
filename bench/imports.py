"""An import of 10,000 rows beside a plain COPY of the same rows: part of `make bench`.

Somebody in three frameworks brings the file: for each row an activity with its history and three places with theirs,
for every tenth a reflection. Two yardsticks take the very rows that the import made, in one transaction: COPY into
tables with the same columns, indexes and rules and nothing else, and COPY into the site's own tables, whose triggers
write the history and check what each row refers to.
"""

import csv
import io
import statistics
import time
import uuid
from typing import Any

ROWS = 10_000
ROUNDS = 3
TABLES = ("cpd_reflection", "cpd_activity", "cpd_placement")


def measure(email: str) -> str:
    """Rows a second of each, in alternating rounds, and the ratio, for somebody with that address."""
    from accounts.models import User

    user = User.objects.get(email=email)
    imported: dict[str, list[float]] = {"read": [], "check": [], "store": []}
    bare: list[float] = []
    own: list[float] = []
    for number in range(ROUNDS):
        user.activities.all().delete()
        user.reflections.all().delete()
        brought = _import(user, number, imported)
        rows = {table: _out(table, brought) for table in TABLES}
        bare.append(_copy_bare(rows))
        brought.activities.all().delete()
        user.reflections.all().delete()
        own.append(_copy(rows))
    took = {step: statistics.median(times) for step, times in imported.items()}
    lines = [
        f"| import of {ROWS:,} rows, three frameworks | seconds | rows a second | times as long |",
        "|---|--:|--:|--:|",
    ]
    for what, seconds in (
        ("file read", took["read"]),
        ("rows checked, for the preview", took["check"]),
        ("rows stored", took["store"]),
        ("yardstick: COPY of the same rows into bare tables", statistics.median(bare)),
        ("yardstick: COPY into the site's own, with their triggers", statistics.median(own)),
    ):
        lines.append(f"| {what} | {seconds:.2f} | {ROWS / seconds:,.0f} | {took['store'] / seconds:.1f} |")
    return "\n".join(lines)


def _file(number: int, user: Any) -> bytes:
    text = io.StringIO()
    rows = csv.writer(text, delimiter=";")
    rows.writerow(["Title", "Date completed", "CPD hours", "Activity type", "Provider", "Reflection"])
    kinds = ("Course", "Journal club", "Audit", "Conference", "Reading")
    year = user.profile.local_date().year - 1
    for row in range(ROWS):
        day = f"{year}-{row % 12 + 1:02}-{row % 28 + 1:02}"
        words = "I will ask earlier, and write down what was said." if row % 10 == 0 else ""
        rows.writerow([f"Course {number}, part {row}", day, "1,5", kinds[row % 5], "Trust", words])
    return text.getvalue().encode("cp1252")


def _import(user: Any, number: int, took: dict[str, list[float]]) -> Any:
    from cpd.actions import imports
    from cpd.importing.mapping import Mapping
    from cpd.models import Import
    from cpd.progress import Progress

    content = _file(number, user)
    brought = imports.begin_import(
        by=user, import_id=uuid.uuid4(), file=io.BytesIO(content), file_name="bench.csv", size=len(content)
    )
    begun = time.perf_counter()
    imports.look_through(brought=brought, progress=Progress())
    took["read"].append(time.perf_counter() - begun)
    brought = Import.objects.select_related("user__profile").get(pk=brought.pk)
    brought = imports.choose_columns(by=user, import_id=brought.pk, mapping=Mapping.from_json(brought.mapping))
    begun = time.perf_counter()
    imports.check(brought=brought, progress=Progress())
    took["check"].append(time.perf_counter() - begun)
    brought = imports.decide_to_import(by=user, import_id=brought.pk, takes_duplicates=False)
    begun = time.perf_counter()
    imports.store_rows(brought=brought, progress=Progress())
    took["store"].append(time.perf_counter() - begun)
    brought.refresh_from_db()
    assert brought.imported == ROWS, brought.counts
    return brought


def _out(table: str, brought: Any) -> bytes:
    """The rows that an import made in a table, as COPY writes them."""
    from django.db import connection

    # The bench's person has nothing but what this import brought.
    statements = {
        "cpd_reflection": "COPY (SELECT * FROM cpd_reflection WHERE user_id = {0}) TO STDOUT",
        "cpd_activity": "COPY (SELECT * FROM cpd_activity WHERE user_id = {0}) TO STDOUT",
        "cpd_placement": "COPY (SELECT placement.* FROM cpd_placement AS placement JOIN cpd_activity AS activity "
        "ON activity.id = placement.activity_id WHERE activity.user_id = {0}) TO STDOUT",
    }
    held = io.BytesIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(statements[table].format(int(brought.user_id)), held)
    return held.getvalue()


def _copy_bare(rows: dict[str, bytes]) -> float:
    """Seconds to COPY into tables of the same shape, without triggers; they go at the end."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        for table in rows:
            cursor.execute(f"CREATE TEMPORARY TABLE bare_{table} (LIKE {table} INCLUDING ALL) ON COMMIT DROP")
        begun = time.perf_counter()
        for table, held in rows.items():
            cursor.copy_expert(f"COPY bare_{table} FROM STDIN", io.BytesIO(held))
        return time.perf_counter() - begun


def _copy(rows: dict[str, bytes]) -> float:
    """Seconds to COPY into the site's own tables, said to be done by somebody, as an import is."""
    from django.db import connection, transaction

    begun = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        # The history's triggers ask for these; where they are missing, each row costs them an exception.
        cursor.execute("SELECT set_config('pghistory.context_id', %s, true)", [str(uuid.uuid4())])
        cursor.execute("SELECT set_config('pghistory.context_metadata', '{}', true)")
        for table, held in rows.items():
            cursor.copy_expert(f"COPY {table} FROM STDIN", io.BytesIO(held))
    return time.perf_counter() - begun
