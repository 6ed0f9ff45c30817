"""The permission matrix: every address of the site, every method, every kind of person.

A new address must be put into the table below, or the sweep at the end fails.
"""

import datetime
import io
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import User
from articles.cards import face_of
from articles.sitemaps import SPAN
from cpd import asking
from cpd.actions.reminders import digest_of_token
from cpd.archive import storing
from cpd.certificates import code_of
from cpd.discussions import token_of
from cpd.evidence.storing import store
from cpd.models import Enrolment
from cpd.reminding import stop_link
from cpd.sharing import token_of as token_of_link
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory, AttemptFactory, AuthorFactory, RevisionFactory, TopicFactory
from tests.factories.cpd import (
    ActivityFactory,
    ActivityTemplateFactory,
    ArchiveFactory,
    ArtefactFactory,
    CertificateFactory,
    DiscussionFactory,
    DraftFactory,
    EnrolmentFactory,
    EvidenceFactory,
    GoalFactory,
    GrantFactory,
    ImpactFactory,
    ImportFactory,
    InvitationFactory,
    LeaveFactory,
    NoticeFactory,
    PackFactory,
    PackFileFactory,
    ParticipantFactory,
    ReadActivityFactory,
    RemindersFactory,
    ShareEntryFactory,
    ShareLinkFactory,
    SittingFactory,
    UnfinishedUploadFactory,
)
from tests.support import files

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]

OK, LOGIN, FORBIDDEN, HIDDEN, NO_METHOD, UNAUTHORISED, MALFORMED, GONE = 200, "login", 403, 404, 405, 401, 400, 410
ROLES = ("anonymous", "reader", "reviewer", "author", "editor", "administrator")


@pytest.fixture(autouse=True)
def own_media(tmp_path: Path, settings: Any, evidence_folder: Path) -> None:
    """Pictures drawn for a test, and files stored by it, are nobody else's."""
    papers = {"BACKEND": "meducation.lib.whole_storage.WholeFileStorage", "OPTIONS": {"location": str(tmp_path / "p")}}
    settings.STORAGES = settings.STORAGES | {"papers": papers}
    settings.MEDIA_ROOT = tmp_path


@dataclass(frozen=True)
class Address:
    """One named address. What each method answers: one answer for all, or by role ("*" for the rest)."""

    name: str
    get: Any = OK
    post: Any = NO_METHOD
    args: Callable[[User | None], list[Any]] = lambda user: []

    def expected(self, method: str, role: str) -> Any:
        answer = {"GET": self.get, "POST": self.post}.get(method, NO_METHOD)
        if isinstance(answer, dict):
            return answer.get(role, answer["*"])
        return answer


PRIVATE = {"anonymous": LOGIN, "*": OK}
PRIVATE_FORM = {"anonymous": LOGIN, "*": 422}
PRIVATE_POST_ONLY = {"anonymous": LOGIN, "*": NO_METHOD}
PRIVATE_HIDDEN = {"anonymous": LOGIN, "*": HIDDEN}
PRIVATE_ONWARD = {"anonymous": LOGIN, "*": 302}


def own_activity(user: User | None) -> list[Any]:
    return [ActivityFactory(user=user or UserFactory()).pk]


def strangers_activity(user: User | None) -> list[Any]:
    return [ActivityFactory().pk]


def own_template(user: User | None) -> list[Any]:
    return [ActivityTemplateFactory(user=user or UserFactory()).pk]


def strangers_template(user: User | None) -> list[Any]:
    return [ActivityTemplateFactory().pk]


def own_enrolment(user: User | None) -> list[Any]:
    return [EnrolmentFactory(user=user or UserFactory()).pk]


def strangers_enrolment(user: User | None) -> list[Any]:
    return [EnrolmentFactory().pk]


def own_part(factory: Any) -> Callable[[User | None], list[Any]]:
    """A leave or a grant, with the enrolment it belongs to."""

    def args(user: User | None) -> list[Any]:
        part = factory(enrolment=EnrolmentFactory(user=user or UserFactory()))
        return [part.enrolment.pk, part.pk]

    return args


def strangers_part(factory: Any) -> Callable[[User | None], list[Any]]:
    def args(user: User | None) -> list[Any]:
        part = factory()
        return [part.enrolment.pk, part.pk]

    return args


def own_artefact(user: User | None) -> list[Any]:
    return [ArtefactFactory(enrolment=EnrolmentFactory(user=user or UserFactory())).pk]


def strangers_artefact(user: User | None) -> list[Any]:
    return [ArtefactFactory().pk]


def with_kind(enrolment: Callable[[User | None], list[Any]]) -> Callable[[User | None], list[Any]]:
    return lambda user: [*enrolment(user), "feedback"]


def in_earlier_cycle(enrolment: Callable[[User | None], list[Any]]) -> Callable[[User | None], list[Any]]:
    """The cycle before September 2024, of which something is recorded."""

    def args(user: User | None) -> list[Any]:
        [pk] = enrolment(user)
        ActivityFactory(user=Enrolment.objects.get(pk=pk).user, done_on=datetime.date(2024, 5, 1))
        return [pk, "2021-10-01"]

    return args


def own_notice(user: User | None) -> list[Any]:
    return [NoticeFactory(user=user or UserFactory()).pk]


def strangers_notice(user: User | None) -> list[Any]:
    return [NoticeFactory().pk]


def somebodys_stop_link(user: User | None) -> list[Any]:
    return [stop_link(UserFactory()).rstrip("/").rpartition("/")[2]]


def somebodys_calendar(user: User | None) -> list[Any]:
    token = uuid.uuid4().hex
    RemindersFactory(calendar_sha256=digest_of_token(token))
    return [token]


def own_draft(user: User | None) -> list[Any]:
    return [DraftFactory(user=user or UserFactory()).pk]


def own_draft_put_away(user: User | None) -> list[Any]:
    return [DraftFactory(user=user or UserFactory(), put_away_at=timezone.now()).pk]


def strangers_draft(user: User | None) -> list[Any]:
    return [DraftFactory().pk]


def own_goal(user: User | None) -> list[Any]:
    return [GoalFactory(user=user or UserFactory()).pk]


def strangers_goal(user: User | None) -> list[Any]:
    return [GoalFactory().pk]


def somebodys_question(user: User | None) -> list[Any]:
    """What a mail asked about somebody's activity."""
    activity = ActivityFactory()
    ImpactFactory(activity=activity, asked_at=timezone.now(), token_sha256=digest_of_token(asking.token_of(activity)))
    return [asking.token_of(activity)]


def slug(factory: Any, **traits: Any) -> Callable[[User | None], list[Any]]:
    return lambda user: [factory(**traits).slug]


def topic_with_article(user: User | None) -> list[Any]:
    topic = TopicFactory()
    ArticleFactory(published=True).topics.add(topic)
    return [topic.slug]


def year_with_article(user: User | None) -> list[Any]:
    """2026, with one in January."""
    ArticleFactory(published=True)
    return [2026]


def own_reading(user: User | None) -> list[Any]:
    return [SittingFactory(reader__user=user or UserFactory()).article.slug]


def strangers_reading(user: User | None) -> list[Any]:
    return [SittingFactory().article.slug]


def author_with_article(user: User | None) -> list[Any]:
    return [ArticleFactory(published=True).authors.get().slug]


def card_of(*, published: bool) -> Callable[[User | None], list[Any]]:
    """The picture of an article: one that is published, or one that waits for its day."""

    def args(user: User | None) -> list[Any]:
        later = timezone.now() + datetime.timedelta(days=1)
        article = ArticleFactory(published=True, publish_at=None if published else later)
        return [article.slug, face_of(article.revision, []).key]

    return args


def part_of(article: Any) -> int:
    return int((article.pk - 1) // SPAN + 1)


def article_with_two_texts(user: User | None) -> list[Any]:
    article = ArticleFactory(published=True)
    article.revision = RevisionFactory(article=article)
    article.save()
    return [article.slug, 1]


def own_article(user: User | None) -> list[Any]:
    return [ArticleFactory(published=True, created_by=user).slug]


def own_attempt(user: User | None) -> list[Any]:
    attempt = AttemptFactory(user=user or UserFactory())
    return [attempt.article.slug, attempt.pk]


def strangers_attempt(user: User | None) -> list[Any]:
    attempt = AttemptFactory(right=2)
    return [attempt.article.slug, attempt.pk]


def own_discussion(user: User | None) -> list[Any]:
    """One that the person began, and that goes on."""
    return [DiscussionFactory(host=user or UserFactory(), going_on=True).pk]


def discussion_over(user: User | None) -> list[Any]:
    """One that the person began, that has ended, and for which they have said how long."""
    discussion = DiscussionFactory(host=user or UserFactory())
    ParticipantFactory(discussion=discussion)
    discussion.participants.update(minutes=45)
    return [discussion.pk]


def colleagues_discussion(user: User | None) -> list[Any]:
    """One that goes on, which somebody else began and the person joined."""
    discussion = DiscussionFactory(going_on=True)
    ParticipantFactory(discussion=discussion, user=user or UserFactory())
    return [discussion.pk]


def strangers_discussion(user: User | None) -> list[Any]:
    return [DiscussionFactory(going_on=True).pk]


def invitation(user: User | None) -> list[Any]:
    return [token_of(InvitationFactory().pk)]


def own_file(user: User | None) -> list[Any]:
    """One that is really stored."""
    return [EvidenceFactory(user=user or UserFactory(), stored_as=store(io.BytesIO(files.pdf()))).pk]


def strangers_file(user: User | None) -> list[Any]:
    return own_file(None)


def own_upload(user: User | None) -> list[Any]:
    return [UnfinishedUploadFactory(user=user or UserFactory()).pk]


def strangers_upload(user: User | None) -> list[Any]:
    return own_upload(None)


def own_import(**traits: Any) -> Callable[[User | None], list[Any]]:
    return lambda user: [ImportFactory(user=user or UserFactory(), **traits).pk]


def strangers_import(user: User | None) -> list[Any]:
    return [ImportFactory().pk]


def own_archive(user: User | None) -> list[Any]:
    """An export that waits to be made, or one that is there: a person has one of each."""
    user = user or UserFactory()
    return [(user.archives.first() or ArchiveFactory(user=user)).pk]


def own_export(user: User | None) -> list[Any]:
    archive = ArchiveFactory(user=user or UserFactory(), done=True)
    storing.keep(archive.pk, io.BytesIO(b"PK"))
    return [archive.pk]


def strangers_export(user: User | None) -> list[Any]:
    return own_export(None)


def own_timed_reading(user: User | None) -> list[Any]:
    return [ReadActivityFactory(user=user or UserFactory()).pk]


def own_certificate(user: User | None) -> list[Any]:
    return [CertificateFactory(user=user or UserFactory()).pk]


def strangers_certificate(user: User | None) -> list[Any]:
    return own_certificate(None)


def somebodys_code(user: User | None) -> list[Any]:
    """On paper, in anybody's hands. The tries of the tests before are forgotten."""
    cache.clear()
    return [code_of(CertificateFactory())]


def nobodys_code(user: User | None) -> list[Any]:
    cache.clear()
    return ["3333-3333-3333"]


def own_link(user: User | None) -> list[Any]:
    """One that is on, as are those of the others."""
    return [ShareLinkFactory(user=user or UserFactory(), is_on=True).pk]


def strangers_link(user: User | None) -> list[Any]:
    return own_link(None)


def somebodys_address(*rest: Any) -> Callable[[User | None], list[Any]]:
    """The address of a link that is on, of somebody else than who asks: whoever has it may."""
    return lambda user: [token_of_link(own_link(None)[0]), *rest]


def address_that_shows_nothing(*rest: Any) -> Callable[[User | None], list[Any]]:
    """Of one that was never turned on."""
    return lambda user: [token_of_link(ShareLinkFactory().pk), *rest]


def address_of_file(*, is_shared: bool) -> Callable[[User | None], list[Any]]:
    """A stored file of a link's activity, which the link shows or not."""

    def args(user: User | None) -> list[Any]:
        entry = ShareEntryFactory(link__with_files=is_shared)
        stored = store(io.BytesIO(files.pdf()))
        file = EvidenceFactory(user=entry.link.user, activity=entry.activity, stored_as=stored)
        return [token_of_link(entry.link.pk), file.pk]

    return args


def address_of_pack(*rest: Any) -> Callable[[User | None], list[Any]]:
    """The address of a link to somebody's portfolio."""
    return lambda user: [token_of_link(ShareLinkFactory(is_on=True, to_pack=True).pk), *rest]


def own_pack(*more: str) -> Callable[[User | None], list[Any]]:
    """Somebody's portfolio, whose table is still to be made."""

    def make(user: User | None) -> list[Any]:
        pack = PackFactory(user=user or UserFactory())
        PackFileFactory(pack=pack, format="csv")
        return [pack.pk, *more]

    return make


def strangers_pack(*more: str) -> Callable[[User | None], list[Any]]:
    return lambda user: own_pack(*more)(None)


MATRIX = [
    Address("home"),
    Address("how-we-time"),
    Address("accessibility"),
    Address("privacy"),
    # Anybody may choose a size of text; none is named here.
    Address("text-size", get=NO_METHOD, post=MALFORMED),
    Address("manifest"),
    Address("service-worker"),
    Address("offline"),
    Address("robots"),
    Address("sitemap"),
    Address("sitemap-pages"),
    Address("sitemap-part", args=lambda user: ["articles", part_of(ArticleFactory(published=True))]),
    Address("sitemap-part", get=HIDDEN, args=lambda user: ["articles", part_of(ArticleFactory()) + 1000]),
    Address("sitemap-part", get=HIDDEN, args=lambda user: ["users", 1]),
    Address("security"),
    Address("healthz"),
    Address("readyz"),
    Address("articles:article-list"),
    Address("articles:article-detail", args=slug(ArticleFactory, published=True)),
    Address("articles:article-detail", get=HIDDEN, args=slug(ArticleFactory)),
    Address("articles:topic-detail", args=topic_with_article),
    Address("articles:topic-detail", get=HIDDEN, args=lambda user: ["no-such-topic"]),
    Address("articles:author-detail", args=author_with_article),
    Address("articles:author-detail", get=HIDDEN, args=slug(AuthorFactory)),
    Address("articles:article-revision", args=article_with_two_texts),
    Address("articles:article-revision", get=HIDDEN, args=lambda user: [ArticleFactory(published=True).slug, 2]),
    Address("articles:article-revision", get=HIDDEN, args=lambda user: [ArticleFactory().slug, 1]),
    Address("articles:topic-list"),
    Address("articles:author-list"),
    Address("articles:archive"),
    Address("articles:archive-year", args=year_with_article),
    Address("articles:archive-year", get=HIDDEN, args=lambda user: [1999]),
    Address("articles:archive-month", args=lambda user: [*year_with_article(user), 1]),
    Address("articles:archive-month", get=HIDDEN, args=lambda user: [*year_with_article(user), 2]),
    Address("articles:saved", get=PRIVATE, post=PRIVATE_POST_ONLY),
    Address("articles:saved-article", get=PRIVATE, post=PRIVATE_ONWARD, args=slug(ArticleFactory, published=True)),
    Address("articles:saved-article", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=slug(ArticleFactory)),
    Address("articles:article-preview", get=HIDDEN, args=lambda user: ["not-a-token"]),
    Address("articles:feed"),
    Address("articles:feed-rss"),
    Address("articles:topic-feed", args=topic_with_article),
    Address("articles:topic-feed", get=HIDDEN, args=slug(TopicFactory)),
    Address("articles:topic-feed-rss", args=topic_with_article),
    Address("articles:author-feed", args=author_with_article),
    Address("articles:author-feed", get=HIDDEN, args=slug(AuthorFactory)),
    Address("articles:author-feed-rss", args=author_with_article),
    Address("articles:cite-bibtex", args=slug(ArticleFactory, published=True)),
    Address("articles:cite-bibtex", get=HIDDEN, args=slug(ArticleFactory)),
    Address("articles:cite-ris", args=slug(ArticleFactory, published=True)),
    Address("articles:cite-ris", get=HIDDEN, args=slug(ArticleFactory)),
    Address("articles:card", args=card_of(published=True)),
    Address("articles:card", get=HIDDEN, args=card_of(published=False)),
    Address("articles:card", get=HIDDEN, args=lambda user: [ArticleFactory(published=True).slug, "0" * 32]),
    Address(
        "articles:assessment", get=PRIVATE, post=PRIVATE_FORM, args=slug(ArticleFactory, published=True, questions=2)
    ),
    Address("articles:assessment", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=slug(ArticleFactory, published=True)),
    Address("articles:assessment", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=slug(ArticleFactory, questions=2)),
    Address("articles:attempt", get=PRIVATE, post=PRIVATE_FORM, args=own_attempt),
    Address("articles:attempt", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=strangers_attempt),
    Address("articles:passed-assessments", get=PRIVATE, post=PRIVATE_POST_ONLY),
    Address("articles:image", get=HIDDEN, args=lambda user: [f"{'0' * 64}.webp"]),
    Address("accounts:account", get=PRIVATE, post=PRIVATE_POST_ONLY),
    Address("accounts:profile", get=PRIVATE, post=PRIVATE_FORM),
    Address("cpd:tracker", get=PRIVATE, post=PRIVATE_POST_ONLY),
    Address("cpd:activity-list", get=PRIVATE, post=PRIVATE_POST_ONLY),
    Address("cpd:activities-change", get=PRIVATE_POST_ONLY, post={"anonymous": LOGIN, "*": 302}),
    Address("cpd:activities-delete", get=PRIVATE_POST_ONLY, post={"anonymous": LOGIN, "*": 302}),
    Address("cpd:activities-restore", get=PRIVATE_POST_ONLY, post={"anonymous": LOGIN, "*": 302}),
    Address("cpd:activity-history", get=PRIVATE, post=PRIVATE_POST_ONLY, args=own_activity),
    Address("cpd:activity-history", get=PRIVATE_HIDDEN, post=PRIVATE_POST_ONLY, args=strangers_activity),
    Address("cpd:activity-create", get=PRIVATE, post=PRIVATE_FORM),
    Address("cpd:activity-detail", get=PRIVATE, post=PRIVATE_POST_ONLY, args=own_activity),
    Address(
        "cpd:activity-detail", get={"anonymous": LOGIN, "*": HIDDEN}, post=PRIVATE_POST_ONLY, args=strangers_activity
    ),
    Address("cpd:activity-update", get=PRIVATE, post=PRIVATE_FORM, args=own_activity),
    Address(
        "cpd:activity-update",
        get={"anonymous": LOGIN, "*": HIDDEN},
        post={"anonymous": LOGIN, "*": HIDDEN},
        args=strangers_activity,
    ),
    Address("cpd:activity-delete", get=PRIVATE_POST_ONLY, post={"anonymous": LOGIN, "*": 302}, args=own_activity),
    Address(
        "cpd:activity-delete", get=PRIVATE_POST_ONLY, post={"anonymous": LOGIN, "*": HIDDEN}, args=strangers_activity
    ),
    Address("cpd:activity-restore", get=PRIVATE_POST_ONLY, post={"anonymous": LOGIN, "*": 302}, args=own_activity),
    Address(
        "cpd:activity-restore", get=PRIVATE_POST_ONLY, post={"anonymous": LOGIN, "*": HIDDEN}, args=strangers_activity
    ),
    Address("cpd:activity-quick", get=PRIVATE, post=PRIVATE_FORM),
    Address("cpd:unfinished-list", get=PRIVATE, post=PRIVATE_POST_ONLY),
    Address("cpd:activity-finish", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_activity),
    Address("cpd:activity-finish", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_activity),
    Address("cpd:activity-highlight", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_activity),
    Address("cpd:activity-highlight", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_activity),
    Address("cpd:template-create", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_activity),
    Address("cpd:template-create", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_activity),
    Address("cpd:template-list", get=PRIVATE, post=PRIVATE_POST_ONLY),
    Address("cpd:template-update", get=PRIVATE, post=PRIVATE_FORM, args=own_template),
    Address("cpd:template-update", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=strangers_template),
    Address("cpd:template-delete", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_template),
    Address("cpd:template-delete", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_template),
    Address("cpd:template-restore", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_template),
    Address("cpd:template-restore", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_template),
    Address("cpd:reading-inbox", get=PRIVATE, post=PRIVATE_FORM),
    Address("cpd:reading-history", get=PRIVATE, post=PRIVATE_POST_ONLY),
    Address("cpd:reading-history-clear", get=PRIVATE, post=PRIVATE_ONWARD),
    Address("cpd:reading-history-clear-one", get=PRIVATE, post=PRIVATE_ONWARD, args=own_reading),
    Address("cpd:reading-history-clear-one", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=strangers_reading),
    Address("cpd:reading-dismiss", get=PRIVATE_POST_ONLY, post={"anonymous": LOGIN, "*": 302}),
    Address("cpd:reading-beat", get=NO_METHOD, post=MALFORMED),
    Address("cpd:reading-log", get=NO_METHOD, post={"anonymous": UNAUTHORISED, "*": 422}),
    Address("cpd:reading-context", args=slug(ArticleFactory, published=True)),
    Address("cpd:reading-context", get=HIDDEN, args=slug(ArticleFactory)),
    Address("cpd:enrolment-start", get=PRIVATE, post=PRIVATE_FORM),
    # About no enrolment at all, they lead back to the first screen.
    Address("cpd:enrolment-titles", get=PRIVATE_ONWARD, post=PRIVATE_ONWARD),
    Address("cpd:enrolment-numbers", get=PRIVATE_ONWARD, post=PRIVATE_ONWARD),
    Address("cpd:enrolment-update", get=PRIVATE, post=PRIVATE_FORM, args=own_enrolment),
    Address("cpd:enrolment-update", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=strangers_enrolment),
    Address("cpd:enrolment-leave", get=PRIVATE, post=PRIVATE_FORM, args=own_enrolment),
    Address("cpd:enrolment-leave", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=strangers_enrolment),
    Address("cpd:enrolment-grants", get=PRIVATE, post=PRIVATE_FORM, args=own_enrolment),
    Address("cpd:enrolment-grants", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=strangers_enrolment),
    Address("cpd:enrolment-delete", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_enrolment),
    Address("cpd:enrolment-delete", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_enrolment),
    Address("cpd:enrolment-restore", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_enrolment),
    Address("cpd:enrolment-restore", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_enrolment),
    Address("cpd:enrolment-leave-delete", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_part(LeaveFactory)),
    Address(
        "cpd:enrolment-leave-delete", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_part(LeaveFactory)
    ),
    Address("cpd:enrolment-grant-delete", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_part(GrantFactory)),
    Address(
        "cpd:enrolment-grant-delete", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_part(GrantFactory)
    ),
    Address("cpd:requirements", get=PRIVATE, post=PRIVATE_POST_ONLY),
    Address("cpd:enrolment-detail", get=PRIVATE, post=PRIVATE_POST_ONLY, args=own_enrolment),
    Address("cpd:enrolment-detail", get=PRIVATE_HIDDEN, post=PRIVATE_POST_ONLY, args=strangers_enrolment),
    Address("cpd:cycle-detail", get=PRIVATE, post=PRIVATE_POST_ONLY, args=in_earlier_cycle(own_enrolment)),
    Address("cpd:cycle-detail", get=PRIVATE_HIDDEN, post=PRIVATE_POST_ONLY, args=in_earlier_cycle(strangers_enrolment)),
    Address("cpd:framework-list"),
    Address("cpd:framework-detail", args=lambda user: ["uk-nmc"]),
    Address("cpd:framework-detail", get=HIDDEN, args=lambda user: ["no-such-framework"]),
    Address("cpd:artefact-create", get=PRIVATE, post=PRIVATE_FORM, args=with_kind(own_enrolment)),
    Address("cpd:artefact-create", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=with_kind(strangers_enrolment)),
    Address("cpd:artefact-detail", get=PRIVATE, post=PRIVATE_POST_ONLY, args=own_artefact),
    Address("cpd:artefact-detail", get=PRIVATE_HIDDEN, post=PRIVATE_POST_ONLY, args=strangers_artefact),
    Address("cpd:artefact-update", get=PRIVATE, post=PRIVATE_FORM, args=own_artefact),
    Address("cpd:artefact-update", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=strangers_artefact),
    Address("cpd:artefact-delete", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_artefact),
    Address("cpd:artefact-delete", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_artefact),
    Address("cpd:artefact-restore", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_artefact),
    Address("cpd:artefact-restore", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_artefact),
    Address("cpd:identifier-check", get=PRIVATE, post=PRIVATE_FORM),
    Address("cpd:reminders", get=PRIVATE, post=PRIVATE_FORM),
    # Whoever holds the address may use it, signed in or not: it came by their own mail, or they made it themselves.
    Address("cpd:reminders-stop", get=OK, post=OK, args=somebodys_stop_link),
    Address("cpd:reminders-stop", get=HIDDEN, post=HIDDEN, args=lambda user: ["not-signed"]),
    Address("cpd:calendar", args=somebodys_calendar),
    Address("cpd:calendar", get=HIDDEN, args=lambda user: ["not-a-token"]),
    # Says to a visitor that nobody is signed in.
    Address("cpd:device"),
    Address("cpd:activity-recent", get=PRIVATE, post=PRIVATE_POST_ONLY),
    Address("cpd:notice-list", get=PRIVATE, post=PRIVATE_POST_ONLY),
    Address("cpd:notice-detail", get=PRIVATE, post=PRIVATE_POST_ONLY, args=own_notice),
    Address("cpd:notice-detail", get=PRIVATE_HIDDEN, post=PRIVATE_POST_ONLY, args=strangers_notice),
    Address(
        "cpd:readership",
        get={"anonymous": LOGIN, "reader": HIDDEN, "reviewer": HIDDEN, "*": OK},
        post=PRIVATE_POST_ONLY,
        args=own_article,
    ),
    Address(
        "cpd:readership",
        get={"anonymous": LOGIN, "reader": HIDDEN, "reviewer": HIDDEN, "author": HIDDEN, "*": OK},
        post=PRIVATE_POST_ONLY,
        args=slug(ArticleFactory, published=True),
    ),
    Address("cpd:notice-dismiss", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_notice),
    Address("cpd:notice-dismiss", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_notice),
    Address("cpd:draft-list", get=PRIVATE, post=PRIVATE_POST_ONLY),
    # Without words there is nothing to keep; whose activity it is, is asked of the words (tests/cpd/test_drafts.py).
    Address(
        "cpd:draft",
        get={"anonymous": UNAUTHORISED, "*": OK},
        post={"anonymous": UNAUTHORISED, "*": 422},
        args=own_activity,
    ),
    Address("cpd:draft-give-way", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=own_activity),
    Address("cpd:draft-discard", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_draft),
    Address("cpd:draft-discard", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_draft),
    Address("cpd:draft-restore", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_draft_put_away),
    Address("cpd:draft-restore", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_draft),
    Address("cpd:discussion-list", get=PRIVATE, post=PRIVATE_POST_ONLY),
    Address("cpd:discussion-create", get=PRIVATE, post=PRIVATE_FORM),
    Address("cpd:discussion-join", get=PRIVATE, post=PRIVATE_FORM),
    Address("cpd:discussion-invited", get=PRIVATE, post=PRIVATE_FORM, args=invitation),
    Address("cpd:discussion-invited", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=lambda user: ["not-a-token"]),
    Address("cpd:discussion-detail", get=PRIVATE, post=PRIVATE_POST_ONLY, args=own_discussion),
    Address("cpd:discussion-detail", get=PRIVATE_HIDDEN, post=PRIVATE_POST_ONLY, args=strangers_discussion),
    Address("cpd:discussion-people", get=PRIVATE, post=PRIVATE_POST_ONLY, args=own_discussion),
    Address("cpd:discussion-people", get=PRIVATE_HIDDEN, post=PRIVATE_POST_ONLY, args=strangers_discussion),
    Address("cpd:discussion-invite", get=PRIVATE_POST_ONLY, post=PRIVATE_FORM, args=own_discussion),
    Address("cpd:discussion-invite", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=colleagues_discussion),
    Address("cpd:discussion-invite", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_discussion),
    Address("cpd:discussion-leave", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=colleagues_discussion),
    Address("cpd:discussion-leave", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_discussion),
    Address("cpd:discussion-stay", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=colleagues_discussion),
    Address("cpd:discussion-stay", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_discussion),
    Address("cpd:discussion-end", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_discussion),
    Address("cpd:discussion-end", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=colleagues_discussion),
    Address("cpd:discussion-end", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_discussion),
    Address("cpd:discussion-cancel", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_discussion),
    Address("cpd:discussion-cancel", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=colleagues_discussion),
    Address("cpd:discussion-cancel", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_discussion),
    Address("cpd:discussion-restore", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_discussion),
    Address("cpd:discussion-restore", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=colleagues_discussion),
    Address("cpd:discussion-restore", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_discussion),
    Address("cpd:discussion-minutes", get=PRIVATE, post=PRIVATE_FORM, args=discussion_over),
    Address("cpd:discussion-minutes", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=strangers_discussion),
    # To tick nobody is an answer, too.
    Address("cpd:discussion-confirm", get=PRIVATE, post=PRIVATE_ONWARD, args=discussion_over),
    Address("cpd:discussion-confirm", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=strangers_discussion),
    # Without the version it was opened at, a form changes nothing.
    Address("cpd:discussion-notes", get=PRIVATE, post={"anonymous": LOGIN, "*": 409}, args=discussion_over),
    Address("cpd:discussion-notes", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=colleagues_discussion),
    Address("cpd:discussion-notes", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=strangers_discussion),
    Address("cpd:discussion-add", get=PRIVATE, post=PRIVATE_FORM, args=discussion_over),
    Address("cpd:discussion-add", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=strangers_discussion),
    Address("cpd:plan", get=PRIVATE, post=PRIVATE_POST_ONLY),
    Address("cpd:plan-carry", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD),
    Address("cpd:goal-create", get=PRIVATE, post=PRIVATE_FORM),
    Address("cpd:goal-detail", get=PRIVATE, post=PRIVATE_POST_ONLY, args=own_goal),
    Address("cpd:goal-detail", get=PRIVATE_HIDDEN, post=PRIVATE_POST_ONLY, args=strangers_goal),
    Address("cpd:goal-update", get=PRIVATE, post=PRIVATE_FORM, args=own_goal),
    Address("cpd:goal-update", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=strangers_goal),
    Address("cpd:goal-delete", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_goal),
    Address("cpd:goal-delete", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_goal),
    Address("cpd:goal-restore", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_goal),
    Address("cpd:goal-restore", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_goal),
    Address("cpd:goal-activities", get=PRIVATE, post=PRIVATE_ONWARD, args=own_goal),
    Address("cpd:goal-activities", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=strangers_goal),
    Address("cpd:activity-goals", get=PRIVATE, post=PRIVATE_ONWARD, args=own_activity),
    Address("cpd:activity-goals", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=strangers_activity),
    Address("cpd:activity-impact", get=PRIVATE, post=PRIVATE_FORM, args=own_activity),
    Address("cpd:activity-impact", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=strangers_activity),
    # Whoever holds the address came by their own mail; a press of no button is no answer.
    Address("cpd:impact-answer", get=OK, post=422, args=somebodys_question),
    Address("cpd:impact-answer", get=HIDDEN, post=HIDDEN, args=lambda user: ["not-a-token"]),
    # Without an article there is nothing to take along; who is logged in has their reading already.
    Address("cpd:reading-code", get={"anonymous": HIDDEN, "*": 302}, post={"anonymous": HIDDEN, "*": 302}),
    Address("cpd:reading-claim", get=PRIVATE, post=PRIVATE),
    Address("cpd:reading-forget", get=NO_METHOD, post=OK),
    Address("cpd:evidence-of", get=PRIVATE, post=PRIVATE_FORM, args=own_activity),
    Address("cpd:evidence-of", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=strangers_activity),
    Address("cpd:evidence-download", get=PRIVATE, post=PRIVATE_POST_ONLY, args=own_file),
    Address("cpd:evidence-download", get=PRIVATE_HIDDEN, post=PRIVATE_POST_ONLY, args=strangers_file),
    # Its form says for which activity; without it there is none.
    Address("cpd:evidence-use", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=own_file),
    Address("cpd:evidence-use", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_file),
    Address("cpd:evidence-delete", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_file),
    Address("cpd:evidence-delete", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_file),
    Address("cpd:evidence-restore", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_file),
    Address("cpd:evidence-restore", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_file),
    Address("cpd:evidence-upload-begin", get=PRIVATE_POST_ONLY, post=PRIVATE_FORM),
    Address("cpd:evidence-upload", get=PRIVATE, post={"anonymous": LOGIN, "*": MALFORMED}, args=own_upload),
    Address("cpd:evidence-upload", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=strangers_upload),
    Address("cpd:evidence-upload-finish", get=PRIVATE_POST_ONLY, post={"anonymous": LOGIN, "*": 409}, args=own_upload),
    Address("cpd:evidence-upload-finish", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_upload),
    Address("cpd:evidence-upload-cancel", get=PRIVATE_POST_ONLY, post={"anonymous": LOGIN, "*": 204}, args=own_upload),
    Address("cpd:evidence-upload-cancel", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_upload),
    Address("cpd:portfolio", get=PRIVATE, post=PRIVATE_POST_ONLY),
    # Nothing is chosen, so there is nothing to look at yet.
    Address("cpd:portfolio-preview", get=PRIVATE_ONWARD, post=PRIVATE_ONWARD),
    Address("cpd:pack-detail", get=PRIVATE, post=PRIVATE_POST_ONLY, args=own_pack()),
    Address("cpd:pack-detail", get=PRIVATE_HIDDEN, post=PRIVATE_POST_ONLY, args=strangers_pack()),
    Address("cpd:pack-delete", get=PRIVATE, post=PRIVATE_ONWARD, args=own_pack()),
    Address("cpd:pack-delete", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=strangers_pack()),
    Address("cpd:pack-file-make", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_pack("csv")),
    Address("cpd:pack-file-make", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_pack("csv")),
    Address("cpd:pack-file-progress", get=PRIVATE, post=PRIVATE_POST_ONLY, args=own_pack("csv")),
    Address("cpd:pack-file-progress", get=PRIVATE_HIDDEN, post=PRIVATE_POST_ONLY, args=strangers_pack("csv")),
    # What is not made yet leads to its page, where it is.
    Address("cpd:pack-file", get=PRIVATE_ONWARD, post=PRIVATE_POST_ONLY, args=own_pack("csv")),
    Address("cpd:pack-file", get=PRIVATE_HIDDEN, post=PRIVATE_POST_ONLY, args=strangers_pack("csv")),
    Address("cpd:import-start", get=PRIVATE, post=PRIVATE_FORM),
    Address("cpd:import-sample", get=PRIVATE, post=PRIVATE_POST_ONLY),
    Address("cpd:import-detail", get=PRIVATE, post=PRIVATE_POST_ONLY, args=own_import()),
    Address("cpd:import-detail", get=PRIVATE_HIDDEN, post=PRIVATE_POST_ONLY, args=strangers_import),
    Address("cpd:import-progress", get=PRIVATE, post=PRIVATE_POST_ONLY, args=own_import()),
    Address("cpd:import-progress", get=PRIVATE_HIDDEN, post=PRIVATE_POST_ONLY, args=strangers_import),
    Address("cpd:import-columns", get=PRIVATE, post=PRIVATE_FORM, args=own_import()),
    Address("cpd:import-columns", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=strangers_import),
    Address("cpd:import-sheet", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_import()),
    Address("cpd:import-sheet", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_import),
    Address("cpd:import-run", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_import()),
    Address("cpd:import-run", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_import),
    Address("cpd:import-discard", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_import()),
    Address("cpd:import-discard", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_import),
    Address("cpd:import-undo", get=PRIVATE, post=PRIVATE_ONWARD, args=own_import(done=True)),
    Address("cpd:import-undo", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=strangers_import),
    Address("cpd:import-restore", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_import(undone=True)),
    Address("cpd:import-restore", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_import),
    Address("cpd:log", get=PRIVATE, post=PRIVATE_POST_ONLY),
    Address("cpd:leaving", get=PRIVATE, post=PRIVATE_POST_ONLY),
    Address("cpd:leaving-read-only", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD),
    Address("cpd:leaving-open-again", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD),
    Address("cpd:leaving-stay", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD),
    # These people have no password to be asked for; whoever has one is (tests/cpd/test_leaving.py).
    Address("cpd:leaving-close", get=PRIVATE, post=PRIVATE_FORM),
    # Without the form's id there is nothing to make.
    Address("cpd:archive-create", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN),
    Address("cpd:archive-bring", get=PRIVATE, post=PRIVATE_FORM),
    Address("cpd:archive-detail", get=PRIVATE, post=PRIVATE_POST_ONLY, args=own_export),
    Address("cpd:archive-detail", get=PRIVATE_HIDDEN, post=PRIVATE_POST_ONLY, args=strangers_export),
    Address("cpd:archive-progress", get=PRIVATE, post=PRIVATE_POST_ONLY, args=own_archive),
    Address("cpd:archive-progress", get=PRIVATE_HIDDEN, post=PRIVATE_POST_ONLY, args=strangers_export),
    Address("cpd:archive-download", get=PRIVATE, post=PRIVATE_POST_ONLY, args=own_export),
    Address("cpd:archive-download", get=PRIVATE_HIDDEN, post=PRIVATE_POST_ONLY, args=own_archive),
    Address("cpd:archive-download", get=PRIVATE_HIDDEN, post=PRIVATE_POST_ONLY, args=strangers_export),
    Address("cpd:archive-retry", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_archive),
    Address("cpd:archive-retry", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_export),
    Address("cpd:archive-delete", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_export),
    Address("cpd:archive-delete", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_export),
    Address("verify"),
    Address("verify-certificate", post=422, args=somebodys_code),
    Address("verify-certificate", get=HIDDEN, post=HIDDEN, args=nobodys_code),
    Address("cpd:certificate-list", get=PRIVATE, post=PRIVATE_POST_ONLY),
    Address("cpd:certificate-make", get=PRIVATE, post=PRIVATE_FORM, args=own_timed_reading),
    Address("cpd:certificate-make", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=strangers_activity),
    Address("cpd:certificate-detail", get=PRIVATE, post=PRIVATE_POST_ONLY, args=own_certificate),
    Address("cpd:certificate-detail", get=PRIVATE_HIDDEN, post=PRIVATE_POST_ONLY, args=strangers_certificate),
    Address("cpd:certificate-pdf", get=PRIVATE, post=PRIVATE_POST_ONLY, args=own_certificate),
    Address("cpd:certificate-pdf", get=PRIVATE_HIDDEN, post=PRIVATE_POST_ONLY, args=strangers_certificate),
    Address("cpd:certificate-withdraw", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_certificate),
    Address("cpd:certificate-withdraw", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_certificate),
    Address("cpd:certificate-restore", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_certificate),
    Address("cpd:certificate-restore", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_certificate),
    Address("cpd:share-list", get=PRIVATE, post=PRIVATE_POST_ONLY),
    Address("cpd:share-create", get=PRIVATE, post=PRIVATE_FORM),
    Address("cpd:share-detail", get=PRIVATE, post=PRIVATE_POST_ONLY, args=own_link),
    Address("cpd:share-detail", get=PRIVATE_HIDDEN, post=PRIVATE_POST_ONLY, args=strangers_link),
    Address("cpd:share-update", get=PRIVATE, post=PRIVATE_FORM, args=own_link),
    Address("cpd:share-update", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=strangers_link),
    Address("cpd:share-entries", get=PRIVATE, post=PRIVATE_ONWARD, args=own_link),
    Address("cpd:share-entries", get=PRIVATE_HIDDEN, post=PRIVATE_HIDDEN, args=strangers_link),
    Address("cpd:share-preview", get=PRIVATE, post=PRIVATE_POST_ONLY, args=own_link),
    Address("cpd:share-preview", get=PRIVATE_HIDDEN, post=PRIVATE_POST_ONLY, args=strangers_link),
    Address("cpd:share-start", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_link),
    Address("cpd:share-start", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_link),
    Address("cpd:share-stop", get=PRIVATE_POST_ONLY, post=PRIVATE_ONWARD, args=own_link),
    Address("cpd:share-stop", get=PRIVATE_POST_ONLY, post=PRIVATE_HIDDEN, args=strangers_link),
    # Whoever has the address, signed in or not, is the same to these.
    Address("shared:record", args=somebodys_address()),
    Address("shared:record", get=GONE, args=address_that_shows_nothing()),
    Address("shared:table", args=somebodys_address()),
    Address("shared:table", get=GONE, args=address_that_shows_nothing()),
    Address("shared:paper", args=somebodys_address()),
    Address("shared:paper", get=GONE, args=address_that_shows_nothing()),
    # One that its owner did not have made.
    Address("shared:pack-file", get=HIDDEN, args=address_of_pack("csv")),
    Address("shared:pack-file", get=HIDDEN, args=somebodys_address("csv")),
    Address("shared:pack-file", get=GONE, args=address_that_shows_nothing("csv")),
    Address("shared:file", args=address_of_file(is_shared=True)),
    Address("shared:file", get=HIDDEN, args=address_of_file(is_shared=False)),
    Address("shared:file", get=GONE, args=address_that_shows_nothing(uuid.uuid4())),
    # The link asks for no code.
    Address("shared:code", get=302, post=302, args=somebodys_address()),
    Address("shared:code", get=GONE, post=GONE, args=address_that_shows_nothing()),
    Address("shared:who", get=OK, post=422, args=somebodys_address()),
    Address("shared:who", get=GONE, post=GONE, args=address_that_shows_nothing()),
    Address("shared:confirm", get=OK, post=422, args=somebodys_address(uuid.uuid4())),
    Address("shared:confirm", get=GONE, post=GONE, args=address_that_shows_nothing(uuid.uuid4())),
    # Who has not shown who they are, is asked to.
    Address("shared:comment", get=302, post=302, args=somebodys_address()),
    Address("shared:comment", get=GONE, post=GONE, args=address_that_shows_nothing()),
    Address("shared:comment-entry", get=302, post=302, args=somebodys_address(uuid.uuid4())),
    Address("shared:comment-entry", get=GONE, post=GONE, args=address_that_shows_nothing(uuid.uuid4())),
]
# What the matrix leaves to others: allauth's pages (tests/accounts) and the admin (its own table below).
ELSEWHERE = ("admin:", "account_", "mfa_", "usersessions_", "socialaccount_", "openid_connect_")


def person(role: str) -> tuple[Client, User | None]:
    client = Client()
    if role == "anonymous":
        return client, None
    user = UserFactory(role=role)
    client.force_login(user)
    return client, user


def answer(response: Any) -> Any:
    if response.status_code == 302 and response.headers["Location"].startswith("/accounts/login/"):
        return LOGIN
    return response.status_code


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("address", MATRIX, ids=lambda address: f"{address.name}-{MATRIX.index(address)}")
def test_each_person_gets_what_the_matrix_says(address: Address, role: str) -> None:
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        client, user = person(role)
        path = reverse(address.name, args=address.args(user))
        response = client.generic(method, path)
        if response.streaming:
            list(response)  # Read to its end, a download lets go of its file.
        expected = address.expected("GET" if method == "HEAD" else method, role)
        if expected == NO_METHOD and method not in ("GET", "POST"):
            # Asking for a login before saying that there is no such method is as good an answer.
            assert answer(response) in (NO_METHOD, LOGIN), f"{method} {path}"
        else:
            assert answer(response) == expected, f"{method} {path}"


ADMIN = {
    "admin:index": {"reviewer", "author", "editor", "administrator"},
    "admin:articles_article_changelist": {"author", "editor", "administrator"},
    "admin:articles_article_add": {"author", "editor", "administrator"},
    "admin:articles_review_changelist": {"reviewer", "author", "editor", "administrator"},
    "admin:articles_article_autosave": {"author", "editor", "administrator"},
    "admin:articles_topic_add": {"editor", "administrator"},
    "admin:articles_author_add": {"editor", "administrator"},
    "admin:articles_image_changelist": {"author", "editor", "administrator"},
    "admin:articles_image_add": {"author", "editor", "administrator"},
    "admin:accounts_user_changelist": {"administrator"},
    "admin:accounts_user_add": {"administrator"},
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", ADMIN)
def test_the_desk_is_open_to_those_it_should_be(name: str, role: str) -> None:
    client, _ = person(role)
    expected = OK if role in ADMIN[name] else LOGIN if role == "anonymous" else FORBIDDEN
    response = client.get(reverse(name), follow=False)
    got = answer(response)
    if got == 302 and response.headers["Location"].startswith("/admin/login/"):
        got = answer(client.get(response.headers["Location"]))
    assert got == expected


def test_no_private_record_is_registered_at_the_desk() -> None:
    """Authors and administrators cannot read reflections: there is no page that could show one."""
    from django.contrib import admin

    registered = {model._meta.label for model in admin.site._registry}
    assert registered and not [
        label
        for label in registered
        if label.startswith(("cpd.", "sessions.", "mfa.", "pghistory.", "articles.Attempt"))
    ]


def names(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from names(pattern, inner)
        elif pattern.name:
            yield f"{namespace}{pattern.name}"


def test_every_address_is_in_the_matrix() -> None:
    ours = {name for name in names(get_resolver()) if not name.startswith(ELSEWHERE)}
    assert len(ours) > 20
    assert ours == {address.name for address in MATRIX}


def test_a_change_of_role_holds_from_the_next_request() -> None:
    client, user = person("author")
    assert client.get(reverse("admin:index")).status_code == OK
    User.objects.filter(email=user.email if user else "").update(role="reader")
    assert client.get(reverse("admin:index")).status_code != OK


def test_an_unguessable_record_is_as_unknown_as_one_that_never_was() -> None:
    client, _ = person("reader")
    never = client.get(reverse("cpd:activity-detail", args=[uuid.uuid4()]))
    theirs = client.get(reverse("cpd:activity-detail", args=strangers_activity(None)))
    assert never.status_code == theirs.status_code == HIDDEN
    assert never.content == theirs.content
