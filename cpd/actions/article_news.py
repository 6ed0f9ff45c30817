"""Telling everybody who logged an article that it changed. Safe to repeat and to run side by side.

What was told once stays on file for good (`Notice` is unique by person and subject), so no second device, crash or
night can say it again.
"""

import datetime
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import QuerySet

from articles.models import Article, Revision, Significance, Status
from cpd.actions.reminders import ABOUT_ARTICLES
from cpd.article_news import news_of_retirement, news_of_text
from cpd.models import Activity

# How far back the night looks for changes nobody was told of.
CATCH_UP = datetime.timedelta(days=30)

# Written out, because 10,000 people are told in one statement or not at all: the notices, and the mail for those among
# them who want it. A person without a row in cpd_reminders wants none.
TELL = """
    WITH told AS (
        INSERT INTO cpd_notice (id, user_id, article_id, revision_id, about, text, created_at)
        SELECT gen_random_uuid(), claimant.user_id, %(article)s, %(revision)s, %(about)s, %(text)s, %(now)s
        FROM (
            SELECT DISTINCT activity.user_id FROM cpd_activity activity
            WHERE activity.article_id = %(article)s
                AND activity.revision_number < %(before)s
                AND activity.deleted_at IS NULL
                AND (%(user)s IS NULL OR activity.user_id = %(user)s)
        ) claimant
        ON CONFLICT (user_id, about) DO NOTHING
        RETURNING user_id
    ), mailed AS (
        INSERT INTO cpd_mailing (user_id, about, due_at)
        SELECT told.user_id, %(about)s, %(now)s
        FROM told
        JOIN cpd_reminders reminders ON reminders.user_id = told.user_id AND reminders.tell_of_changes
        JOIN accounts_user person ON person.id = told.user_id AND person.is_active
        ON CONFLICT (user_id, about) DO NOTHING
        RETURNING user_id
    )
    SELECT (SELECT count(*) FROM told), (SELECT array_agg(user_id ORDER BY user_id) FROM mailed)
"""


@dataclass(frozen=True)
class Told:
    """How many people got a notice just now, and the keys of those among them for whom a mail waits."""

    notices: int = 0
    to_mail: tuple[int, ...] = ()

    def __add__(self, other: "Told") -> "Told":
        return Told(self.notices + other.notices, self.to_mail + other.to_mail)


def tell_of_text(revision: Revision, *, now: datetime.datetime, user_pk: int | None = None) -> Told:
    """Give everybody (or one person) with a kept activity on an earlier text of the article a notice of this one.

    Nobody is told of an editorial change, nor of a text before readers see it. One statement.
    """
    if revision.significance == Significance.EDITORIAL or revision.live_from > now:
        return Told()
    return _tell(
        article_pk=revision.article_id,
        revision_pk=revision.pk,
        about=f"{ABOUT_ARTICLES}{revision.article_id}/{revision.number}",
        text=news_of_text(revision),
        before=revision.number,
        user_pk=user_pk,
        now=now,
    )


def tell_of_retirement(article: Article, *, now: datetime.datetime, user_pk: int | None = None) -> Told:
    """The same when an article was retired; once for each time it is."""
    if article.status != Status.RETIRED or article.retired_at is None:
        return Told()
    return _tell(
        article_pk=article.pk,
        revision_pk=None,
        about=f"{ABOUT_ARTICLES}{article.pk}/retired/{article.retired_at:%Y-%m-%dT%H:%M:%S.%f}",
        text=news_of_retirement(article),
        before=2**31 - 1,
        user_pk=user_pk,
        now=now,
    )


@transaction.atomic
def tell_late_claimant(activity: Activity, *, since: datetime.datetime | None = None, now: datetime.datetime) -> Told:
    """Tell somebody who logs a text that was changed (`since` then) before they logged it, or has it back."""
    if activity.article_id is None or activity.revision_number is None:
        return Told()
    told = Told()
    texts = _changes(now).filter(article=activity.article_id, number__gt=activity.revision_number)
    retired = Article.objects.filter(pk=activity.article_id, status=Status.RETIRED).select_related("revision")
    if since is not None:
        texts, retired = texts.filter(live_from__gt=since), retired.filter(retired_at__gt=since)
    for revision in texts:
        told += tell_of_text(revision, now=now, user_pk=activity.user_id)
    for article in retired:
        told += tell_of_retirement(article, now=now, user_pk=activity.user_id)
    return told


def tell_of_missed(now: datetime.datetime) -> Told:
    """Tell of everything that changed lately, should a task have been lost: what was told already is not said again."""
    told = Told()
    for revision in _changes(now).filter(live_from__gt=now - CATCH_UP, number__gt=1):
        told += tell_of_text(revision, now=now)
    retired = Article.objects.filter(status=Status.RETIRED, retired_at__gt=now - CATCH_UP)
    for article in retired.select_related("revision"):
        told += tell_of_retirement(article, now=now)
    return told


def _changes(now: datetime.datetime) -> QuerySet[Revision]:
    """Published texts that differ in more than words, without their long parts."""
    live = Revision.objects.filter(live_from__lte=now).exclude(significance=Significance.EDITORIAL)
    return live.defer("body", "rendered", "details", "outline").order_by("pk")


def _tell(
    *,
    article_pk: int,
    revision_pk: int | None,
    about: str,
    text: str,
    before: int,
    user_pk: int | None,
    now: datetime.datetime,
) -> Told:
    values = {
        "article": article_pk,
        "revision": revision_pk,
        "about": about,
        "text": text,
        "before": before,
        "user": user_pk,
        "now": now,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TELL, values)
        notices, to_mail = cursor.fetchone()
    return Told(notices, tuple(to_mail or ()))
