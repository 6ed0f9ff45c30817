"""An import of 10,000 rows beside a plain COPY of the same rows: part of `make bench`.

The yardstick writes the very rows that an import made, of activities, reflections and places, by COPY into the same
tables with their indexes, constraints and history triggers, in one transaction, and nothing else. Somebody in three
frameworks brings the file; every tenth row has a reflection.
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
    copied: list[float] = []
    for number in range(ROUNDS):
        user.activities.all().delete()
        user.reflections.all().delete()
        brought = _import(user, number, imported)
        rows = {table: _out(table, brought) for table in TABLES}
        brought.activities.all().delete()
        user.reflections.all().delete()
        copied.append(_copy(rows))
    took = {step: statistics.median(times) for step, times in imported.items()}
    plain = statistics.median(copied)
    return (
        f"Import of {ROWS:,} rows into three frameworks: {ROWS / took['store']:,.0f} rows a second stored "
        f"({took['store']:.1f} s; read in {took['read']:.1f} s and checked in {took['check']:.1f} s before that); "
        f"a plain COPY of the same rows {ROWS / plain:,.0f} a second ({plain:.1f} s): ratio {plain / took['store']:.2f}"
    )


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
    from cpd.importing.progress import Progress
    from cpd.models import Import

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


def _copy(rows: dict[str, bytes]) -> float:
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        # As an import does: plans made for small tables are no good for large ones.
        cursor.execute("DISCARD PLANS")
    begun = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for table, held in rows.items():
            cursor.copy_expert(f"COPY {table} FROM STDIN", io.BytesIO(held))
    return time.perf_counter() - begun
