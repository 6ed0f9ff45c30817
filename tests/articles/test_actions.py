"""Publishing, taking back, and what can never be changed afterwards."""

import datetime
from collections.abc import Iterator

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.models import User
from articles.actions import (
    AlreadyLive,
    NotReady,
    PictureInUse,
    delete_image,
    publish,
    sign_with_own_name,
    unpublish,
)
from articles.models import Article, Author, Byline, Image, Reference, Revision, Significance, Status, text_hash
from meducation.lib import page_cache
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory, AuthorFactory, ImageFactory, TopicFactory

pytestmark = pytest.mark.django_db

# Far ahead: PostgreSQL, whose clock nobody moves, must agree that what is scheduled after it is still to come.
NOW = datetime.datetime(2099, 11, 20, 9, 0, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def editor() -> User:
    return UserFactory(role="editor")


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def is_seen(article: Article) -> bool:
    # Outside tests PostgreSQL does this, when the change commits.
    page_cache.store.clear()
    return Client().get(article.get_absolute_url()).status_code == 200


# --- Publishing


def test_publishing_makes_a_revision_of_all_the_words(editor: User) -> None:
    article = ArticleFactory(
        title="Soap",
        standfirst="Why it works.",
        body="<h2>How</h2><p>Like this [1].</p>",
        acknowledgement="Thank you.",
        learning_objectives="Wash\n\nDry ",
        competing_interests="None declared.",
        last_reviewed_on=datetime.date(2026, 11, 1),
        author=AuthorFactory(name="Ada", credentials="RN"),
    )
    Byline.objects.create(article=article, author=AuthorFactory(name="Bea"), position=2)
    Byline.objects.create(article=article, author=AuthorFactory(name="Cy"), position=3)
    Reference.objects.create(article=article, position=1, title="A trial", doi="10.1056/NEJMsa0810119")

    revision = publish(article=article, by=editor)

    assert (revision.number, revision.title, revision.standfirst) == (1, "Soap", "Why it works.")
    assert revision.byline == "Ada, Bea and Cy"
    assert revision.body == article.body
    assert '<span class="number">1.</span> How' in revision.rendered
    assert 'href="#ref-1"' in revision.rendered
    assert revision.outline == [{"anchor": "section-how", "number": "1.", "text": "How"}]
    assert (revision.words, revision.reading_minutes) == (4, 1)
    assert (revision.live_from, revision.made_by) == (NOW, editor)
    assert revision.details["learning_objectives"] == ["Wash", "Dry"]
    assert revision.details["last_reviewed_on"] == "2026-11-01"
    assert revision.details["writers"][0] == {
        "name": "Ada",
        "slug": article.authors.get(name="Ada").slug,
        "credentials": "RN",
        "family_name": "",
    }
    assert revision.details["references"][0]["doi"] == "10.1056/NEJMsa0810119"
    assert (article.status, article.publish_at, article.revision) == (Status.PUBLISHED, NOW, revision)
    assert is_seen(article)


def test_the_hash_can_be_checked_from_what_is_stored(editor: User) -> None:
    article = ArticleFactory(review_due_on=datetime.date(2028, 1, 1))
    publish(article=article, by=editor)
    stored = Revision.objects.get(article=article)
    assert stored.sha256 == text_hash(
        title=stored.title, standfirst=stored.standfirst, body=stored.body, details=stored.details
    )


@pytest.mark.parametrize("field", ["title", "standfirst", "body", "acknowledgement", "funding", "learning_objectives"])
def test_any_changed_word_makes_another_revision(editor: User, field: str) -> None:
    article = ArticleFactory()
    publish(article=article, by=editor)
    setattr(article, field, "<p>Other words.</p>")
    article.save()
    revision = publish(article=article, by=editor, significance=Significance.CORRECTION, note="A figure was wrong.")
    assert (revision.number, revision.significance, revision.note) == (2, "correction", "A figure was wrong.")
    assert article.publish_at == NOW


def test_the_same_words_make_no_other_revision(editor: User) -> None:
    article = ArticleFactory()
    first = publish(article=article, by=editor)
    article.topics.add(TopicFactory())
    assert publish(article=article, by=editor) == first
    assert article.revisions.count() == 1


def test_a_past_date_is_the_one_in_the_byline_and_the_text_is_live_from_now(editor: User) -> None:
    article = ArticleFactory()
    then = datetime.datetime(2013, 12, 9, 9, 0, tzinfo=datetime.UTC)
    revision = publish(article=article, by=editor, at=then)
    assert article.published_on == "Monday 9th December 2013"
    assert revision.live_from == NOW
    assert article.status == Status.PUBLISHED


def test_what_is_not_ready_is_not_published(editor: User) -> None:
    article = ArticleFactory(standfirst="")
    with pytest.raises(NotReady) as raised:
        publish(article=article, by=editor)
    assert [obstacle.anchor for obstacle in raised.value.obstacles] == ["id_standfirst"]
    article.refresh_from_db()
    assert (article.status, article.revision) == (Status.DRAFT, None)


def test_the_saved_words_are_published_and_not_those_in_hand(editor: User) -> None:
    article = ArticleFactory(title="Saved")
    article.title = "Not saved"
    assert publish(article=article, by=editor).title == "Saved"


# --- Scheduling


def test_time_passing_publishes(editor: User) -> None:
    article = ArticleFactory()
    publish(article=article, by=editor, at=NOW + HOUR)
    assert article.status == Status.SCHEDULED
    assert article.state() == Status.SCHEDULED
    assert not is_seen(article)
    assert not Article.objects.published(NOW + HOUR - datetime.timedelta(seconds=1)).exists()
    assert Article.objects.published(NOW + HOUR).exists()
    with time_machine.travel(NOW + HOUR, tick=False):
        assert is_seen(article)
        assert article.state() == Status.PUBLISHED


def test_a_scheduled_text_nobody_has_seen_is_replaced(editor: User) -> None:
    article = ArticleFactory()
    first = publish(article=article, by=editor, at=NOW + HOUR)
    article.title = "Better"
    article.save()
    second = publish(article=article, by=editor, at=NOW + 2 * HOUR)
    assert (second.pk, second.number) == (first.pk, first.number)
    stored = article.revisions.get()
    assert (stored.title, stored.live_from) == ("Better", NOW + 2 * HOUR)
    assert article.publish_at == NOW + 2 * HOUR


def test_the_same_scheduled_words_can_be_moved(editor: User) -> None:
    article = ArticleFactory()
    publish(article=article, by=editor, at=NOW + 2 * HOUR)
    publish(article=article, by=editor, at=NOW + HOUR)
    assert article.revisions.get().live_from == NOW + HOUR
    publish(article=article, by=editor, at=NOW)
    assert is_seen(article)


def test_what_readers_see_is_never_taken_from_them_by_a_date(editor: User) -> None:
    article = ArticleFactory()
    publish(article=article, by=editor)
    with pytest.raises(AlreadyLive):
        publish(article=article, by=editor, at=NOW + HOUR)
    assert is_seen(article)


# --- Taking back


def test_unpublishing_hides_and_forgets_nothing(editor: User) -> None:
    article = ArticleFactory()
    revision = publish(article=article, by=editor)
    unpublish(article=article, by=editor)
    assert article.status == Status.DRAFT
    assert not is_seen(article)
    assert article.revisions.get() == revision
    assert publish(article=article, by=editor) == revision
    assert is_seen(article)


def test_unpublishing_a_scheduled_text_leaves_no_trace_of_it(editor: User) -> None:
    article = ArticleFactory()
    publish(article=article, by=editor, at=NOW + HOUR)
    unpublish(article=article, by=editor)
    assert (article.status, article.revision) == (Status.DRAFT, None)
    assert not article.revisions.exists()


def test_cancelling_a_second_text_goes_back_to_the_first(editor: User) -> None:
    article = ArticleFactory()
    first = publish(article=article, by=editor)
    unpublish(article=article, by=editor)
    article.title = "Second"
    article.save()
    publish(article=article, by=editor, at=NOW + HOUR)
    unpublish(article=article, by=editor)
    assert article.revision == first


# --- Who may


@pytest.mark.parametrize("role", ["reader", "reviewer", "author"])
def test_strangers_may_neither_publish_nor_unpublish(role: str, editor: User) -> None:
    stranger, draft, published = UserFactory(role=role), ArticleFactory(), ArticleFactory(published=True)
    with pytest.raises(PermissionDenied):
        publish(article=draft, by=stranger)
    with pytest.raises(PermissionDenied):
        unpublish(article=published, by=stranger)
    assert not is_seen(draft)
    assert is_seen(published)


@pytest.mark.parametrize("role", ["editor", "administrator"])
def test_editors_publish_what_others_wrote(role: str) -> None:
    user = UserFactory(role="author")
    begun, signed = ArticleFactory(created_by=user), ArticleFactory(author=AuthorFactory(user=user))
    for article in (begun, signed):
        publish(article=article, by=UserFactory(role=role))
        assert is_seen(article)


def test_writing_and_publishing_are_two_rights() -> None:
    user = UserFactory(role="author")
    article = ArticleFactory(created_by=user)
    for act in (publish, unpublish):
        with pytest.raises(PermissionDenied):
            act(article=article, by=user)
    client = Client()
    client.force_login(user)
    assert b'name="_publish"' not in client.get(f"/admin/articles/article/{article.pk}/change/").content
    assert client.post(f"/admin/articles/article/{article.pk}/unpublish/").status_code == 403


def test_a_former_author_may_no_longer() -> None:
    user = UserFactory(role="reader")
    with pytest.raises(PermissionDenied):
        publish(article=ArticleFactory(created_by=user), by=user)


# --- For ever


@pytest.fixture
def old(editor: User) -> Revision:
    """A text that readers have seen; the database's own clock must agree that it is past."""
    with time_machine.travel(datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)):
        return publish(article=ArticleFactory(), by=editor)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE articles_revision SET title = 'Other' WHERE id = %s",
        "UPDATE articles_revision SET rendered = '' WHERE id = %s",
        "UPDATE articles_revision SET live_from = now() + interval '1 day' WHERE id = %s",
        "UPDATE articles_revision SET made_by_id = NULL, note = 'Other' WHERE id = %s",
        "DELETE FROM articles_revision WHERE id = %s",
    ],
)
def test_the_database_refuses_to_change_a_published_text(old: Revision, statement: str) -> None:
    Article.objects.filter(pk=old.article_id).update(status=Status.DRAFT, revision=None)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [old.pk])
    assert Revision.objects.get(pk=old.pk).title == old.title


def test_update_and_delete_of_the_orm_are_refused_too(old: Revision) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Revision.objects.filter(pk=old.pk).update(byline="Somebody else")
    with pytest.raises(DatabaseError), transaction.atomic():
        Revision.objects.filter(pk=old.pk).update(sha256="0" * 64)


def test_who_made_it_may_be_forgotten(old: Revision, editor: User) -> None:
    editor.delete()
    old.refresh_from_db()
    assert old.made_by is None


# --- Bylines


def test_a_first_article_makes_the_author(editor: User) -> None:
    user, article = UserFactory(role="author", name="Zoë Quick"), ArticleFactory()
    article.bylines.all().delete()
    Author.objects.create(name="Another", slug="zoe-quick")
    byline = sign_with_own_name(article=article, by=user)
    assert byline is not None
    assert (byline.author.name, byline.author.slug, byline.author.user) == ("Zoë Quick", "zoe-quick-2", user)
    assert sign_with_own_name(article=article, by=user) == byline


def test_an_email_address_is_never_printed() -> None:
    article = ArticleFactory()
    assert sign_with_own_name(article=article, by=UserFactory(role="author", name=" ")) is None


# --- Deleting pictures


def test_a_picture_in_use_stays(editor: User) -> None:
    image = ImageFactory()
    article = ArticleFactory(body=f'<p>x</p><img src="{image.get_absolute_url()}">')
    with pytest.raises(PictureInUse):
        delete_image(image=image, by=editor)
    publish(article=article, by=editor)
    Article.objects.filter(pk=article.pk).update(body="<p>x</p>")
    with pytest.raises(PictureInUse):
        delete_image(image=image, by=editor)
    with pytest.raises(PermissionDenied):
        delete_image(image=ImageFactory(), by=UserFactory(role="author"))
    assert Image.objects.filter(pk=image.pk).exists()


# --- Announcing


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    heard: list[int] = []
    monkeypatch.setattr("articles.announcing.when_text_changes", [heard.append])
    return heard


@pytest.mark.django_db(transaction=True)
def test_a_text_that_follows_one_readers_saw_is_announced_when_it_is_committed(
    editor: User, announced: list[int]
) -> None:
    article = ArticleFactory()
    publish(article=article, by=editor)
    assert not announced, "nobody can have read an earlier text"

    publish(article=article, by=editor)
    assert not announced, "the same words again are no new text"

    Article.objects.filter(pk=article.pk).update(body="<p>Other words.</p>")
    with transaction.atomic():
        second = publish(article=article, by=editor, significance=Significance.CORRECTION, note="A dose was wrong.")
        assert not announced, "the transaction might still fail"
    assert announced == [second.pk]


@pytest.mark.django_db(transaction=True)
def test_a_new_text_that_waits_is_announced_again_when_it_is_replaced(editor: User, announced: list[int]) -> None:
    article = ArticleFactory()
    publish(article=article, by=editor)
    unpublish(article=article, by=editor)
    Article.objects.filter(pk=article.pk).update(body="<p>Other words.</p>")
    waiting = publish(article=article, by=editor, at=NOW + HOUR, note="More of it.")
    Article.objects.filter(pk=article.pk).update(body="<p>Yet others.</p>")
    replaced = publish(article=article, by=editor, at=NOW + HOUR, note="More of it.")
    assert replaced.pk == waiting.pk
    assert announced == [waiting.pk, waiting.pk]
