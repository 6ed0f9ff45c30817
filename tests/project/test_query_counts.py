"""Lists cost the same for one row and for many; no page costs more than twelve queries."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from articles.sitemaps import SPAN
from cpd.actions.reminders import digest_of_token
from cpd.certificates import code_of
from cpd.models import Discussion
from cpd.sharing import token_of
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory, AttemptFactory, AuthorFactory, SavedArticleFactory, TopicFactory
from tests.factories.cpd import (
    ActivityFactory,
    ActivityTemplateFactory,
    ArchiveFactory,
    ArtefactFactory,
    AuditEventFactory,
    CertificateFactory,
    ConfirmationFactory,
    DiscussionFactory,
    DraftFactory,
    EnrolmentFactory,
    EvidenceFactory,
    GoalActivityFactory,
    GoalFactory,
    GrantFactory,
    ImportFactory,
    ImportRowFactory,
    LeaveFactory,
    NoticeFactory,
    PackFactory,
    ParticipantFactory,
    PlacementFactory,
    ReadActivityFactory,
    ReaderFactory,
    ReflectionFactory,
    RemindersFactory,
    ShareCommentFactory,
    ShareEntryFactory,
    ShareLinkFactory,
    SittingFactory,
)

pytestmark = pytest.mark.django_db
MANY = 50
MOST = 12


@dataclass(frozen=True)
class Page:
    """One page, and how to make it one row longer."""

    path: Callable[[User], str]
    add_row: Callable[[User], Any]
    most: int = MOST
    signed_in: bool = True
    is_kept: bool = False  # Asked anew after a change (tests/cpd/test_standing.py counts that); here: while it stands.


def published(user: User) -> Any:
    article = ArticleFactory(published=True)
    article.topics.add(TopicFactory())
    return article


def published_on_one_topic(user: User) -> Any:
    published(user).topics.add(the_topic())


def the_topic() -> Any:
    from articles.models import Topic

    return Topic.objects.filter(slug="one").first() or TopicFactory(slug="one", name="One")


def the_author() -> Any:
    from articles.models import Author

    return Author.objects.filter(slug="one").first() or AuthorFactory(slug="one", name="One")


def published_by_one_author(user: User) -> Any:
    article = published(user)
    article.bylines.update(author=the_author())


def passed(user: User) -> Any:
    return AttemptFactory(user=user, right=2)


def the_article() -> Any:
    from articles.models import Article

    article = Article.objects.filter(slug="one").first() or ArticleFactory(slug="one", published=True)
    article.topics.add(the_topic())
    return article


def related(user: User) -> Any:
    the_article()
    published_on_one_topic(user)


def published_in_another_month(user: User) -> Any:
    from articles.models import Article

    month = datetime.datetime(2010, 1, 15, tzinfo=datetime.UTC) + datetime.timedelta(days=31 * Article.objects.count())
    return ArticleFactory(published=True, publish_at=month)


def saved(user: User) -> Any:
    return SavedArticleFactory(user=user)


def activity(user: User) -> Any:
    return ActivityFactory(user=user, done_on=user.profile.local_date(), reflection=ReflectionFactory(user=user))


def sitting(user: User) -> Any:
    reader = user.reader if hasattr(user, "reader") else ReaderFactory(user=user)
    return SittingFactory(reader=reader)


def the_enrolment(user: User) -> Any:
    return user.enrolments.filter(framework="uk-nmc").first() or EnrolmentFactory(user=user)


def enrolment_left(user: User) -> Any:
    """One after the other: a person has one at a time."""
    day = datetime.date(2010, 1, 1) + datetime.timedelta(days=user.enrolments.count())
    return EnrolmentFactory(user=user, left_on=day)


def about(address: str, user: User) -> str:
    """A page about all the enrolments there are."""
    return f"{address}?{'&'.join(f'enrolment={enrolment.pk}' for enrolment in user.enrolments.all())}"


def leave(user: User) -> Any:
    enrolment = the_enrolment(user)
    day = datetime.date(2020, 1, 1) + datetime.timedelta(days=enrolment.leaves.count())
    return LeaveFactory(enrolment=enrolment, first_on=day, last_on=day)


def grant(user: User) -> Any:
    enrolment = the_enrolment(user)
    return GrantFactory(enrolment=enrolment, requirement=f"requirement-{enrolment.grants.count()}")


def the_three(user: User) -> list[Any]:
    """NMC, GDC and SMC."""
    others = [("uk-gdc", "dentist", datetime.date(2022, 1, 1)), ("sg-smc", "pc-2y", datetime.date(2026, 12, 31))]
    if user.enrolments.count() < 3:
        the_enrolment(user)
        for framework, title, anchor in others:
            titles = [{"titles": [title], "since": None}]
            EnrolmentFactory(user=user, framework=framework, titles=titles, anchor_on=anchor)
    return list(user.enrolments.all())


def activity_in_three(user: User) -> Any:
    done = activity(user)
    for enrolment in the_three(user):
        PlacementFactory(activity=done, enrolment=enrolment)


def artefact(user: User) -> Any:
    return ArtefactFactory(enrolment=the_enrolment(user))


def draft(user: User) -> Any:
    # A person has at most fifty to go on with; what was saved since stays as an empty row.
    return DraftFactory(user=user)


def old(user: User) -> Any:
    the_enrolment(user)
    return ActivityFactory(user=user, done_on=datetime.date(2024, 5, 1))


def part_of(article: Any) -> int:
    return int((article.pk - 1) // SPAN + 1)


def notice(user: User) -> Any:
    article = ArticleFactory(published=True)
    return NoticeFactory(user=user, enrolment=None, article=article, revision=article.revision)


def the_discussion(user: User) -> Any:
    """One that has ended, for which the person has said how long."""
    discussion: Discussion = user.discussions_hosted.first() or DiscussionFactory(host=user)
    discussion.participants.filter(user=user).update(minutes=45)
    return discussion


def participant(user: User) -> Any:
    """One more who was there, confirmed by the host."""
    other = ParticipantFactory(discussion=the_discussion(user), minutes=45, line="I will ask earlier.")
    ConfirmationFactory(of=other, by=other.discussion.participants.get(user=user))


def of_discussion(name: str = "") -> Callable[[User], str]:
    return lambda user: f"{the_discussion(user).get_absolute_url()}{name}"


def going_on(user: User) -> Any:
    return user.discussions_hosted.first() or DiscussionFactory(host=user, going_on=True)


def joined(user: User) -> Any:
    return ParticipantFactory(discussion=going_on(user))


def goal(user: User) -> Any:
    GoalFactory(user=user, deleted_at=timezone.now())
    return GoalActivityFactory(goal=GoalFactory(user=user, planned_on=user.profile.local_date())).goal


def goal_of_another_year(user: User) -> Any:
    return GoalFactory(user=user, planned_on=datetime.date(2025, 1, 1))


def the_goal(user: User) -> Any:
    return user.goals.order_by("created_at").first() or GoalFactory(user=user)


def the_activity(user: User) -> Any:
    return user.activities.order_by("recorded_at").first() or activity(user)


def part_of_the_goal(user: User) -> Any:
    return GoalActivityFactory(goal=the_goal(user))


def goal_of_the_activity(user: User) -> Any:
    return GoalActivityFactory(activity=the_activity(user), goal__user=user)


def activity_with_files(user: User) -> Any:
    return user.activities.filter(title="With files").first() or ActivityFactory(user=user, title="With files")


def file(user: User) -> Any:
    return EvidenceFactory(user=user, activity=activity_with_files(user))


def the_import(user: User) -> Any:
    return user.imports.first() or ImportFactory(user=user)


def certificate(user: User) -> Any:
    return CertificateFactory(user=user)


def timed_reading(user: User) -> Any:
    return user.activities.filter(measured_seconds__isnull=False).first() or ReadActivityFactory(user=user)


def another_certificate(user: User) -> Any:
    """Of the same activity, which says something else each time."""
    reading = timed_reading(user)
    user.activities.filter(pk=reading.pk).update(minutes=reading.minutes + 1)
    return CertificateFactory(user=user, activity=reading)


def changed_after_import(user: User) -> Any:
    brought = user.imports.first() or ImportFactory(user=user, done=True)
    return ActivityFactory(user=user, brought_by=brought, reflection=ReflectionFactory(user=user))


def changed_and_seen(user: User) -> Any:
    AuditEventFactory(owner=user)
    return activity(user)


def the_link(user: User) -> Any:
    link = user.share_links.order_by("created_at").first()
    return link or ShareLinkFactory(user=user, is_on=True, with_reflections=True, with_files=True)


def shared(user: User) -> Any:
    """One more activity that the link shows, with all that can hang on it, and a goal."""
    link = the_link(user)
    done = ActivityFactory(user=user, reflection=ReflectionFactory(user=user, is_shareable=True))
    ShareEntryFactory(link=link, activity=done)
    EvidenceFactory(user=user, activity=done)
    ShareCommentFactory(appraiser__link=link, activity=done)
    GoalFactory(user=user, planned_on=datetime.date(2026, 2, 1))
    return the_enrolment(user)


def commented(user: User) -> Any:
    return ShareCommentFactory(appraiser__link=the_link(user), activity=the_activity(user))


WHOLE_YEAR = "first=2026-01-01&last=2026-12-31&kind=portfolio&reflections=all&plan=on&requirements=on&papers=on"


def with_everything(user: User) -> Any:
    """An activity with all that a portfolio shows of one, a goal and a paper."""
    GoalFactory(user=user, planned_on=datetime.date(2026, 11, 1))
    ArtefactFactory(enrolment=the_enrolment(user), done_on=datetime.date(2026, 11, 1))
    activity = ActivityFactory(user=user, done_on=datetime.date(2026, 11, 1), reflection=ReflectionFactory(user=user))
    return EvidenceFactory(user=user, activity=activity)


PAGES = {
    "home": Page(lambda user: "/", published, signed_in=False, most=3),
    "home, signed in": Page(lambda user: "/", published),
    "articles": Page(lambda user: "/articles/", published, signed_in=False, most=4),
    "topic": Page(
        lambda user: f"/articles/topics/{the_topic().slug}/", published_on_one_topic, signed_in=False, most=5
    ),
    "author": Page(
        lambda user: f"/articles/authors/{the_author().slug}/", published_by_one_author, signed_in=False, most=5
    ),
    "feed": Page(lambda user: "/articles/feed/", published, signed_in=False, most=2),
    "feed, RSS": Page(lambda user: "/articles/feed/rss/", published, signed_in=False, most=2),
    "feed of a topic": Page(
        lambda user: f"/articles/topics/{the_topic().slug}/feed/", published_on_one_topic, signed_in=False, most=3
    ),
    "feed of an author": Page(
        lambda user: f"/articles/authors/{the_author().slug}/feed/", published_by_one_author, signed_in=False, most=3
    ),
    "sitemap": Page(lambda user: "/sitemap.xml", published, signed_in=False, most=4),
    "sitemap, articles": Page(
        lambda user: f"/sitemap-articles-{part_of(published(user))}.xml", published, signed_in=False, most=1
    ),
    "assessments passed": Page(lambda user: "/articles/assessments/passed/", passed, most=6),
    "an article": Page(lambda user: the_article().get_absolute_url(), related, signed_in=False, most=3),
    "topics": Page(lambda user: "/articles/topics/", published, signed_in=False, most=1),
    "authors": Page(lambda user: "/articles/authors/", published, signed_in=False, most=2),
    "archive": Page(lambda user: "/articles/archive/", published_in_another_month, signed_in=False, most=1),
    "archive, one year": Page(lambda user: "/articles/archive/2026/", published, signed_in=False, most=4),
    "saved": Page(lambda user: "/articles/saved/", saved, most=5),
    "home, saved": Page(lambda user: "/", saved),
    "history": Page(lambda user: "/cpd/reading/history/", sitting, most=6),
    "history, clearing": Page(lambda user: "/cpd/reading/history/clear/", sitting, most=4),
    "tracker, activities": Page(lambda user: "/cpd/", activity, most=9),
    "tracker, inbox": Page(lambda user: "/cpd/", sitting, most=9),
    "tracker, articles that changed": Page(lambda user: "/cpd/", notice, most=9),
    "articles that changed": Page(lambda user: "/cpd/notices/", notice, most=8),
    "activities": Page(lambda user: "/cpd/activities/", activity, most=8),
    "activities, searched": Page(lambda user: "/cpd/activities/?q=course&only=no-reflection", activity, most=8),
    "inbox": Page(lambda user: "/cpd/reading/", sitting, most=8),
    "tracker, three frameworks": Page(lambda user: "/cpd/", activity_in_three, most=8, is_kept=True),
    "home, three frameworks": Page(lambda user: "/", activity_in_three, is_kept=True),
    "requirements": Page(lambda user: "/cpd/requirements/", activity_in_three, most=6, is_kept=True),
    "requirements, frameworks": Page(lambda user: "/cpd/requirements/", enrolment_left, most=6),
    "one framework": Page(lambda user: the_enrolment(user).get_absolute_url(), artefact, most=8, is_kept=True),
    "an earlier cycle": Page(lambda user: f"{the_enrolment(user).get_absolute_url()}cycles/2021-10-01/", old, most=8),
    "frameworks": Page(lambda user: "/cpd/requirements/frameworks/", lambda user: None, signed_in=False, most=0),
    "a framework": Page(
        lambda user: "/cpd/requirements/frameworks/uk-nmc/", lambda user: None, signed_in=False, most=0
    ),
    "joining, screen 1": Page(lambda user: "/cpd/requirements/new/", enrolment_left, most=6),
    "joining, screen 2": Page(lambda user: about("/cpd/requirements/new/titles/", user), enrolment_left, most=6),
    "joining, screen 3": Page(lambda user: about("/cpd/requirements/new/numbers/", user), enrolment_left, most=6),
    "leave": Page(lambda user: f"/cpd/requirements/{the_enrolment(user).pk}/leave/", leave, most=8),
    "to finish": Page(
        lambda user: "/cpd/activities/unfinished/", lambda user: ActivityFactory(user=user, finish_later=True), most=8
    ),
    "own templates": Page(lambda user: "/cpd/templates/", lambda user: ActivityTemplateFactory(user=user), most=8),
    "form, reflections to use again": Page(
        lambda user: "/cpd/activities/new/",
        lambda user: ActivityFactory(user=user, reflection=ReflectionFactory(user=user)),
        most=8,
    ),
    "discussions": Page(lambda user: "/cpd/discussions/", lambda user: DiscussionFactory(host=user), most=6),
    "tracker, discussions": Page(lambda user: "/cpd/", lambda user: DiscussionFactory(host=user), most=9),
    "a discussion": Page(of_discussion(), participant, most=8),
    "a discussion, confirming": Page(of_discussion("confirm/"), participant, most=6),
    "a discussion, adding": Page(of_discussion("add/"), participant, most=8),
    "a discussion that goes on": Page(lambda user: going_on(user).get_absolute_url(), joined, most=8),
    "who is there": Page(lambda user: f"{going_on(user).get_absolute_url()}people/", joined, most=6),
    "who saw what": Page(lambda user: "/cpd/log/", changed_and_seen, most=4),
    "leaving": Page(lambda user: "/cpd/leaving/", lambda user: ArchiveFactory(user=user, done=True), most=4),
    "portfolios": Page(lambda user: "/cpd/portfolio/", lambda user: PackFactory(user=user), most=5),
    "a portfolio's preview": Page(
        lambda user: f"/cpd/portfolio/preview/?{WHOLE_YEAR}", with_everything, most=9, is_kept=True
    ),
    "imports": Page(lambda user: "/cpd/portfolio/import/", lambda user: ImportFactory(user=user), most=5),
    "an import": Page(
        lambda user: the_import(user).get_absolute_url(),
        lambda user: ImportRowFactory(brought_by=the_import(user)),
        most=6,
    ),
    "an import to undo": Page(lambda user: f"{the_import(user).get_absolute_url()}undo/", changed_after_import, most=6),
    "certificates": Page(lambda user: "/cpd/certificates/", certificate, most=6),
    "making a certificate": Page(
        lambda user: f"/cpd/activities/{timed_reading(user).pk}/certificate/", another_certificate, most=10
    ),
    "grants": Page(lambda user: f"/cpd/requirements/{the_enrolment(user).pk}/grants/", grant, most=8),
    "unsaved words": Page(lambda user: "/cpd/drafts/", draft, most=8),
    "tracker, unsaved words": Page(lambda user: "/cpd/", draft, most=9),
    "plan": Page(lambda user: "/cpd/plan/", goal, most=9),
    "plan, open goals of other years": Page(lambda user: "/cpd/plan/", goal_of_another_year, most=9),
    "tracker, goals": Page(lambda user: "/cpd/", goal, most=9),
    "a goal": Page(lambda user: the_goal(user).get_absolute_url(), part_of_the_goal, most=6),
    "a goal, choosing": Page(lambda user: f"{the_goal(user).get_absolute_url()}activities/", part_of_the_goal, most=7),
    "an activity's goals": Page(
        lambda user: f"{the_activity(user).get_absolute_url()}goals/", goal_of_the_activity, most=6
    ),
    "an activity, its goals": Page(lambda user: the_activity(user).get_absolute_url(), goal_of_the_activity),
    "files of an activity": Page(lambda user: f"/cpd/evidence/of/{activity_with_files(user).pk}/", file, most=6),
    "links": Page(lambda user: "/cpd/shares/", lambda user: ShareLinkFactory(user=user), most=6),
    # Once looked at: the first look also keeps that its comments were seen.
    "a link": Page(lambda user: the_link(user).get_absolute_url(), shared, most=7, is_kept=True),
    "a link, choosing": Page(lambda user: f"{the_link(user).get_absolute_url()}entries/", shared, most=7),
    "a link, looking at it": Page(
        lambda user: f"{the_link(user).get_absolute_url()}preview/", shared, most=10, is_kept=True
    ),
    "what a link shows": Page(
        lambda user: f"/s/{token_of(the_link(user).pk)}/", shared, signed_in=False, most=8, is_kept=True
    ),
    "an activity, its comments": Page(lambda user: the_activity(user).get_absolute_url(), commented),
    "an activity, its files": Page(lambda user: activity_with_files(user).get_absolute_url(), file),
}


def count(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len([query for query in queries if "SAVEPOINT" not in query["sql"]])


@pytest.mark.sweep
@pytest.mark.parametrize("name", PAGES)
def test_a_list_costs_the_same_for_one_row_and_for_many(name: str) -> None:
    page, user, client = PAGES[name], UserFactory(), Client()
    if page.signed_in:
        client.force_login(user)
    page.add_row(user)
    path = page.path(user)
    client.get(path)  # The first request of a session writes that its owner is here.
    for_one = count(client, path)
    for _ in range(MANY - 1):
        page.add_row(user)
    path = page.path(user)  # An address may name its rows.
    if page.is_kept:
        client.get(path)
    for_many = count(client, path)
    assert for_one == for_many <= page.most


def test_an_article_costs_at_most_three() -> None:
    article = ArticleFactory(published=True)
    article.topics.add(*TopicFactory.create_batch(5))
    assert count(Client(), article.get_absolute_url()) <= 3


def test_every_other_page_stays_small() -> None:
    user, client = UserFactory(), Client()
    client.force_login(user)
    one, read, enrolment = activity(user), sitting(user), the_enrolment(user)
    artefact = ArtefactFactory(enrolment=enrolment)
    RemindersFactory(user=user, calendar_sha256=digest_of_token("token"))
    paths = [
        f"{enrolment.get_absolute_url()}edit/",
        one.get_absolute_url(),
        f"{one.get_absolute_url()}edit/",
        f"{one.get_absolute_url()}change/",
        "/cpd/plan/goals/new/",
        "/cpd/reading/claim/",
        "/cpd/activities/new/",
        "/accounts/",
        "/accounts/profile/",
        "/cpd/reminders/",
        "/cpd/calendar/token.ics",
        artefact.get_absolute_url(),
        f"{artefact.get_absolute_url()}edit/",
        f"{enrolment.get_absolute_url()}feedback/new/",
    ]
    told = notice(user)
    paths += [told.get_absolute_url(), told.article.get_absolute_url()]
    paths += [f"/cpd/reading/context/{read.article.slug}/", read.article.get_absolute_url(), "/how-we-time-reading/"]
    paths += [certificate(user).get_absolute_url(), f"/verify/{code_of(certificate(user))}/", "/verify/"]
    client.get("/cpd/")
    for path in paths:
        assert count(client, path) <= MOST, path
