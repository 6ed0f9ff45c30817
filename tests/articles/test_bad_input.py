"""Script and other people's tricks in every box of the desk: nothing runs, nothing breaks, a sentence where refused."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from bs4.element import Tag
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image as PillowImage
from pytest_django import Settings

from articles.models import Article, Author, Image, Reference, Topic
from meducation.lib import page_cache
from tests.articles.test_admin import ADD, form, rows
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory, AuthorFactory, ImageFactory, TopicFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]

# By it a page's words are told to be ours.
MARK = "zqxj"
SCRIPTS = {
    "script": f"<script>{MARK}()</script>",
    "breaking out of an attribute": f'"><img src=x onerror={MARK}()>',
    "breaking out of an attribute, single": f"' onmouseover='{MARK}()' x='",
    "breaking out of a script": f"</script><script>{MARK}()</script>",
    "breaking out of a text box": f"</textarea><svg onload={MARK}()>",
    "breaking out of a title": f"</title><iframe srcdoc='<script>{MARK}()</script>'>",
    "breaking out of a comment": f"--><base href=//{MARK}.example><!--",
    "a template": "{{ request.user.email }}{% load i18n %}" + MARK,
    "htmx": f"<div hx-get='/{MARK}' hx-trigger='load'>",
}
TEXTS = {
    "right to left": f"{MARK} \u202egnp.exe \u2066اختبار\u2069",
    "combining": MARK + "e" + "\u0301\u0489" * 20,
    "line breaks": f"{MARK}\r\nSet-Cookie: a=b\r\n\r\n<script>{MARK}()</script>",
    "percent": f"{MARK} %s %(x)d {{}} \\ %00",
    "not a character": f"{MARK}\ufffe\uffff\U000e0001😀",
}
NUL = f"{MARK}\x00after"
BIG = MARK + "x" * 1_000_000

SCRIPTED_ADDRESSES = ("javascript", "data", "vbscript")
# Attributes that hold an address.
ADDRESSES = ("href", "src", "action", "formaction", "srcdoc", "poster", "data", "xlink:href")


def nothing_runs(response: Any) -> None:
    """No element, attribute or address in the page that a browser would run, and none that we did not write."""
    assert response.status_code < 500
    if "html" not in response["Content-Type"]:
        return
    # The parser reads as a browser does where it matters: what is text to it was escaped.
    soup = BeautifulSoup(response.content, "html.parser")
    for tag in soup.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on") or name == "srcdoc"], tag
        assert not [name for name, value in tag.attrs.items() if name.startswith("hx-") and MARK in value], tag
        for name in ADDRESSES:
            address = re.sub(r"[\s\x00-\x1f]", "", str(tag.get(name, ""))).lower()
            if address.startswith(tuple(f"{scheme}:" for scheme in SCRIPTED_ADDRESSES)):
                # Django's admin has pictures of its own as data; nothing a person typed.
                assert MARK not in address, tag
    for tag in soup.find_all(["iframe", "object", "embed", "base", "svg", "meta", "link"]):
        assert MARK not in str(tag.attrs) or is_harmless(tag), tag
    for script in soup.find_all("script"):
        kind = str(script.get("type", ""))
        if MARK in script.get_text():
            # Data for a script, in which no tag may stand as such.
            assert "json" in kind and "<" not in script.get_text(), script
        assert MARK not in str(script.get("src", "")), script


def is_harmless(tag: Tag) -> bool:
    """A description for other sites, or an address on our own."""
    if tag.name == "meta":
        return str(tag.get("http-equiv", "")).lower() != "refresh"
    return tag.name == "link" and urlsplit(str(tag.get("href", ""))).netloc in ("", "testserver")


@pytest.mark.parametrize(
    "html",
    [
        f"<p>{SCRIPTS['script']}</p>",
        f'<input value="{SCRIPTS["breaking out of an attribute"]}">',
        f"<input value='{SCRIPTS['breaking out of an attribute, single']}'>",
        f"<textarea>{SCRIPTS['breaking out of a text box']}</textarea>",
        f'<a href="java\nscript:{MARK}()">x</a>',
        f"<base href=//{MARK}.example>",
        f'<script type="application/ld+json">{{"a": "{SCRIPTS["breaking out of a script"]}"}}</script>',
        f'<meta http-equiv="refresh" content="0;url=//{MARK}.example">',
        SCRIPTS["htmx"],
    ],
)
def test_the_net_has_no_hole(html: str) -> None:
    with pytest.raises(AssertionError):
        nothing_runs(HttpResponse(html))


def pages(*more: str) -> Iterator[Any]:
    """Everything that readers and editors see."""
    page_cache.store.clear()
    article = Article.objects.filter(revision__isnull=False).first()
    public = ["/", "/articles/", *more]
    public += [article.get_absolute_url()] if article else []
    public += [topic.get_absolute_url() for topic in Topic.objects.all()]
    public += [author.get_absolute_url() for author in Author.objects.all()]
    visitor = Client()
    for address in public:
        yield visitor.get(address)
    desk = Client()
    desk.force_login(UserFactory(role="administrator"))
    for name in ("article", "author", "topic", "image", "revision"):
        yield desk.get(reverse(f"admin:articles_{name}_changelist"))
        yield desk.get(reverse(f"admin:articles_{name}_changelist"), {"q": MARK})
    yield desk.get("/admin/")
    yield desk.get(reverse("admin:articles_image_picker"), {"q": MARK})
    for row in [*Article.objects.all(), *Author.objects.all(), *Topic.objects.all(), *Image.objects.all()]:
        name = row._meta.model_name
        yield desk.get(reverse(f"admin:articles_{name}_change", args=[row.pk]))
        yield desk.get(reverse(f"admin:articles_{name}_history", args=[row.pk]))
        yield desk.get(reverse(f"admin:articles_{name}_delete", args=[row.pk]))
    for revision in article.revisions.all() if article else ():
        yield desk.get(reverse("admin:articles_revision_change", args=[revision.pk]))


@pytest.fixture(autouse=True)
def _pictures_go_here(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(UserFactory(role="editor", name="Ed Itor"))
    return client


def errors(response: Any) -> list[str]:
    """What the form objects to."""
    soup = BeautifulSoup(response.content, "html.parser")
    return [item.get_text(strip=True) for item in soup.select(".errorlist li, .errornote")]


def saved_or_refused(response: Any, *, page: str) -> bool:
    """Whether it was saved. A refusal has a sentence."""
    assert response.status_code in (200, 302, 422), (page, response.status_code)
    nothing_runs(response)
    if response.status_code == 302:
        return True
    assert any(sentence.endswith(".") and " " in sentence for sentence in errors(response)), page
    return False


# --- The boxes

WORDS = (
    *("title", "standfirst", "body", "acknowledgement", "learning_objectives", "competing_interests"),
    *("funding", "reviewed_by"),
)
OF_A_REFERENCE = ("authors", "title", "source", "doi", "pmid", "url", "year")
OF_OTHERS = [
    *(("topic", box) for box in ("name", "slug", "description")),
    *(("author", box) for box in ("name", "slug", "credentials", "bio")),
]
VALID = {
    "topic": {"name": "A topic", "slug": "a-topic", "description": ""},
    "author": {"name": "An author", "slug": "an-author", "credentials": "", "bio": "", "user": ""},
}
PUBLISHED = {
    "competing_interests": "None declared.",
    "learning_objectives": "Tell what it is about",
    "review_due_on": (timezone.now().date().replace(day=1).replace(year=timezone.now().year + 1)).strftime("%d/%m/%Y"),
    "last_reviewed_on": "01/01/2026",
    "interests_declared_on": "01/01/2026",
    "interests_declared_on_0": "01/01/2026",
}


def article_with(desk: Client, button: str = "_publish", **fields: Any) -> Any:
    author = Author.objects.first() or AuthorFactory()
    sent = {**PUBLISHED, **rows("bylines", {"position": "1", "author": author.pk}), **fields}
    return desk.post(ADD, form(button, **sent))


def everything_with(desk: Client, trick: str) -> None:
    """A topic, an author, a picture and a published article with a reference, with the same words in every box."""
    for kind, plain in (("topic", ("slug",)), ("author", ("slug", "user"))):
        add = reverse(f"admin:articles_{kind}_add")
        sent = {name: value if name in plain else trick for name, value in VALID[kind].items()}
        assert saved_or_refused(desk.post(add, sent), page=add)
    add = reverse("admin:articles_image_add")
    file = picture()
    file.name = re.sub(r"[\r\n]", "", trick)
    sent = dict.fromkeys(("title", "alternative_text", "caption", "credit"), trick)
    assert saved_or_refused(desk.post(add, {**sent, "file": file}), page=add)
    image = Image.objects.get()
    figure = f'<figure><img src="{image.get_absolute_url()}"><figcaption>A square</figcaption></figure>'
    # Another site's picture would keep it from being published, as it should; what comes after some of these is theirs.
    body = f"<p>Words [1].</p>{figure}<p>{trick.replace('<img', '<b')}</p>"
    words: dict[str, Any] = dict.fromkeys(WORDS, trick) | {
        "body": body,
        "topics": [topic.pk for topic in Topic.objects.all()],
    }
    reference = {"position": "1", "authors": trick, "title": trick, "source": trick}
    assert saved_or_refused(article_with(desk, **words, **rows("references", reference)), page=ADD)
    assert Article.objects.get().is_published()


@pytest.mark.slow
@pytest.mark.parametrize("trick", [*SCRIPTS.values(), *TEXTS.values()], ids=[*SCRIPTS, *TEXTS])
def test_the_same_words_in_every_box(trick: str, desk: Client) -> None:
    everything_with(desk, trick)
    assert MARK in Article.objects.get().title
    for page in pages():
        nothing_runs(page)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "box"),
    [
        *(("reference", box) for box in ("doi", "pmid", "year", "url", "position")),
        *(("article", box) for box in ("slug", "publish_at_0", "publish_at_1", "topics")),
        *(("byline", box) for box in ("author", "position")),
        *(("topic", "slug"), ("author", "slug"), ("author", "user")),
    ],
)
def test_boxes_that_have_a_form_refuse_the_rest(kind: str, box: str, desk: Client) -> None:
    for trick in (*SCRIPTS.values(), *TEXTS.values(), NUL):
        was_saved = saved_or_refused(send(desk, kind, box, trick), page=f"{kind} {box}")
        # A DOI may hold any sign but space after its beginning, which none of these has.
        assert not was_saved, trick


@pytest.mark.parametrize(
    "address",
    [
        f"javascript:{MARK}()",
        f"JaVaScRiPt:{MARK}()",
        f" javascript:{MARK}()",
        f"java\tscript:{MARK}()",
        f"\x01javascript:{MARK}()",
        f"data:text/html,<script>{MARK}()</script>",
        f"vbscript:{MARK}()",
        f"//{MARK}.example",
        f"https://{MARK}.example/\"onmouseover='{MARK}()'",
        f"ftp://{MARK}.example/",
        f"https://{MARK}@[::1",
    ],
)
def test_the_address_of_a_reference(address: str, desk: Client) -> None:
    reference = {"position": "1", "title": "A source", "url": address}
    saved_or_refused(article_with(desk, body="<p>As is known [1].</p>", **rows("references", reference)), page=ADD)
    for row in Reference.objects.all():
        assert row.url.startswith(("https://", "http://", "ftp://"))
        nothing_runs(Client().get(row.article.get_absolute_url()))


@pytest.mark.parametrize("trick", [*SCRIPTS.values(), *TEXTS.values()], ids=[*SCRIPTS, *TEXTS])
def test_what_readers_are_told_of_a_change(trick: str, desk: Client) -> None:
    article = ArticleFactory(published=True)
    line = article.bylines.get()
    sent = form(
        "_publish",
        **{
            **PUBLISHED,
            **rows("bylines", {"id": line.pk, "article": article.pk, "position": 1, "author": line.author_id}, saved=1),
            "body": "<p>New words.</p>",
            "significance": "correction",
            "note": trick,
        },
    )
    address = reverse("admin:articles_article_change", args=[article.pk])
    assert saved_or_refused(desk.post(address, sent), page=address)
    assert article.revisions.count() == 2
    for page in (desk.get(address), Client().get(article.get_absolute_url())):
        nothing_runs(page)


def picture() -> io.BytesIO:
    written = io.BytesIO()
    PillowImage.new("RGB", (8, 8), "red").save(written, "PNG")
    written.seek(0)
    written.name = "a.png"
    return written


# --- What no database takes, and too much of everything


def forms() -> list[tuple[str, str]]:
    """Each box of each form: the kind of thing, and the box."""
    return [
        *(("article", box) for box in (*WORDS, "slug", "publish_at_0", "publish_at_1", "topics")),
        *(("reference", box) for box in (*OF_A_REFERENCE, "position")),
        *(("byline", box) for box in ("position", "author")),
        *OF_OTHERS,
        ("author", "user"),
        *(("image", box) for box in ("title", "alternative_text", "caption", "credit")),
    ]


def send(desk: Client, kind: str, box: str, value: str) -> Any:
    if kind == "article":
        return article_with(desk, "_save", **{box: value})
    if kind == "reference":
        return article_with(desk, "_save", **rows("references", {"position": "1", "title": "A source", box: value}))
    if kind == "byline":
        row = {"position": "1", "author": AuthorFactory().pk, box: value}
        return desk.post(ADD, form("_save", **rows("bylines", row)))
    if kind == "image":
        sent = {"title": "A picture", "alternative_text": "A square", "caption": "", "credit": "", box: value}
        return desk.post(reverse("admin:articles_image_add"), {**sent, "file": picture()})
    return desk.post(reverse(f"admin:articles_{kind}_add"), VALID[kind] | {box: value})


@pytest.mark.parametrize(("kind", "box"), forms())
@pytest.mark.parametrize("value", [NUL, BIG], ids=["NUL", "a million characters"])
def test_every_box_refuses_or_takes_what_is_too_much(kind: str, box: str, value: str, desk: Client) -> None:
    was_saved = saved_or_refused(send(desk, kind, box, value), page=f"{kind} {box}")
    for model in (Article, Author, Topic, Image, Reference):
        for row in model.objects.all():
            for field in row._meta.concrete_fields:
                stored = getattr(row, field.attname)
                if isinstance(stored, str):
                    assert "\x00" not in stored
                    limit = getattr(field, "max_length", None)
                    assert limit is None or len(stored) <= limit, field
    assert not (was_saved and value is NUL and box in ("slug", "url", "doi", "pmid", "year"))


@pytest.mark.parametrize(
    "value", [NUL, BIG[:10_000], *SCRIPTS.values(), *TEXTS.values(), "'; drop table x; --", "%", "\\"]
)
@pytest.mark.parametrize("kind", ["article", "author", "topic", "image", "revision"])
def test_searching_at_the_desk(kind: str, value: str, desk: Client) -> None:
    ArticleFactory(published=True)
    TopicFactory()
    ImageFactory()
    address = reverse(f"admin:articles_{kind}_changelist")
    for query in (
        {"q": value},
        {"q": "x", "p": value},
        {"o": value},
        {value: "1"},
        {"state": value},
        {"topics__id__exact": value},
    ):
        response = desk.get(address, query)
        assert response.status_code in (200, 302, 400), (query, response.status_code)
        nothing_runs(response)


@pytest.mark.parametrize(
    "value", [NUL, BIG[:10_000], *SCRIPTS.values(), *TEXTS.values(), "-1", "999999999999999999999"]
)
def test_addresses_that_readers_may_type(value: str) -> None:
    ArticleFactory(published=True)
    page_cache.store.clear()
    visitor = Client()
    for query in ({"q": value}, {"page": value}, {"topic": value}, {"author": value}, {value: "1"}, {"next": value}):
        for address in ("/articles/", "/articles/article-0/", "/", "/accounts/login/"):
            response = visitor.get(address, query)
            assert response.status_code < 500, (address, query)
            nothing_runs(response)
    for part in (value, value.replace("/", "")):
        for before in (
            "/articles/",
            "/articles/topics/",
            "/articles/authors/",
            "/articles/preview/",
            "/articles/images/",
        ):
            response = visitor.get(before + part + "/")
            assert response.status_code in (301, 302, 400, 404), (before, response.status_code)
            nothing_runs(response)
