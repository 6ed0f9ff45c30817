"""Everybody who logged an article is told once of what became of it, and of nothing else."""

import datetime
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import close_old_connections, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from articles.actions import bring_back, publish, retire
from articles.models import Article, Revision, Significance, Status
from cpd.actions import delete_activity, log_reading, restore_activity
from cpd.actions.article_news import tell_of_missed, tell_of_text
from cpd.actions.reminders import choose_reminders
from cpd.models import Activity, HowOften, Mailing, Notice
from cpd.reminding import send_waiting
from cpd.tasks import queue_news, send_to_many, tell_of_new_text, tell_of_retired, tidy, tidy_now
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory, RevisionFactory
from tests.factories.cpd import ActivityFactory, EnrolmentFactory, ReaderFactory, RemindersFactory, SittingFactory

pytestmark = pytest.mark.django_db
BEFORE = "<p>Wash your hands. Give 50 mg once a day. Write it down.</p>"
AFTER = "<p>Wash your hands. Give 5 mg once a day. Write it down.</p>"


@pytest.fixture
def article(editor: User) -> Article:
    return ArticleFactory(published=True, title="A dose", body=BEFORE, created_by=editor)


def logged(article: Article, user: User | None = None, **fields: Any) -> Activity:
    """An activity that rests on the article's present text."""
    revision = article.revision
    assert revision is not None
    copied = {"article_title": revision.title, "revision_number": revision.number, "revision_sha256": revision.sha256}
    return ActivityFactory(user=user or UserFactory(), article=article, **(copied | fields))


def next_text(article: Article, significance: Significance = Significance.CORRECTION, **fields: Any) -> Revision:
    """Readers get another text, with nobody told yet."""
    Article.objects.filter(pk=article.pk).update(body=AFTER)
    article.refresh_from_db()
    revision = RevisionFactory(
        article=article,
        significance=significance,
        **({"live_from": timezone.now(), "note": "The dose is 5 mg, not 50 mg."} | fields),
    )
    if revision.live_from <= timezone.now():
        article.revision = revision
        article.save()
    return revision


# --- Who is told -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("significance", "told"),
    [
        (Significance.EDITORIAL, 0),
        (Significance.UPDATE, 1),
        (Significance.PRACTICE_CHANGING, 1),
        (Significance.CORRECTION, 1),
        (Significance.WITHDRAWAL, 1),
    ],
)
def test_of_what_kind_of_change_people_are_told(article: Article, significance: Significance, told: int) -> None:
    logged(article)
    assert tell_of_new_text.call(next_text(article, significance).pk) == told == Notice.objects.count()


def test_only_those_with_a_kept_activity_on_an_earlier_text_are_told(article: Article) -> None:
    claimant = logged(article).user
    logged(article, claimant)
    logged(article, deleted_at=timezone.now())
    logged(ArticleFactory(published=True))
    ActivityFactory()
    SittingFactory(article=article)
    revision = next_text(article)
    logged(article)  # Of the new text.
    assert tell_of_text(revision, now=timezone.now()).notices == 1
    assert [notice.user for notice in Notice.objects.all()] == [claimant]


def test_nobody_is_told_twice(article: Article, reader: User) -> None:
    logged(article, reader)
    revision = next_text(article)
    for _ in range(3):
        tell_of_new_text.call(revision.pk)
        tell_of_missed(timezone.now())
    assert Notice.objects.count() == 1
    # Nor after they put it away, and the night has tidied up many times.
    Notice.objects.update(dismissed_at=timezone.now() - datetime.timedelta(days=400))
    tidy_now(timezone.now())
    tell_of_missed(timezone.now())
    tell_of_new_text.call(revision.pk)
    assert Notice.objects.count() == 1


def test_each_change_is_told_once(article: Article, reader: User) -> None:
    logged(article, reader)
    for significance in (Significance.CORRECTION, Significance.EDITORIAL, Significance.WITHDRAWAL):
        tell_of_new_text.call(next_text(article, significance).pk)
    assert sorted(notice.about for notice in Notice.objects.all()) == [
        f"article/{article.pk}/2",
        f"article/{article.pk}/4",
    ]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_once(article: Article) -> None:
    for _ in range(5):
        logged(article)
    revision = next_text(article)
    start = threading.Barrier(2)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            start.wait()
            tell_of_new_text.call(revision.pk)
        except BaseException as error:
            failures.append(error)
        finally:
            close_old_connections()
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not failures
    assert Notice.objects.count() == 5


def test_many_are_told_as_cheaply_as_one(article: Article) -> None:
    def cost(of: Revision) -> int:
        with CaptureQueriesContext(connection) as queries:
            tell_of_new_text.call(of.pk)
        return len([query for query in queries if "SAVEPOINT" not in query["sql"]])

    logged(article)
    for_one = cost(next_text(article))
    for _ in range(60):
        logged(article)
    assert cost(next_text(article)) == for_one
    assert Notice.objects.count() == 1 + 61


# --- What sets it off ------------------------------------------------------------------------------------------------


def test_publishing_a_correction_puts_the_telling_into_the_queue(
    article: Article, editor: User, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    claimant = logged(article).user
    Article.objects.filter(pk=article.pk).update(body=AFTER)
    article.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        revision = publish(article=article, by=editor, significance=Significance.CORRECTION, note="The dose is 5 mg.")
    task = DBTaskResult.objects.get(task_path=tell_of_new_text.module_path)
    assert task.args_kwargs["args"] == [revision.pk]
    # The editor's request told nobody itself.
    assert not Notice.objects.exists()
    assert tell_of_new_text.call(*task.args_kwargs["args"]) == 1
    assert Notice.objects.get().user == claimant


@pytest.mark.parametrize("significance", [Significance.EDITORIAL, Significance.CORRECTION])
def test_an_editorial_change_is_not_even_queued(article: Article, significance: Significance) -> None:
    queue_news(next_text(article, significance).pk)
    assert DBTaskResult.objects.count() == (significance is not Significance.EDITORIAL)


def test_a_text_of_the_future_is_told_when_readers_see_it(article: Article) -> None:
    logged(article)
    soon = timezone.now() + datetime.timedelta(days=2)
    revision = next_text(article, live_from=soon)
    queue_news(revision.pk)
    assert DBTaskResult.objects.get().run_after == soon
    # A worker that is too early, because the date was moved meanwhile, waits again.
    assert tell_of_new_text.call(revision.pk) == 0 and not Notice.objects.exists()
    assert DBTaskResult.objects.filter(run_after=soon).count() == 2
    assert tell_of_missed(soon + datetime.timedelta(minutes=1)).notices == 1


def test_a_text_that_was_taken_back_before_anybody_saw_it_is_not_told(article: Article) -> None:
    assert tell_of_new_text.call(2**31 - 1) == 0


def test_the_night_tells_what_was_missed(article: Article) -> None:
    logged(article)
    next_text(article)
    assert tidy.call()["article_notices"] == 1
    assert Notice.objects.count() == 1


def test_retiring_tells_everybody_who_logged_it_once_each_time(
    article: Article, editor: User, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    logged(article)
    for because in ("There is a newer guideline.", "There is a newer guideline: NG 235."):
        # The second time only mends the sentence.
        with django_capture_on_commit_callbacks(execute=True):
            retire(article=article, by=editor, because=because)
    task = DBTaskResult.objects.get(task_path=tell_of_retired.module_path)
    assert tell_of_retired.call(*task.args_kwargs["args"]) == 1
    assert tell_of_retired.call(article.pk) == 0
    notice = Notice.objects.get()
    assert notice.revision is None and "was retired on" in notice.text and "newer guideline" in notice.text
    # Taken up again, and retired for good: that is news.
    bring_back(article=article, by=editor)
    assert tell_of_retired.call(article.pk) == 0
    retire(article=article, by=editor, because="Now really.", now=timezone.now() + datetime.timedelta(seconds=1))
    assert tell_of_retired.call(article.pk) == 1


def test_who_logs_an_old_text_after_the_change_is_told_at_once(article: Article, reader: User) -> None:
    sitting = SittingFactory(reader=ReaderFactory(user=reader), article=article)
    next_text(article)
    log_reading(by=reader, activity_id=uuid.uuid4(), article=article, minutes=sitting.counted_ms // 60_000)
    assert Activity.objects.get().revision_number == 1
    assert Notice.objects.get().user == reader


def test_who_has_a_deleted_activity_back_is_told_what_happened_meanwhile(article: Article, reader: User) -> None:
    first = next_text(article, Significance.UPDATE)
    activity = logged(article, reader, revision_number=1)
    delete_activity(by=reader, activity_id=activity.pk, now=timezone.now())
    second = next_text(article)
    assert tell_of_new_text.call(second.pk) == 0
    restore_activity(by=reader, activity_id=activity.pk)
    assert [notice.revision for notice in Notice.objects.all()] == [second]
    assert first.number == 2


def html_of(message: mail.EmailMessage) -> str:
    assert isinstance(message, mail.EmailMultiAlternatives)
    [(html, _)] = message.alternatives
    return str(html)


# --- The pages -------------------------------------------------------------------------------------------------------


def words(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("enrolments", [0, 1, 2])
def test_the_tracker_says_it_until_it_is_put_away(
    article: Article, reader: User, reader_client: Client, enrolments: int
) -> None:
    for framework in ["uk-nmc", "uk-gdc"][:enrolments]:
        EnrolmentFactory(
            user=reader,
            framework=framework,
            titles=[{"titles": ["nurse" if framework == "uk-nmc" else "dentist"], "since": None}],
        )
    logged(article, reader)
    tell_of_new_text.call(next_text(article).pk)
    html = words(reader_client, "/cpd/")
    notice = Notice.objects.get()
    assert html.count("An article you logged was corrected on") == 1
    assert "The dose is 5 mg, not 50 mg." in html and notice.get_absolute_url() in html
    reader_client.post(reverse("cpd:notice-dismiss", args=[notice.pk]))
    assert "An article you logged was corrected" not in words(reader_client, "/cpd/")
    # It can still be looked up.
    assert notice.get_absolute_url() in words(reader_client, reverse("cpd:notice-list"))


def test_a_tracker_is_not_drowned_in_news(reader: User, reader_client: Client) -> None:
    for _ in range(5):
        article = ArticleFactory(published=True, body=BEFORE)
        logged(article, reader)
        tell_of_new_text.call(next_text(article).pk)
    html = words(reader_client, "/cpd/")
    assert html.count("See what changed") == 3 and reverse("cpd:notice-list") in html


def test_the_notice_shows_only_what_changed_and_what_of_ones_record_it_touches(
    article: Article, reader: User, reader_client: Client
) -> None:
    mine, theirs = logged(article, reader), logged(article)
    tell_of_new_text.call(next_text(article).pk)
    html = words(reader_client, Notice.objects.get(user=reader).get_absolute_url())
    assert "Give 50 mg once a day." in html and "Give 5 mg once a day." in html
    assert "Wash your hands" not in html and "Write it down" not in html
    assert mine.get_absolute_url() in html and theirs.get_absolute_url() not in html
    assert reverse("articles:article-revision", args=[article.slug, 1]) in html
    assert article.get_absolute_url() in html


def test_script_in_a_text_stays_text_in_the_notice_and_in_the_mail(
    article: Article, reader: User, reader_client: Client
) -> None:
    RemindersFactory(user=reader, how_often=HowOften.OFF, tell_of_changes=True)
    logged(article, reader)
    revision = next_text(article, title="<b>Bold</b>", note="<script>alert(1)</script>")
    tell_of_new_text.call(revision.pk)
    html = words(reader_client, Notice.objects.get().get_absolute_url()) + words(reader_client, "/cpd/")
    assert "<script>alert" not in html and "<b>Bold" not in html
    send_waiting(reader.pk)
    assert "<script>alert" not in html_of(mail.outbox[0])


def test_a_notice_outlives_what_it_is_about(article: Article, reader: User, reader_client: Client) -> None:
    activity = logged(article, reader)
    tell_of_new_text.call(next_text(article).pk)
    activity.delete()
    Article.objects.filter(pk=article.pk).update(status=Status.DRAFT)
    html = words(reader_client, Notice.objects.get().get_absolute_url())
    assert "You have since deleted" in html and "Readers do not see this article any more." in html


def test_the_activity_says_what_became_of_the_text_it_rests_on(
    article: Article, reader: User, reader_client: Client
) -> None:
    activity = logged(article, reader)
    assert "is current" not in words(reader_client, activity.get_absolute_url())
    tell_of_new_text.call(next_text(article).pk)
    next_text(article, Significance.EDITORIAL, note="A comma.")
    html = words(reader_client, activity.get_absolute_url())
    today = timezone.localdate()
    assert f"You read revision 1; revision 3 is current (corrected on {today.day} {today:%B %Y})." in html
    assert reverse("articles:article-revision", args=[article.slug, 1]) in html
    assert Notice.objects.get().get_absolute_url() in html
    # What was recorded stays what it was.
    activity.refresh_from_db()
    assert activity.revision_number == 1


# --- Mail ------------------------------------------------------------------------------------------------------------


def test_mail_goes_only_to_those_who_wish_it_and_once(article: Article) -> None:
    wishing, not_wishing, gone = UserFactory(), UserFactory(), UserFactory(is_active=False)
    RemindersFactory(user=wishing, how_often=HowOften.OFF, tell_of_changes=True)
    RemindersFactory(user=not_wishing, how_often=HowOften.MONTHLY)
    RemindersFactory(user=gone, how_often=HowOften.OFF, tell_of_changes=True)
    for user in (wishing, not_wishing, gone):
        logged(article, user)
    revision = next_text(article)
    assert tell_of_new_text.call(revision.pk) == 3
    tasks = DBTaskResult.objects.filter(task_path=send_to_many.module_path)
    assert [task.args_kwargs["args"] for task in tasks] == [[[wishing.pk]]]
    for _ in range(2):
        tell_of_new_text.call(revision.pk)
        send_to_many.call([wishing.pk])
    [sent] = mail.outbox
    assert sent.to == [wishing.email] and sent.subject == "Corrected: “A dose”"


def test_the_mail_carries_only_what_changed(article: Article, reader: User) -> None:
    RemindersFactory(user=reader, how_often=HowOften.OFF, tell_of_changes=True)
    activity = logged(article, reader, title="My own words about it")
    tell_of_new_text.call(next_text(article).pk)
    assert send_waiting(reader.pk)
    [sent] = mail.outbox
    notice = Notice.objects.get()
    for body in (str(sent.body), html_of(sent)):
        assert "Give 50 mg once a day." in body and "Give 5 mg once a day." in body
        assert "Wash your hands" not in body and activity.title not in body
        assert notice.get_absolute_url() in body and reverse("cpd:reminders") in body
        assert "What is left" not in body and "requirements" not in body


def test_who_changes_their_mind_gets_no_mail(article: Article, reader: User) -> None:
    choose_reminders(by=reader, how_often=HowOften.DEADLINES, tell_of_changes=True)
    logged(article, reader)
    tell_of_new_text.call(next_text(article).pk)
    Mailing.objects.create(user=reader, about="monthly/2026-11")
    choose_reminders(by=reader, how_often=HowOften.DEADLINES, tell_of_changes=False)
    assert [mailing.about for mailing in Mailing.objects.all()] == ["monthly/2026-11"]
    assert not send_waiting(reader.pk) and not mail.outbox


def test_mail_of_changes_does_not_need_reminders(article: Article, reader: User, reader_client: Client) -> None:
    page = reverse("cpd:reminders")
    response = reader_client.post(
        page, {"do": "choose", "how_often": "off", "tell_of_changes": "on", "owner": ""}, follow=True
    )
    assert response.status_code == 200
    assert 'name="tell_of_changes"' in words(reader_client, page)
    logged(article, reader)
    tell_of_new_text.call(next_text(article).pk)
    assert send_waiting(reader.pk) and len(mail.outbox) == 1


def test_a_mail_that_cannot_be_sent_waits_for_the_night(
    article: Article, reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    RemindersFactory(user=reader, how_often=HowOften.OFF, tell_of_changes=True)
    logged(article, reader)
    tell_of_new_text.call(next_text(article).pk)
    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.message.EmailMessage.send", _refuse)
        assert send_to_many.call([reader.pk]) == 0
    assert send_to_many.call([reader.pk]) == 1


def _refuse(*args: Any, **kwargs: Any) -> int:
    raise ConnectionRefusedError
