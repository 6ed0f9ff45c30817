"""The desk, as authors, editors and everybody else find it."""

import datetime
import io
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image as PillowImage
from pytest_django import Settings

from accounts.models import User
from articles.models import Article, Author, Byline, Image, Reference, Revision, Status
from meducation.lib import page_cache
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory, AuthorFactory, ImageFactory, TopicFactory

# The desk's pages are large: each takes a second or so on a busy machine.
pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ADD = "/admin/articles/article/add/"
NO_QUESTIONS = {"questions-TOTAL_FORMS": "0", "questions-INITIAL_FORMS": "0"}


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    page_cache.store.clear()


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def author() -> User:
    return UserFactory(role="author", name="Nell Writer")


@pytest.fixture
def editor() -> User:
    return UserFactory(role="editor", name="Ed Itor")


@pytest.fixture
def administrator() -> User:
    return UserFactory(role="administrator")


def form(button: str = "_save", **fields: Any) -> dict[str, Any]:
    """What the browser sends for a form with one empty row in each table, and no question."""
    return {
        "title": "Soap",
        "slug": "soap",
        "standfirst": "Why it works.",
        "body": "<p>Words.</p>",
        "learning_objectives": "Wash your hands",
        "competing_interests": "None declared.",
        "review_due_on": (timezone.localdate() + datetime.timedelta(days=365)).strftime("%d/%m/%Y"),
        "publish_at_0": "",
        "publish_at_1": "",
        **rows("references"),
        **rows("bylines"),
        **NO_QUESTIONS,
        button: "1",
        **fields,
    }


def rows(prefix: str, *filled: dict[str, Any], saved: int = 0) -> dict[str, Any]:
    data = {f"{prefix}-TOTAL_FORMS": str(max(1, len(filled))), f"{prefix}-INITIAL_FORMS": str(saved)}
    for number, row in enumerate(filled or ({"position": ""},)):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def change(article: Article) -> str:
    return reverse("admin:articles_article_change", args=[article.pk])


def saved_rows(article: Article) -> dict[str, Any]:
    """The rows that the change form of an article sends back unchanged."""
    lines = [
        {"id": line.pk, "article": article.pk, "position": line.position, "author": line.author_id}
        for line in article.bylines.all()
    ]
    return rows("bylines", *lines, saved=len(lines))


def written(author: User, **fields: Any) -> Article:
    """What an author has written and saved: their only article."""
    client_of(author).post(ADD, form(**fields))
    return Article.objects.get()


def publish(editor: User, article: Article, **fields: Any) -> Any:
    """An editor opens it and presses the button that publishes."""
    data = form("_publish", **{"title": article.title, "slug": article.slug, **fields}, **saved_rows(article))
    return client_of(editor).post(change(article), data, follow=True)


def words(response: Any) -> str:
    return " ".join(BeautifulSoup(response.content, "html.parser").get_text(" ").split())


# --- Writing


def test_an_author_s_first_article_needs_nobody_s_help(author: User) -> None:
    client = client_of(author)
    assert "if you leave it empty, your own name" in words(client.get(ADD))

    response = client.post(ADD, form(), follow=True)

    article = Article.objects.get()
    assert response.redirect_chain == [(change(article), 302)]
    assert "Saved. Readers do not see it until it is published." in words(response)
    assert (article.created_by, article.status) == (author, Status.DRAFT)
    byline = article.bylines.get()
    assert (byline.author.name, byline.author.user) == ("Nell Writer", author)
    assert client.get("/articles/soap/").status_code == 404


def test_an_administrator_adds_an_author_without_a_shell(administrator: User) -> None:
    """A login with the role is all it takes; the byline makes itself."""
    new = UserFactory(role="author", name="New Author")
    publish(administrator, written(new))
    assert "Written by New Author" in words(Client().get("/articles/soap/"))
    assert Client().get("/articles/authors/new-author/").status_code == 200


def test_an_author_with_a_byline_finds_it_in_the_form(author: User) -> None:
    own = AuthorFactory(user=author, name="Nell W.")
    page = BeautifulSoup(client_of(author).get(ADD).content, "html.parser")
    chosen = page.select_one("#id_bylines-0-author option[selected]")
    assert chosen is not None
    assert chosen["value"] == str(own.pk)


def test_an_author_without_a_name_is_told(author: User) -> None:
    User.objects.filter(pk=author.pk).update(name="")
    response = client_of(author).post(ADD, form(), follow=True)
    shown = words(response)
    assert "your account has no name" in shown
    assert "Name at least one author." in shown
    assert not Author.objects.exists()


def test_co_authors_and_references_are_numbered_by_themselves(author: User) -> None:
    first, second = AuthorFactory(name="Ada"), AuthorFactory(name="Bea")
    data = form(
        **rows("bylines", {"position": "", "author": first.pk}, {"position": "", "author": second.pk}),
        **rows(
            "references",
            {"position": "", "title": "Second"},
            {"position": "1", "title": "First"},
            {"position": "", "title": "Third"},
        ),
    )
    client_of(author).post(ADD, data)
    article = Article.objects.get()
    assert list(article.bylines.values_list("position", "author__name")) == [(1, "Ada"), (2, "Bea")]
    assert list(article.references.values_list("position", "title")) == [(1, "First"), (2, "Second"), (3, "Third")]


def test_an_author_finds_co_authors_by_typing(author: User) -> None:
    AuthorFactory(name="Ada Lovelace")
    AuthorFactory(name="Bea")
    asked = {"app_label": "articles", "model_name": "byline", "field_name": "author", "term": "lovel"}
    found = client_of(author).get("/admin/autocomplete/", asked).json()
    assert [result["text"] for result in found["results"]] == ["Ada Lovelace"]


def test_two_references_cannot_have_one_number(author: User) -> None:
    data = form(**rows("references", {"position": "2", "title": "A"}, {"position": "2", "title": "B"}))
    response = client_of(author).post(ADD, data)
    assert response.status_code == 200
    assert "Two rows have the number 2." in words(response)
    assert not Article.objects.exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": ""}, "This field is required."),
        ({"slug": "Not an address"}, "Enter a valid"),
        (
            {"last_reviewed_on": "02/01/2026", "review_due_on": "01/01/2026"},
            "The next review must be after the last one.",
        ),
        (rows("references", {"title": "A", "doi": "https://doi.org/10.1/x"}), "A DOI looks like"),
        (rows("references", {"title": "A", "url": "javascript:alert(1)"}), "Enter a valid URL."),
        ({"publish_at_0": "31/02/2026", "publish_at_1": "09:00"}, "Enter a valid date."),
        ({"title": "x" * 161}, "at most 160 characters"),
    ],
)
def test_what_cannot_be_saved_is_answered_with_a_sentence(author: User, fields: dict[str, Any], sentence: str) -> None:
    response = client_of(author).post(ADD, form(**fields))
    assert response.status_code == 200
    assert sentence in words(response)
    assert not Article.objects.exists()


def test_hostile_words_are_saved_harmless(author: User, editor: User) -> None:
    body = '<p onclick="alert(1)">Kept<script>alert(1)</script></p><img src="https://tracker.example/x.png">'
    client = client_of(author)
    client.post(ADD, form(body=body, title="<b>Bold</b>", standfirst="<script>alert(2)</script>"))
    article = Article.objects.get()
    assert article.body == "<p>Kept</p><img>"
    client.post(change(article), form(body="<p>Kept</p><script>x</script>", title="<i>It</i>", **saved_rows(article)))
    for address in (change(article), "/admin/articles/article/"):
        assert b"<script>alert" not in client.get(address).content
    assert b"<i>It</i>" not in client.get("/admin/articles/article/").content


def test_the_form_says_how_long_it_is_and_what_is_missing(author: User) -> None:
    article = ArticleFactory(created_by=author, body="<p>Only five words are here [1].</p>")
    page = BeautifulSoup(client_of(author).get(change(article)).content, "html.parser")
    standing = page.select_one(".standing")
    assert standing is not None
    assert "6 words, about 1 min to read." in standing.get_text()
    link = standing.select_one("a[href='#references-group']")
    assert link is not None
    assert link.get_text() == "The text cites [1], but there is no reference with that number."
    assert page.select_one("#references-group") is not None


def test_all_places_obstacles_lead_to_exist(author: User) -> None:
    page = BeautifulSoup(client_of(author).get(ADD).content, "html.parser")
    for place in (
        "id_title",
        "id_standfirst",
        "id_body",
        "id_learning_objectives",
        "id_competing_interests",
        "id_review_due_on",
        "bylines-group",
        "references-group",
    ):
        assert page.find(id=place) is not None, place


def test_no_box_of_the_tables_is_without_a_name(author: User) -> None:
    page = BeautifulSoup(client_of(author).get(ADD).content, "html.parser")
    boxes = page.select(".inline-group input:not([type=hidden]), .inline-group select")
    assert len(boxes) > 8
    labelled = {label.get("for") for label in page.select("label[for]")}
    assert not [box["name"] for box in boxes if not box.get("aria-label") and box["id"] not in labelled]


# --- Publishing


def test_publish_shows_it_to_everybody(author: User, editor: User) -> None:
    response = publish(editor, written(author))
    assert "Published as revision 1." in words(response)
    assert "Written by Nell Writer" in words(Client().get("/articles/soap/"))


def test_an_author_does_not_publish_and_loses_nothing_by_trying(author: User) -> None:
    """The button is not there; a page left open since they were an editor still has it."""
    article = written(author)
    client = client_of(author)
    page = BeautifulSoup(client.get(change(article)).content, "html.parser")
    assert page.select_one("[name=_publish]") is None
    assert page.select_one("[name=_send]") is not None
    response = client.post(change(article), form("_publish", title="Newer", **saved_rows(article)), follow=True)
    assert "Only editors publish: send it to review." in words(response)
    article.refresh_from_db()
    assert (article.title, article.status, article.revision) == ("Newer", Status.DRAFT, None)


def test_what_is_not_ready_is_saved_all_the_same(author: User, editor: User) -> None:
    response = publish(editor, written(author), body="<p>True [1].</p>")
    shown = words(response)
    assert "Saved, but not published yet:" in shown
    assert "The text cites [1], but there is no reference with that number." in shown
    article = Article.objects.get()
    assert (article.body, article.status) == ("<p>True [1].</p>", Status.DRAFT)


def test_a_date_to_come_schedules(author: User, editor: User) -> None:
    client = client_of(editor)
    day = timezone.localdate() + datetime.timedelta(days=2)
    article = written(author)
    response = publish(editor, article, publish_at_0=day.strftime("%d/%m/%Y"), publish_at_1="09:00")
    article.refresh_from_db()
    assert article.status == Status.SCHEDULED
    assert "Scheduled: readers see it from" in words(response)
    assert Client().get("/articles/soap/").status_code == 404
    assert BeautifulSoup(response.content, "html.parser").select_one("input[name=_publish][value=Schedule]")

    # Saving alone moves nothing; scheduling again does.
    other = day + datetime.timedelta(days=3)
    moved = {"publish_at_0": other.strftime("%d/%m/%Y"), "publish_at_1": "10:00"}
    client.post(change(article), form(title="Better", **moved, **saved_rows(article)))
    before = article.publish_at
    article.refresh_from_db()
    assert (article.publish_at, article.title) == (before, "Better")
    assert "press “Schedule” again" in words(client.get(change(article)))
    client.post(change(article), form("_publish", title="Better", **moved, **saved_rows(article)))
    article.refresh_from_db()
    assert timezone.localdate(article.publish_at) == other
    assert article.revisions.get().title == "Better"

    # And an emptied date means now.
    client.post(change(article), form("_publish", title="Better", **saved_rows(article)))
    assert "Better" in words(Client().get("/articles/soap/"))


def test_changes_wait_until_they_are_published_and_say_what_they_change(author: User, editor: User) -> None:
    client = client_of(editor)
    article = written(author)
    publish(editor, article)
    article.refresh_from_db()
    client.post(change(article), form(title="Better soap", **saved_rows(article)))
    assert "Your changes since then are saved, but not published." in words(client.get(change(article)))
    assert "Better soap" not in words(Client().get("/articles/soap/"))

    refused = client.post(
        change(article), form("_publish", title="Best soap", significance="update", **saved_rows(article))
    )
    assert refused.status_code == 200
    assert "Say in a sentence what changes" in words(refused)
    assert b"Best soap" in refused.content

    said = {"significance": "correction", "note": "The dose was wrong."}
    done = client.post(change(article), form("_publish", title="Best soap", **said, **saved_rows(article)), follow=True)
    assert "Published as revision 2." in words(done)
    page_cache.store.clear()
    shown = words(Client().get("/articles/soap/"))
    assert "Best soap" in shown
    assert "The dose was wrong." in shown
    assert list(article.revisions.values_list("number", "significance")) == [(2, "correction"), (1, "update")]


def test_an_editorial_change_needs_no_sentence(author: User, editor: User) -> None:
    client = client_of(editor)
    article = written(author)
    publish(editor, article)
    article.refresh_from_db()
    client.post(change(article), form("_publish", title="Soaps", significance="editorial", **saved_rows(article)))
    assert article.revisions.count() == 2


def test_nothing_new_is_said_to_be_nothing_new(author: User, editor: User) -> None:
    client = client_of(editor)
    article = written(author)
    publish(editor, article)
    article.refresh_from_db()
    same = client.post(change(article), form("_publish", significance="editorial", **saved_rows(article)), follow=True)
    assert "Readers see these words already" in words(same)
    assert article.revisions.count() == 1


def test_the_address_and_the_date_of_what_readers_see_stay(author: User, editor: User) -> None:
    client = client_of(editor)
    article = written(author)
    publish(editor, article)
    article.refresh_from_db()
    date = article.publish_at
    client.post(
        change(article), form(slug="other", publish_at_0="01/01/2099", publish_at_1="09:00", **saved_rows(article))
    )
    article.refresh_from_db()
    assert (article.slug, article.publish_at) == ("soap", date)


def test_preview_saves_and_shows(author: User) -> None:
    client = client_of(author)
    assert "Open the preview" in words(client.post(ADD, form("_preview"), follow=True))
    article = Article.objects.get()
    response = client.post(change(article), form("_preview", title="Newest", **saved_rows(article)))
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/articles/preview/")
    shown = words(Client().get(response.headers["Location"]))
    assert "Draft: not published." in shown
    assert "Newest" in shown


def test_unpublish_asks_and_then_hides(author: User, editor: User) -> None:
    client = client_of(editor)
    article = written(author)
    publish(editor, article)
    article.refresh_from_db()
    address = reverse("admin:articles_article_unpublish", args=[article.pk])
    assert address in client.get(change(article)).content.decode()
    assert "will not be found by readers any more" in words(client.get(address))
    assert Client().get("/articles/soap/").status_code == 200
    assert "Unpublished" in words(client.post(address, follow=True))
    page_cache.store.clear()
    assert Client().get("/articles/soap/").status_code == 404


# --- Published texts


def test_a_published_text_can_be_looked_at_and_not_changed(author: User, editor: User) -> None:
    publish(editor, written(author))
    revision = Revision.objects.get()
    address = reverse("admin:articles_revision_change", args=[revision.pk])
    for user in (author, editor):
        client = client_of(user)
        assert address in client.get(change(revision.article)).content.decode()
        assert "Words." in words(client.get(address))
        assert "Yes: the text matches its SHA-256." in words(client.get(address))
        assert client.post(address, {"title": "Other"}).status_code == 403
        assert client.get(address.replace("change", "delete")).status_code == 403
        assert client.get("/admin/articles/revision/add/").status_code == 403
    stranger = client_of(UserFactory(role="author"))
    assert stranger.get(address).status_code == 302
    revision.refresh_from_db()
    assert revision.title == "Soap"


# --- Who may


def test_authors_cannot_reach_the_articles_of_others(author: User) -> None:
    theirs = ArticleFactory(title="Theirs", published=True)
    client = client_of(author)
    assert "Theirs" not in words(client.get("/admin/articles/article/"))
    for address in (
        change(theirs),
        reverse("admin:articles_article_history", args=[theirs.pk]),
        reverse("admin:articles_article_delete", args=[theirs.pk]),
        reverse("admin:articles_article_unpublish", args=[theirs.pk]),
    ):
        for response in (client.get(address), client.post(address, form("_publish", title="Mine", post="yes"))):
            assert response.status_code in (302, 403, 404), address
    theirs.refresh_from_db()
    assert (theirs.title, theirs.status) == ("Theirs", Status.PUBLISHED)


def test_authors_cannot_take_a_row_of_another_article(author: User) -> None:
    mine, theirs = ArticleFactory(created_by=author), ArticleFactory()
    row = Reference.objects.create(article=theirs, position=1, title="Theirs")
    stolen = rows("references", {"id": row.pk, "article": mine.pk, "position": 1, "title": "Mine"}, saved=1)
    client_of(author).post(change(mine), form(slug=mine.slug, **{**saved_rows(mine), **stolen}))
    row.refresh_from_db()
    assert (row.title, row.article) == ("Theirs", theirs)


def test_a_byline_opens_the_article(author: User) -> None:
    article = ArticleFactory(author=AuthorFactory(user=author))
    assert client_of(author).get(change(article)).status_code == 200


def test_editors_edit_all(editor: User) -> None:
    article = ArticleFactory(published=True, title="Theirs")
    client = client_of(editor)
    assert "Theirs" in words(client.get("/admin/articles/article/"))
    client.post(change(article), form(title="Edited", **saved_rows(article)))
    article.refresh_from_db()
    assert article.title == "Edited"


@pytest.mark.sweep
@pytest.mark.parametrize("role", [None, "reader"])
@pytest.mark.parametrize("path", ["", "add/", "1/change/", "1/delete/", "1/unpublish/", "1/history/"])
def test_readers_and_strangers_are_not_let_in(role: str | None, path: str) -> None:
    client = client_of(UserFactory(role=role)) if role else Client()
    for response in (
        client.get(f"/admin/articles/article/{path}"),
        client.post(f"/admin/articles/article/{path}", form()),
    ):
        assert response.status_code in (302, 403)
    assert not Article.objects.exists()


def test_only_drafts_that_were_never_published_can_be_deleted(author: User, editor: User) -> None:
    draft, published = ArticleFactory(created_by=author), ArticleFactory(published=True, created_by=author)
    for user in (author, editor):
        refused = client_of(user).post(reverse("admin:articles_article_delete", args=[published.pk]), {"post": "yes"})
        assert refused.status_code == 403
    assert (
        client_of(author).post(reverse("admin:articles_article_delete", args=[draft.pk]), {"post": "yes"}).status_code
        == 302
    )
    assert list(Article.objects.all()) == [published]
    bulk = {"action": "delete_selected", "_selected_action": [published.pk], "post": "yes"}
    client_of(editor).post("/admin/articles/article/", bulk)
    assert Article.objects.filter(pk=published.pk).exists()


def test_authors_look_after_their_own_biography_only(author: User) -> None:
    own, other = AuthorFactory(user=author), AuthorFactory()
    client = client_of(author)
    data = {"name": "Nell", "credentials": "RN", "bio": "Writes.", "user": ""}
    assert client.post(reverse("admin:articles_author_change", args=[own.pk]), data).status_code == 302
    assert client.post(reverse("admin:articles_author_change", args=[other.pk]), data).status_code == 403
    own.refresh_from_db()
    assert (own.bio, own.user) == ("Writes.", author)


def test_a_byline_is_given_to_people_of_the_desk(editor: User, author: User) -> None:
    reader = UserFactory()
    page = words(client_of(editor).get("/admin/articles/author/add/"))
    assert "Nell Writer" in page
    assert str(reader) not in page


# --- The list


def test_the_list_says_what_readers_see(editor: User) -> None:
    topic = TopicFactory(name="Hygiene")
    ArticleFactory(title="A draft")
    ArticleFactory(title="Out now", published=True).topics.add(topic)
    passed, ahead = ArticleFactory(title="Time came", published=True), ArticleFactory(title="To come", published=True)
    Article.objects.filter(pk=passed.pk).update(status=Status.SCHEDULED)
    later = timezone.now() + datetime.timedelta(days=1)
    Article.objects.filter(pk=ahead.pk).update(status=Status.SCHEDULED, publish_at=later)

    def shown(**query: Any) -> set[str]:
        page = BeautifulSoup(client_of(editor).get("/admin/articles/article/", query).content, "html.parser")
        lines = page.select("#result_list tbody tr")
        return {": ".join(cell.get_text() for cell in line.select(".field-title, .field-state")) for line in lines}

    draft, out, came, to_come = "A draft: Draft", "Out now: Published", "Time came: Published", "To come: Scheduled"
    assert shown() == {draft, out, came, to_come}
    assert shown(state="draft") == {draft}
    assert shown(state="scheduled") == {to_come}
    assert shown(state="published") == {out, came}
    assert shown(topics__id__exact=topic.pk) == {out}
    assert shown(q="time") == {came}
    assert shown(q=Byline.objects.get(article=ahead).author.name) == {to_come}


def test_the_list_takes_the_same_number_of_queries_for_one_and_for_many(
    editor: User, django_assert_max_num_queries: Any
) -> None:
    client = client_of(editor)
    ArticleFactory(published=True)
    client.get("/admin/articles/article/")  # begins the session
    with django_assert_max_num_queries(15) as one:
        client.get("/admin/articles/article/")
    for _ in range(10):
        ArticleFactory(published=True)
    with django_assert_max_num_queries(15) as many:
        client.get("/admin/articles/article/")
    assert len(one.captured_queries) == len(many.captured_queries)


# --- The image library


@pytest.fixture
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "images"


def upload(content: bytes | None = None, name: str = "soap.png") -> io.BytesIO:
    file = io.BytesIO()
    if content is None:
        PillowImage.new("RGB", (8, 6)).save(file, "PNG")
    else:
        file.write(content)
    file.seek(0)
    file.name = name
    return file


def test_an_author_adds_a_picture_and_readers_get_it(author: User, media: Path) -> None:
    words_of = {"title": "Soap", "alternative_text": "A bar of soap", "caption": "", "credit": ""}
    client = client_of(author)
    assert client.post("/admin/articles/image/add/", {"file": upload(), **words_of}).status_code == 302
    image = Image.objects.get()
    assert (image.width, image.height, image.uploaded_by) == (8, 6, author)
    served = Client().get(image.get_absolute_url())
    assert b"".join(served.streaming_content).startswith(b"RIFF")  # type: ignore[attr-defined]  # a FileResponse
    again = client.post("/admin/articles/image/add/", {"file": upload(), **words_of})
    assert "This picture is in the library already, as “Soap”." in words(again)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"file": upload(b"<svg onload='alert(1)'/>", "x.png")}, "This is not a picture we can read."),
        ({"file": upload(b"x" * (10 * 1024 * 1024 + 1))}, "more than 10 MB"),
        ({"file": upload(b"")}, "The submitted file is empty."),
        ({"file": ""}, "This field is required."),
        ({"file": upload(), "alternative_text": ""}, "Write alternative text, or tick “decorative”; not both."),
        ({"file": upload(), "is_decorative": "on"}, "Write alternative text, or tick “decorative”; not both."),
    ],
)
def test_a_bad_picture_is_answered_with_a_sentence(
    author: User, media: Path, fields: dict[str, Any], sentence: str
) -> None:
    data = {"title": "Soap", "alternative_text": "A bar", "caption": "", "credit": ""} | fields
    response = client_of(author).post("/admin/articles/image/add/", data)
    assert response.status_code == 200
    assert sentence in words(response)
    assert not Image.objects.exists()
    assert not media.exists() or not list(media.iterdir())


def test_the_small_window_lists_searches_and_hands_over(author: User) -> None:
    soap, gel = ImageFactory(title="Soap"), ImageFactory(title="Gel", alternative_text="A pump")
    client, address = client_of(author), reverse("admin:articles_image_picker")
    page = BeautifulSoup(client.get(address, {"CKEditorFuncNum": "-1"}).content, "html.parser")
    assert {button["data-address"] for button in page.select(".library button")} == {
        soap.get_absolute_url(),
        gel.get_absolute_url(),
    }
    found = BeautifulSoup(client.get(address, {"q": "pump gel"}).content, "html.parser")
    assert [button["data-alternative-text"] for button in found.select(".library button")] == ["A pump"]
    assert "No picture matches" in words(client.get(address, {"q": "x\x01%_'\"<"}))
    for role in (None, "reader"):
        assert (client_of(UserFactory(role=role)) if role else Client()).get(address).status_code == 302


def test_a_picture_in_use_cannot_be_deleted(editor: User) -> None:
    used, unused = ImageFactory(), ImageFactory()
    ArticleFactory(body=f'<img src="{used.get_absolute_url()}">')
    client = client_of(editor)
    assert client.post(reverse("admin:articles_image_delete", args=[used.pk]), {"post": "yes"}).status_code == 403
    assert client.post(reverse("admin:articles_image_delete", args=[unused.pk]), {"post": "yes"}).status_code == 302
    assert list(Image.objects.all()) == [used]
