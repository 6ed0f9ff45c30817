"""`manage.py import_posts`: an old blog's file becomes drafts, once."""

import codecs
import datetime
import gzip
import io
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from bs4 import BeautifulSoup
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from django.utils.html import escape
from PIL import Image as PillowImage
from pytest_django import Settings

from accounts.models import User
from articles import pictures
from articles.actions import NotReady, publish
from articles.importing import files, posts, survey
from articles.models import Article, Author, Byline, Image, Status, Topic
from meducation.lib import page_cache
from tests.articles.test_seed_article import Seed, seed
from tests.factories.accounts import UserFactory

__all__ = ["seed"]

pytestmark = pytest.mark.django_db

SAMPLES = Path(__file__).resolve().parent / "import_samples"
WORDPRESS, RSS, ATOM = SAMPLES / "wordpress.xml", SAMPLES / "feed.rss", SAMPLES / "feed.atom"
ITEM = "<item><title>T</title><guid>1</guid><description>Words.</description></item>"


@pytest.fixture(autouse=True)
def _pictures_go_here(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "library"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks the network for anything fails. (The database is connected to already.)"""

    def refused(*args: Any, **kwargs: Any) -> NoReturn:
        raise AssertionError("asked the network")

    monkeypatch.setattr(socket, "getaddrinfo", refused)
    monkeypatch.setattr(socket, "create_connection", refused)


@pytest.fixture(autouse=True)
def administrator(db: None) -> User:
    return UserFactory(role="administrator")


def bring(file: Path, **options: Any) -> str:
    """What the command says."""
    said = io.StringIO()
    call_command("import_posts", str(file), stdout=said, **options)
    return said.getvalue()


def refusal(file: Path, **options: Any) -> str:
    with pytest.raises(CommandError) as caught:
        bring(file, **options)
    assert caught.value.returncode == 1
    assert not Article.objects.exists()
    return str(caught.value)


def written(tmp_path: Path, content: str | bytes, name: str = "feed.xml") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rss(*items: str, head: str = '<?xml version="1.0"?>') -> str:
    return f'{head}<rss version="2.0"><channel><title>B</title>{"".join(items)}</channel></rss>'


@pytest.fixture
def media(tmp_path: Path) -> Path:
    """The pictures of the old blog, but for one."""
    folder = tmp_path / "uploads"
    (folder / "2013" / "12").mkdir(parents=True)
    (folder / "2020" / "06").mkdir(parents=True)
    PillowImage.new("RGB", (600, 400), "red").save(folder / "2013" / "12" / "basin.png")
    PillowImage.new("RGB", (300, 200), "red").save(folder / "2013" / "12" / "basin-300x200.png")
    PillowImage.new("RGB", (800, 200), "blue").save(folder / "2020" / "06" / "head.jpg")
    return folder


# --- What is carried


def test_a_wordpress_export_becomes_drafts(media: Path) -> None:
    said = bring(WORDPRESS, media=media)
    assert "Drafts made: 3." in said
    assert list(Article.objects.order_by("pk").values_list("slug", flat=True)) == ["soap-and-water", "blocks", "post"]
    article = Article.objects.get(slug="soap-and-water")
    assert article.status == Status.DRAFT
    assert article.revision is None
    assert article.title == "Soap & water"
    assert article.standfirst == "Why it works."
    assert article.source_id == "https://ward.example/?p=11"
    # The day that the old blog printed.
    assert article.published_on == "Monday 9th December 2013"
    assert [line.author.name for line in article.bylines.all()] == ["Nell Example"]
    assert [topic.name for topic in article.topics.all()] == ["Ethics & law"]
    body = BeautifulSoup(article.body, "html.parser")
    assert [heading.get_text() for heading in body.find_all("h2")] == ["What to do"]
    assert body.find("script") is None
    figure = body.figure
    assert figure is not None and figure.figcaption is not None
    assert figure.figcaption.get_text() == "The basin on ward 4"
    picture = Image.objects.get(alternative_text="A basin")
    # The one that the smaller copy was made of.
    assert (picture.width, picture.caption) == (600, "The basin on ward 4")
    assert figure.img is not None and figure.img["src"] == picture.get_absolute_url()
    assert pictures.find(picture.name) is not None
    assert "<p>[Picture missing: gone.jpg]</p>" in article.body


def test_the_report_says_what_it_could_not_carry(media: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    said = bring(WORDPRESS, media=media, report=report)
    for sentence in (
        "“Soap & water” → /articles/soap-and-water/",
        "    Picture missing: https://ward.example/wp-content/uploads/2013/12/gone.jpg (it is not in the folder).",
        "    Shortcodes are left in the text as they were: [contact-form-7].",
        "    A table has no header cells: mark them.",
        "    A block that the old site filled by itself is not carried: latest-posts.",
        "    The standfirst is made of the first sentences: better it.",
        "    A picture needs alternative text: head.jpg.",
        "    It has no title.",
        "“For the team” was not brought. It was private or had a password. Bring such posts with --private.",
        "“With a password” was not brought. It was private or had a password. Bring such posts with --private.",
        "New authors: Nell Example, Sam O'Brien.",
        "New topics: Ethics & law, Skills.",
        "Tags, which are not carried: soap.",
        "Not carried: 1 posts in the bin or never written, 1 pages, 2 files of the old library, 1 menu entries, "
        "2 comments.",
        "Pictures: 3.",
    ):
        assert sentence in said
    told = json.loads(report.read_text())
    assert told["redirects"][0] == {
        "from": "https://ward.example/2013/12/soap-and-water/",
        "to": "/articles/soap-and-water/",
    }
    assert told["not_carried"] == {
        "posts in the bin or never written": 1,
        "pages": 1,
        "files of the old library": 2,
        "menu entries": 1,
        "comments": 2,
    }
    assert [post["title"] for post in told["not_brought"]] == ["For the team", "With a password"]


def test_private_posts_are_brought_when_asked() -> None:
    assert "Drafts made: 5." in bring(WORDPRESS, private=True)
    assert Article.objects.get(slug="team").status == Status.DRAFT


def test_drafts_stay_without_a_date() -> None:
    bring(WORDPRESS)
    assert Article.objects.get(title="Without a title").publish_at is None


def test_an_rss_feed_becomes_drafts() -> None:
    said = bring(RSS)
    whole = Article.objects.get(slug="whole")
    assert whole.title == "Whole in the feed – a post"
    assert whole.body.startswith("<p>The beginning of it, which goes on. Then more.</p><h2>A heading</h2>")
    assert "appeared first" not in whole.body
    assert whole.standfirst == "The beginning of it, which goes on. Then more."
    # A moment, as feeds have it: half past midnight by London's summer clock.
    assert whole.publish_at == datetime.datetime(2024, 5, 31, 23, 30, tzinfo=datetime.UTC)
    assert whole.published_on == "Saturday 1st June 2024"
    assert {topic.name for topic in whole.topics.all()} == {"Skills", "Notes"}
    short = Article.objects.get(slug="short")
    assert short.body == "<p>First part of it.</p><p>Second part of it.</p>"
    assert [line.author.name for line in short.bylines.all()] == ["Nell Example"]
    assert Author.objects.count() == 1
    unsigned = Article.objects.get(slug="by-nobody-we-may-name")
    assert not unsigned.bylines.exists()
    assert "nell@ward.example" not in said
    assert "Its date could not be read: yesterday." in said
    assert "Its author is given only as an e-mail address, which is not printed." in said


def test_an_atom_feed_becomes_drafts() -> None:
    said = bring(ATOM)
    less = Article.objects.get(slug="less")
    assert (less.title, less.standfirst) == ("Less is more", "What & why.")
    assert less.body == (
        "<p>Words with <strong>weight</strong> &amp; a break<br>here.</p><p>[Picture missing: one.png]</p>"
    )
    assert less.publish_at == datetime.datetime(2025, 2, 2, 8, 0, tzinfo=datetime.UTC)
    assert [line.author.name for line in less.bylines.all()] == ["Nell Example"]
    html = Article.objects.get(slug="html")
    assert html.title == "As HTML, a < b"
    assert html.body == "<p>One.</p><p>Two.</p>"
    assert [line.author.name for line in html.bylines.all()] == ["Sam O'Brien", "Nell Example"]
    assert "Its text is only linked to and was not brought: https://ward.example/2025/03/elsewhere." in said
    draft = Article.objects.get(slug="a-draft")
    assert draft.publish_at is None
    assert draft.body == "<p>Plain text.</p><p>In two paragraphs, 1 &lt; 2.</p>"


def test_authors_and_topics_that_are_here_are_used() -> None:
    author = Author.objects.create(name="Nell Example", slug="dr-nell")
    by_address = Author.objects.create(name="Sam O’Brien, FRCN", slug="sam-obrien")
    topic = Topic.objects.create(name="ethics & LAW", slug="law")
    bring(WORDPRESS)
    assert set(Author.objects.all()) == {author, by_address}
    assert Article.objects.get(slug="soap-and-water").topics.get() == topic


def test_an_address_that_is_taken_or_ours_gets_a_number(tmp_path: Path) -> None:
    Article.objects.create(title="Here", slug="taken", standfirst="x")
    links = (
        "https://o.example/taken/",
        "https://o.example/taken/",
        "https://o.example/images",
        "https://o.example/topics/",
    )
    items = [f"<item><title>T</title><link>{link}</link><guid>{n}</guid></item>" for n, link in enumerate(links)]
    said = bring(written(tmp_path, rss(*items)))
    made = list(Article.objects.exclude(source_id="").order_by("pk").values_list("slug", flat=True))
    assert made[:2] == ["taken-2", "taken-3"]
    assert "Its address ends in “taken-2”, and not in “taken” as it did." in said
    for slug in made:
        Article.objects.filter(slug=slug).update(title=f"Title of {slug}")
        assert Article.objects.get(slug=slug).get_absolute_url().endswith(f"/{slug}/")


def test_long_and_strange_words_fit(tmp_path: Path) -> None:
    item = (
        f"<item><title>{'A long title. ' * 100}</title><guid>{'g' * 3000}</guid><author>{'N' * 400}</author>"
        f"<category>{'C' * 400}</category><link>https://o.example/{'s' * 900}/</link>"
        f"<description>{'Words. ' * 500}</description></item>"
    )
    other = "<item><title>عنوان\u202e</title><guid>2</guid><author>ليلى</author><category>جراحة</category></item>"
    file = written(tmp_path, rss(item, other))
    assert "Drafts made: 2." in bring(file)
    long, arabic = Article.objects.order_by("pk")
    assert len(long.title) <= 160 and len(long.standfirst) <= 400 and len(long.slug) <= 160
    assert arabic.title == "عنوان"
    assert arabic.bylines.get().author.name == "ليلى"
    assert "Drafts made: 0." in bring(file)


def test_the_seed_article_comes_through_a_feed(seed: Seed, tmp_path: Path, administrator: User) -> None:
    page_cache.store.clear()
    html = seed.body.replace("<h2>", "<h3>").replace("</h2>", "</h3>")
    item = (
        f"<item><title>{escape(seed.title)}</title><guid>five</guid><link>https://old.example/blog/five-top-tips</link>"
        '<dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">Nicole Chalmers</dc:creator>'
        "<pubDate>Mon, 09 Dec 2013 09:00:00 +0000</pubDate>"
        '<content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<![CDATA[{html}<p>{escape(seed.thanks)}</p>]]></content:encoded></item>"
    )
    bring(written(tmp_path, rss(item)))
    article = Article.objects.get()
    Article.objects.update(
        offers_cpd=False,
        competing_interests="None declared.",
        interests_declared_on=timezone.localdate(),
        review_due_on=timezone.localdate() + datetime.timedelta(days=365),
    )
    publish(article=Article.objects.get(), by=administrator)
    page = BeautifulSoup(Client().get("/articles/five-top-tips/").content, "html.parser")
    byline, text = page.select_one(".byline"), page.select_one("article.prose")
    assert byline is not None and text is not None and page.h1 is not None
    assert byline.get_text() == "Written by Nicole Chalmers · Monday 9th December 2013"
    assert page.h1.get_text() == seed.title == article.title
    assert [part.get_text() for part in text.find_all("h2")] == seed.headings
    assert [part.get_text() for part in text.find_all("p")] == [*seed.paragraphs, seed.thanks]


# --- Marks for the author


def test_what_the_import_left_to_do_blocks_publishing(media: Path, administrator: User) -> None:
    bring(WORDPRESS, media=media)
    with pytest.raises(NotReady) as caught:
        publish(article=Article.objects.get(slug="soap-and-water"), by=administrator)
    sentences = [obstacle.message for obstacle in caught.value.obstacles]
    assert "The text says “[Picture missing: gone.jpg]”: put the picture there, or take the line out." in sentences
    with pytest.raises(NotReady) as caught:
        publish(article=Article.objects.get(slug="blocks"), by=administrator)
    missing = "Picture 1 came without alternative text: write it in the image library."
    assert missing in [obstacle.message for obstacle in caught.value.obstacles]
    Image.objects.filter(width=800).update(alternative_text="A blue head")
    try:
        publish(article=Article.objects.get(slug="blocks"), by=administrator)
    except NotReady as error:
        assert missing not in [obstacle.message for obstacle in error.obstacles]  # noqa: PT017 (other things may be)


# --- Again


def snapshot() -> list[Any]:
    kinds = (Article, Byline, Author, Topic, Image, Article.topics.through)
    return [list(kind.objects.order_by("pk").values()) for kind in kinds]


@pytest.mark.parametrize("file", [WORDPRESS, RSS, ATOM], ids=lambda path: path.name)
def test_a_second_time_changes_nothing_and_says_so(file: Path, media: Path) -> None:
    bring(file, media=media)
    before = snapshot()
    said = bring(file, media=media)
    assert "Drafts made: 0." in said
    assert f"Here already, and left as they are: {len(before[0])}." in said
    assert snapshot() == before
    assert "Nothing to do." in bring(file, media=media, private=True) or file is WORDPRESS


def test_what_was_changed_here_is_never_overwritten() -> None:
    bring(WORDPRESS)
    Article.objects.filter(slug="blocks").update(slug="moved", title="Bettered", body="<p>New words.</p>")
    bring(WORDPRESS)
    article = Article.objects.get(slug="moved")
    assert (article.title, article.body) == ("Bettered", "<p>New words.</p>")
    assert not Article.objects.filter(slug="blocks").exists()


def test_new_posts_of_a_later_file_are_added(tmp_path: Path) -> None:
    bring(written(tmp_path, rss(ITEM)))
    said = bring(written(tmp_path, rss(ITEM.replace("<guid>1", "<guid>2"), ITEM)))
    assert "Drafts made: 1." in said and "left as they are: 1." in said


def test_a_dry_run_says_the_same_and_writes_nothing(media: Path, settings: Settings) -> None:
    before = snapshot()
    dry = bring(WORDPRESS, media=media, dry_run=True)
    assert snapshot() == before
    assert not Path(settings.MEDIA_ROOT).exists()
    assert "This was a dry run: nothing was written." in dry
    real = bring(WORDPRESS, media=media)
    assert dry.replace("that would be made", "made").replace("This was a dry run: nothing was written.\n", "") == real


def test_one_bad_post_does_not_keep_the_others_out(tmp_path: Path) -> None:
    bad = f"<item><title>Bad</title><guid>2</guid><description>{escape('<div>' * 5000)}</description></item>"
    said = bring(written(tmp_path, rss(bad, ITEM)))
    assert "“Bad” was not brought. Its text has more tags" in said
    assert "Drafts made: 1." in said and "Not brought: 1." in said


# --- Who


def test_who_brings_them() -> None:
    editor = UserFactory(role="editor")
    bring(ATOM, by=editor.email.upper())
    assert set(Article.objects.values_list("created_by", flat=True)) == {editor.pk}


@pytest.mark.parametrize("role", ["reader", "author"])
def test_only_editors_may(role: str) -> None:
    somebody = UserFactory(role=role)
    assert refusal(ATOM, by=somebody.email) == "Only an editor or an administrator can bring posts."


def test_somebody_must(administrator: User) -> None:
    assert refusal(ATOM, by="nobody@example.org") == "Nobody has the e-mail address nobody@example.org."
    User.objects.all().delete()
    assert refusal(ATOM) == "There is no administrator yet; name somebody with --by EMAIL."


# --- Files that are none, or worse

BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "The file is empty."),
        (" \n", "The file is empty."),
        ("Dear all,", "This is not an XML file."),
        (b"\x89PNG\r\n\x1a\n", "This is not an XML file."),
        ('{"version": "https://jsonfeed.org/version/1"}', "This is not an XML file."),
        ("<!DOCTYPE html><html><body>404</body></html>", "This is a web page, not a feed or an export."),
        ("\n<!-- x --><HTML><body>404</body></HTML>", "This is a web page, not a feed or an export."),
        ('<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>', "This is a web page"),
        ("<opml><body/></opml>", "The file is XML, but neither a WordPress export nor an RSS or Atom feed."),
        ('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', "old kind RSS 1.0"),
        (gzip.compress(rss(ITEM).encode()), "The file is compressed (gzip)."),
        (b"PK\x03\x04rest", "The file is compressed (zip)."),
        (f'<!DOCTYPE rss [<!ENTITY l0 "lol">{BOMB}]><rss>&l9;</rss>', "declares a document type"),
        ('<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>&x;</rss>', "declares a document type"),
        ('<!DOCTYPE rss SYSTEM "http://evil.example/x.dtd"><rss><channel/></rss>', "declares a document type"),
        ('<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://evil.example/x">%x;]><rss/>', "declares a document type"),
        ("<rss><channel>&nbsp;</channel></rss>", "This is not a whole XML file: undefined entity (line 1)."),
        ("<rss><channel><item><title>T</tit", "This is not a whole XML file:"),
        ("<rss><channel><a>" + "<b>" * 500, "more elements inside one another"),
        ("<rss><channel><item>" + "<b/>" * 200_001, "or in one post"),
        ('<?xml version="1.0" encoding="martian"?><rss/>', "its encoding is martian, which is not known here."),
        ('<?xml version="1.0" encoding="base64"?><rss/>', "encoding is base64, which is not known here."),
        (rss(ITEM.replace("Words", "Café")).encode("cp1252"), "The file is taken for utf-8, but near byte"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, str) else "bytes",
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(
    content: str | bytes, sentence: str, tmp_path: Path
) -> None:
    said = refusal(written(tmp_path, content))
    assert sentence in said
    assert said.endswith(".") and "\n" not in said


def test_files_and_folders_that_are_not_there(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.xml") == f"There is no file {tmp_path / 'none.xml'}."
    assert refusal(tmp_path) == f"There is no file {tmp_path}."
    assert refusal(RSS, media=tmp_path / "none") == f"There is no folder {tmp_path / 'none'}."
    assert (
        refusal(RSS, report=tmp_path / "none" / "r.json") == f"There is no folder {tmp_path / 'none'} for the report."
    )
    assert refusal(RSS, encoding="martian").startswith("There is no encoding “martian”.")
    assert refusal(RSS, encoding="rot13").startswith("There is no encoding “rot13”.")


def test_a_post_that_goes_on_and_on_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_BYTES_A_POST", 3 * 1024 * 1024)
    item = f"<item><title>{'x' * 4_000_000}</title></item>"
    assert "has more than 3 MB" in refusal(written(tmp_path, rss(item)))


def cut(path: Path, where: str) -> bytes:
    content = path.read_bytes()
    return content[: content.index(where.encode())]


def test_a_file_that_breaks_off_brings_nothing(tmp_path: Path) -> None:
    said = refusal(written(tmp_path, cut(WORDPRESS, "<p>Left</p>")))
    assert said.startswith("The file breaks off or is damaged at line ")
    assert "Nothing was brought." in said and "which are whole (1), with --partial." in said


def test_a_file_that_breaks_off_brings_what_is_whole_when_asked(tmp_path: Path) -> None:
    said = bring(written(tmp_path, cut(WORDPRESS, "<p>Left</p>")), partial=True)
    assert [article.slug for article in Article.objects.all()] == ["soap-and-water"]
    assert "Drafts made: 1." in said and "What stands after that was not read." in said
    bring(WORDPRESS)
    assert Article.objects.count() == 3


@pytest.mark.parametrize("path", [WORDPRESS, RSS, ATOM], ids=lambda path: path.name)
def test_wherever_a_file_is_cut_there_is_a_sentence(path: Path, tmp_path: Path) -> None:
    content = path.read_bytes()
    for length in range(0, len(content) - 20, 97):
        file = written(tmp_path, content[:length])
        try:
            found = survey(file)
        except files.Unreadable as error:
            sentence, given = str(error), 0
        else:
            sentence, given = found.broken, len(list(posts(file, found)))
            assert given == found.posts
        assert sentence.endswith(".")


# --- Encodings

ACCENTS = rss(ITEM.replace("<title>T", "<title>Café “naïve” – 5 µg"), head='<?xml version="1.0" encoding="{}"?>')


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("content", "options"),
    [
        (ACCENTS.format("utf-8").encode(), {}),
        (codecs.BOM_UTF8 + ACCENTS.format("utf-8").encode(), {}),
        (("\r\n \n" + ACCENTS.format("utf-8")).encode(), {}),
        (ACCENTS.format("windows-1252").encode("cp1252"), {}),
        # Called Latin-1, as it often is.
        (ACCENTS.format("ISO-8859-1").encode("cp1252"), {}),
        (ACCENTS.format("UTF-16").encode("utf-16"), {}),
        (ACCENTS.format("UTF-16").encode("utf-16-be"), {}),
        (ACCENTS.format("UTF-16").encode("utf-16-le"), {}),
        # Said wrongly.
        (ACCENTS.format("UTF-16").encode(), {}),
        (ACCENTS.format("utf-8").encode("utf-16"), {}),
        (ACCENTS.format("utf-8").encode("cp1252"), {"encoding": "windows-1252"}),
        (codecs.BOM_UTF32_LE + ACCENTS.format("utf-8").encode("utf-32-le"), {}),
        # NUL bytes and other characters that XML forbids.
        (ACCENTS.format("utf-8").replace("Café", "Ca\x00f\x0bé\x1f\uffff").encode(), {}),
    ],
)
def test_encodings(content: bytes, options: dict[str, Any], tmp_path: Path) -> None:
    bring(written(tmp_path, content), **options)
    assert Article.objects.get().title == "Café “naïve” – 5 µg"


def test_what_was_passed_over_is_told(tmp_path: Path) -> None:
    said = bring(written(tmp_path, rss(ITEM.replace("Words", "W\x00o\x08rds"))))
    assert "Characters that XML forbids, passed over: 2." in said


def test_a_character_on_the_border_of_two_pieces_is_whole(tmp_path: Path) -> None:
    for pad in range(4):
        text = "x" * (files.PIECE - 100 + pad) + "é😀" * 100
        file = written(
            tmp_path, rss(f"<item><guid>{pad}</guid><title>T</title><description>{text}</description></item>")
        )
        (post,) = posts(file, survey(file))
        assert post.html == text


# --- Pictures of a folder


@pytest.mark.parametrize(
    "address",
    [
        "https://o.example/wp-content/uploads/../../secret.png",
        "https://o.example/wp-content/uploads/%2e%2e/%2e%2e/secret.png",
        "https://o.example/wp-content/uploads/2013/..%2f..%2f..%2fsecret.png",
        "file:///{outside}",
        "/{outside}",
        "https://o.example/wp-content/uploads/link.png",
        "https://o.example/wp-content/uploads/folder/secret.png",
        "https://o.example/%00.png",
        "https://o.example/" + "n" * 5000 + ".png",
        "https://[",
        "",
    ],
)
def test_a_picture_outside_of_the_folder_is_not_found(address: str, tmp_path: Path) -> None:
    media = tmp_path / "media" / "uploads"
    media.mkdir(parents=True)
    outside = tmp_path / "secret.png"
    PillowImage.new("RGB", (4, 4)).save(outside)
    (media / "link.png").symlink_to(outside)
    (media / "folder").symlink_to(tmp_path)
    html = f'<p>a</p><img src="{address.format(outside=outside)}" alt="x">'
    item = f"<item><guid>1</guid><title>T</title><description>{escape(html)}</description></item>"
    bring(written(tmp_path, rss(item)), media=media)
    assert "[Picture missing: " in Article.objects.get().body
    assert not Image.objects.exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "This is not a picture we can read."),
        (b"GIF89a", "This is not a picture we can read."),
        (b"\x00" * (pictures.MOST_BYTES + 2), "The picture has more than 10 MB."),
    ],
)
def test_a_bad_picture_does_not_keep_the_post_out(content: bytes, reason: str, tmp_path: Path) -> None:
    media = tmp_path / "media"
    media.mkdir()
    (media / "a.png").write_bytes(content)
    html = '<p>a</p><img src="https://o.example/a.png" alt="x">'
    said = bring(
        written(tmp_path, rss(f"<item><guid>1</guid><description>{escape(html)}</description></item>")), media=media
    )
    assert reason in said
    assert Article.objects.get().body == "<p>a</p><p>[Picture missing: a.png]</p>"


# --- Size

ROOT = Path(__file__).resolve().parent.parent.parent
READ_ALL = """
import sys
from pathlib import Path
from articles.importing import posts, survey
file = Path(sys.argv[1])
found = survey(file)
given = sum(1 for _ in posts(file, found))
used = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(found.posts, given, *used)
"""


def large_export(megabytes: int) -> Iterator[str]:
    head, rest = WORDPRESS.read_text().split("<item>", 1)
    item, _, _ = rest.partition("</item>")
    yield head
    made, number = 0, 0
    while made < megabytes * 1_000_000:
        number += 1
        one = f"<item>{item.replace('?p=11', f'?p={number}')}{'<!-- padding -->' * 100}</item>\n"
        made += len(one)
        yield one
    yield "</channel></rss>"


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="how much memory was used is told only by Linux")
def test_fifty_megabytes_are_read_in_little_memory(tmp_path: Path) -> None:
    file = tmp_path / "large.xml"
    with file.open("w") as writer:
        writer.writelines(large_export(50))
    assert file.stat().st_size > 50_000_000
    ran = subprocess.run([sys.executable, "-c", READ_ALL, file], capture_output=True, text=True, check=True, cwd=ROOT)
    surveyed, given, peak_kilobytes = map(int, ran.stdout.split())
    assert surveyed == given > 5000
    assert peak_kilobytes < 80_000
