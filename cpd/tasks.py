"""Work of the night: what promises say is not kept, goes."""

import datetime

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.tasks import task
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from cpd.models import Activity, Reader, Reflection
from cpd.querysets import UNDO_DAYS

# How long anonymous reading waits for its reader to log in.
ANONYMOUS_DAYS = 30
# How long the queue remembers what was done.
TASK_DAYS = 7
EVERY = datetime.timedelta(days=1)


@task
def tidy() -> dict[str, int]:
    """Delete what has had its time, then wait for tomorrow. Safe to run twice."""
    deleted = tidy_now(timezone.now())
    schedule_tidying(after=EVERY)
    return deleted


@transaction.atomic
def tidy_now(now: datetime.datetime) -> dict[str, int]:
    """Unclaimed anonymous reading, what is past undoing, ended sessions, finished tasks; how many rows of each."""
    anonymous = Reader.objects.filter(user__isnull=True, clock__lt=now - datetime.timedelta(days=ANONYMOUS_DAYS))
    gone = Activity.objects.filter(deleted_at__lt=now - datetime.timedelta(days=UNDO_DAYS))
    finished = DBTaskResult.objects.finished().filter(finished_at__lt=now - datetime.timedelta(days=TASK_DAYS))
    deleted = {
        "readers": anonymous.delete()[0],
        "activities": gone.delete()[0],
        "reflections": Reflection.objects.filter(activities__isnull=True).delete()[0],
        "sessions": Session.objects.filter(expire_date__lt=now).delete()[0],
        "tasks": finished.delete()[0],
    }
    # The history keeps every version of a row as long as the row itself, and no longer.
    for model in (Activity, Reflection):
        history = apps.get_model("cpd", f"{model.__name__}Event")
        history.objects.filter(~Exists(model.objects.filter(pk=OuterRef("pgh_obj_id")))).delete()
    return deleted


def schedule_tidying(*, after: datetime.timedelta = datetime.timedelta()) -> None:
    """Put the next tidying into the queue, unless one is waiting there."""
    if not DBTaskResult.objects.filter(task_path=tidy.module_path, status="READY").exists():
        tidy.using(run_after=timezone.now() + after).enqueue()
