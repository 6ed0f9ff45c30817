"""The rows that searching reads follow every change, whatever route it takes."""

import datetime
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from accounts.models import User
from articles.actions import publish, unpublish
from articles.models import Article, Author, Byline, SearchEntry, SearchWord, Topic
from articles.search.finding import IN_CPD
from articles.standing import standing_now
from meducation.lib.dates import site_day
from tests.factories.articles import ArticleFactory, AuthorFactory, RevisionFactory, TopicFactory

pytestmark = pytest.mark.django_db


def finds(word: str, *, column: str = "words") -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM articles_searchentry WHERE "
            "CASE %s WHEN 'words' THEN words ELSE heading END @@ plainto_tsquery('pg_catalog.english', %s)",
            [column, word],
        )
        return bool(cursor.fetchone()[0])


def entries() -> list[Any]:
    return list(SearchEntry.objects.order_by("pk").values_list())


def assert_nothing_is_stale() -> None:
    """Made anew from nothing, every row is the same."""
    before = entries()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM articles_searchentry")
        cursor.execute("SELECT articles_search_refresh(ARRAY(SELECT id FROM articles_article))")
    assert entries() == before


@pytest.fixture
def article() -> Article:
    article = ArticleFactory(
        title="Handover", standfirst="Said so that it is heard.", body="<p>Kangaroo <em>care</em>.</p>",
        author=AuthorFactory(name="Nora Nurse"), published=True,
    )  # fmt: skip
    article.topics.add(TopicFactory(name="Neonatology"))
    return article


def test_each_part_has_its_weight(article: Article) -> None:
    for word, column in (
        ("handover", "heading"), ("heard", "heading"), ("neonatology", "heading"), ("nora", "heading"),
        ("kangaroo", "words"),
    ):  # fmt: skip
        assert finds(word) and finds(word, column=column), word
    assert not finds("kangaroo", column="heading")
    row = str(SearchEntry.objects.get().words)
    for lexeme, weight in (("handov", "A"), ("heard", "B"), ("neonatolog", "C"), ("nora", "C")):
        assert f"'{lexeme}':" in row and row.split(f"'{lexeme}':")[1].split(" ")[0].endswith(weight)


@pytest.mark.parametrize(
    ("html", "word"),
    [
        ("<p>CO<sub>2</sub></p>", "co2"), ("<p>one</p><p>two</p>", "two"), ("<p>A&amp;E</p>", "aande"),
        ("<p>Ménière</p>", "meniere"), ("<p>beta-blocker</p>", "blocker"), ("<p>stroke/TIA</p>", "tia"),
        ("<ul><li>first</li><li>second</li></ul>", "second"), ("<p>p &lt;0.05 significant</p>", "significant"),
    ],
)  # fmt: skip
def test_marks_in_a_text_do_not_hide_words(html: str, word: str) -> None:
    ArticleFactory(body=html, published=True)
    assert finds(word)


def test_addresses_and_names_of_tags_are_no_words() -> None:
    ArticleFactory(body='<p><a href="https://zebra.example/giraffe">here</a></p>', published=True)
    assert not finds("giraffe") and not finds("href")


def test_publishing_changing_and_taking_back(editor: User) -> None:
    article = ArticleFactory(body="<p>Kangaroo.</p>")
    assert not finds("kangaroo")
    publish(article=article, by=editor)
    assert finds("kangaroo")
    Article.objects.filter(pk=article.pk).update(body="<p>Wombat.</p>")
    assert finds("kangaroo") and not finds("wombat")  # Only what is published is found.
    article.refresh_from_db()
    publish(article=article, by=editor)
    assert finds("wombat") and not finds("kangaroo")
    unpublish(article=article, by=editor)
    assert not finds("wombat")
    publish(article=article, by=editor)
    assert finds("wombat")
    assert_nothing_is_stale()


def test_a_scheduled_text_that_is_replaced(editor: User) -> None:
    article = ArticleFactory(body="<p>Kangaroo.</p>")
    tomorrow = timezone.now() + datetime.timedelta(days=1)
    publish(article=article, by=editor, at=tomorrow)
    assert SearchEntry.objects.get().visible_from == tomorrow
    Article.objects.filter(pk=article.pk).update(body="<p>Wombat.</p>")
    publish(article=Article.objects.get(pk=article.pk), by=editor, at=tomorrow)
    assert finds("wombat") and not finds("kangaroo")
    unpublish(article=article, by=editor)
    assert not SearchEntry.objects.exists()


CHANGES: dict[str, tuple[Callable[[Article], object], str, str]] = {
    "a topic's new name": (lambda article: Topic.objects.update(name="Paediatrics"), "paediatrics", "neonatology"),
    "a topic given": (lambda article: article.topics.add(TopicFactory(name="Ethics")), "ethics", ""),
    "a topic taken": (lambda article: article.topics.clear(), "", "neonatology"),
    "a topic deleted": (lambda article: Topic.objects.all().delete(), "", "neonatology"),
    "an author's new name": (lambda article: Author.objects.update(name="Bea Byline"), "bea", ""),
    "an author more": (
        lambda article: Byline.objects.create(article=article, author=AuthorFactory(name="Zed Zoo")), "zed", "",
    ),
    "another author": (
        lambda article: Byline.objects.update(author=AuthorFactory(name="Zed Zoo")), "zed", "",
    ),
    "a text of its own by SQL": (
        lambda article: Article.objects.update(
            revision=RevisionFactory(article=article, body="<p>Wombat.</p>", live_from=timezone.now())
        ), "wombat", "kangaroo",
    ),
    "a status by SQL": (lambda article: Article.objects.update(status="draft"), "", "kangaroo"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_every_other_change(name: str, article: Article) -> None:
    change, found, lost = CHANGES[name]
    assert not found or not finds(found)
    change(article)
    assert not found or finds(found)
    assert not lost or not finds(lost)
    assert_nothing_is_stale()


def test_a_new_name_leaves_the_rest_of_the_row_as_it_was(article: Article) -> None:
    words = SearchEntry.objects.get().words
    Topic.objects.update(name="Something much longer than before")
    Topic.objects.update(name="Neonatology")
    assert SearchEntry.objects.get().words == words


def test_when_and_for_how_long_cpd_is_offered(article: Article) -> None:
    assert SearchEntry.objects.get().offers_cpd
    Article.objects.update(status="retired", retired_at=timezone.now())
    assert finds("kangaroo") and not SearchEntry.objects.get().offers_cpd


@pytest.mark.parametrize("details", [{"offers_cpd": False}, {"competing_interests": ""}])
def test_what_is_not_offered_is_not_said_to_be(details: dict[str, Any], article: Article) -> None:
    changed = {**article.revision.details, **details} if article.revision else {}
    revision = RevisionFactory(article=article, details=changed, live_from=timezone.now())
    Article.objects.update(revision=revision)
    assert not SearchEntry.objects.get().offers_cpd


@pytest.mark.parametrize("status", ["published", "retired"])
@pytest.mark.parametrize("due", [-1, 0, 1, None], ids=lambda due: f"due in {due} days")
@pytest.mark.parametrize("interests", ["None declared.", "", " \t\n"])
@pytest.mark.parametrize("offers_cpd", [True, False])
@pytest.mark.parametrize(
    "later",
    [
        [],
        ["correction"],
        ["withdrawal"],
        ["withdrawal", "editorial"],
        ["withdrawal", "update"],
        ["update", "withdrawal"],
    ],
    ids="-".join,
)
@pytest.mark.sweep
def test_search_offers_as_cpd_what_the_article_s_page_does(
    status: str, due: int | None, interests: str, offers_cpd: bool, later: list[str]
) -> None:
    """The rule is written twice: in articles.standing, and in SQL for a hundred thousand articles."""
    article = ArticleFactory(published=True)
    details = article.revision.details | {
        "competing_interests": interests,
        "offers_cpd": offers_cpd,
        "review_due_on": None if due is None else (site_day() + datetime.timedelta(days=due)).isoformat(),
    }
    for significance in ["update", *later]:
        article.revision = RevisionFactory(article=article, significance=significance, details=details)
    retired_at = timezone.now() if status == "retired" else None
    Article.objects.filter(pk=article.pk).update(status=status, retired_at=retired_at, revision=article.revision)
    shown = Article.objects.for_reading().get(pk=article.pk)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {IN_CPD} FROM articles_searchentry", {"today": site_day()})  # noqa: S608 (a constant)
        [is_found] = cursor.fetchone()
    assert is_found == standing_now(shown).is_offered


def test_saving_a_draft_costs_the_search_nothing() -> None:
    article = ArticleFactory()
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE articles_searchentry IN ACCESS SHARE MODE")
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        before = cursor.fetchone()
        article.title = "Changed"
        article.save()
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        assert cursor.fetchone() == before == (0,)


def test_a_text_too_long_for_a_vector_is_published_all_the_same(editor: User) -> None:
    words = " ".join(f"zw{number:x}oörd{number}" for number in range(120_000))
    article = ArticleFactory(body=f"<p>Kangaroo {words}</p>")
    publish(article=article, by=editor)
    assert finds("kangaroo")


def test_words_are_learned_from_what_is_published(article: Article) -> None:
    known = set(SearchWord.objects.values_list("word", flat=True))
    assert {"kangaroo", "handover", "neonatology", "nora"} <= known
    assert "said" in known and "as" not in known


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_new_name_and_a_publication_at_the_same_moment_see_each_other(editor: User) -> None:
    """Whichever comes first holds the other up until it has committed."""
    topic = TopicFactory(name="Neonatology")
    article = ArticleFactory()
    article.topics.add(topic)
    published, renamed = threading.Event(), threading.Event()

    def rename() -> None:
        try:
            published.wait(10)
            Topic.objects.filter(pk=topic.pk).update(name="Paediatrics")
            renamed.set()
        finally:
            connections.close_all()

    other = threading.Thread(target=rename)
    other.start()
    with transaction.atomic():
        publish(article=article, by=editor)
        published.set()
        assert not renamed.wait(0.5)
    other.join(10)
    assert finds("paediatrics") and not finds("neonatology")


@pytest.mark.slow
def test_seeded_articles_are_what_publishing_would_have_made() -> None:
    call_command("seed_articles", 40, verbosity=0)
    call_command("seed_articles", 60, verbosity=0)
    assert Article.objects.published().count() == SearchEntry.objects.count() == 60
    assert_nothing_is_stale()
    from articles.models import text_hash

    for article in Article.objects.select_related("revision"):
        text = article.revision
        assert text is not None
        assert text.sha256 == text_hash(
            title=text.title, standfirst=text.standfirst, body=text.body, details=text.details
        )
        assert text.byline == text.details["writers"][0]["name"]


def test_seeding_is_refused_in_production(settings: Any) -> None:
    from django.core.management import CommandError

    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        call_command("seed_articles", 10)
    assert not Article.objects.exists()
