"""The work of the night: what has had its time goes, and nothing else."""

import datetime
import uuid

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from articles.models import Article
from cpd.models import Activity, Reader, Reflection
from cpd.tasks import schedule_tidying, tidy, tidy_now
from tests.factories.cpd import ActivityFactory, ReflectionFactory, SittingFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def days_ago(days: int) -> datetime.datetime:
    return NOW - datetime.timedelta(days=days)


def test_anonymous_reading_waits_thirty_days() -> None:
    for days in (1, 29, 31, 90):
        SittingFactory(reader__user=None, reader__browser=uuid.uuid4(), reader__clock=days_ago(days))
    SittingFactory(reader__clock=days_ago(90))
    tidy_now(NOW)
    assert Reader.objects.filter(user__isnull=True).count() == 2
    assert Reader.objects.filter(user__isnull=False).count() == 1
    assert Article.objects.count() == 5


def test_what_can_no_longer_be_undone_goes_with_its_words_and_its_history() -> None:
    gone = ActivityFactory(deleted_at=days_ago(31), reflection=ReflectionFactory(text="Gone"))
    kept = ActivityFactory(deleted_at=days_ago(29), reflection=ReflectionFactory(text="Kept"))
    tidy_now(NOW)
    assert list(Activity.objects.all()) == [kept]
    assert [reflection.text for reflection in Reflection.objects.all()] == ["Kept"]
    events = Activity._meta.apps.get_model("cpd", "ActivityEvent").objects
    assert events.filter(pgh_obj_id=kept.pk).exists() and not events.filter(pgh_obj_id=gone.pk).exists()
    assert not Activity._meta.apps.get_model("cpd", "ReflectionEvent").objects.filter(text="Gone").exists()


def test_it_is_queued_once() -> None:
    for _ in range(3):
        call_command("schedule_work")
    assert DBTaskResult.objects.count() == 1


def test_it_queues_the_next_night_when_it_has_run() -> None:
    schedule_tidying()
    # As the worker does: the row it works on is no longer waiting.
    DBTaskResult.objects.update(status="RUNNING")
    assert tidy.call().keys() >= {"readers", "activities"}
    waiting = DBTaskResult.objects.get(status="READY")
    assert waiting.run_after > NOW + datetime.timedelta(hours=23)
