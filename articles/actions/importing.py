"""Bringing an old blog's posts here as drafts: one transaction a post, and never over what is here already."""

import datetime
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.text import slugify

from articles import pictures
from articles.actions.images import add_image
from articles.importing import (
    UNDESCRIBED,
    BadPost,
    NoPicture,
    Post,
    State,
    Survey,
    Wanted,
    carry,
    find_picture,
    first_sentences,
    identity,
    shortened,
)
from articles.models import Article, Author, Byline, Topic

if TYPE_CHECKING:
    from accounts.models import User

NEEDED = (
    "articles.edit_any_article",
    "articles.add_article",
    "articles.add_author",
    "articles.add_topic",
    "articles.add_image",
)
ARTICLE_PAGE = "articles:article-detail"


@dataclass(frozen=True)
class Outcome:
    """What became of one post. Sentences are for the person who brings it."""

    post: Post
    slug: str = ""  # of the draft, new or here before
    is_new: bool = False
    reason: str = ""  # why it was not brought
    remarks: tuple[str, ...] = ()
    new_authors: tuple[str, ...] = ()
    new_topics: tuple[str, ...] = ()
    pictures: int = 0


def bring_posts(
    *,
    posts: Iterable[Post],
    known: Survey,
    by: "User",
    media: Path | None = None,
    with_private: bool = False,
    dry_run: bool = False,
) -> list[Outcome]:
    """Make a draft of each post that is not here yet.

    `known` is the survey of their file, `media` a folder of pictures. What was brought before is left as it is,
    whatever was done to it since. A post that cannot be brought does not keep the others from it: its outcome has the
    reason. With `dry_run` everything is done and then undone, but pictures are only looked at. Raises PermissionDenied.
    """
    if not by.has_perms(NEEDED):
        raise PermissionDenied
    if not dry_run:
        return [_outcome(post, known, by, media, with_private, keep_pictures=True) for post in posts]
    with transaction.atomic():
        outcomes = [_outcome(post, known, by, media, with_private, keep_pictures=False) for post in posts]
        transaction.set_rollback(True)
    return outcomes


def _outcome(
    post: Post, known: Survey, by: "User", media: Path | None, with_private: bool, *, keep_pictures: bool
) -> Outcome:
    before = Article.objects.filter(source_id=identity(post)).values_list("slug", flat=True).first()
    if before is not None:
        return Outcome(post, slug=before)
    if post.state is State.PRIVATE and not with_private:
        return Outcome(post, reason="It was private or had a password. Bring such posts with --private.")
    try:
        with transaction.atomic():
            return _Bringing(post, known, by, media, keep_pictures=keep_pictures).bring()
    except BadPost as error:
        return Outcome(post, reason=str(error))
    except ValidationError as error:
        return Outcome(post, reason=" ".join(error.messages))
    except (DatabaseError, ValueError, OSError) as error:
        # The database's own words may quote the text; their kind is enough to ask somebody who can look.
        return Outcome(post, reason=f"It could not be saved ({type(error).__name__}).")


class _Bringing:
    """The way of one post into the database."""

    def __init__(self, post: Post, known: Survey, by: "User", media: Path | None, *, keep_pictures: bool) -> None:
        self.post = post
        self.known = known
        self.by = by
        self.media = media
        self.keep_pictures = keep_pictures
        self.remarks = list(post.remarks)
        self.placed: set[str] = set()

    def bring(self) -> Outcome:
        """Write the draft. Raises BadPost, ValidationError or DatabaseError."""
        carried = carry(self.post, known=self.known, place=self.place)
        self.remarks += carried.remarks
        article = Article(
            title=self.title(),
            slug=self.slug(),
            standfirst=self.standfirst(carried.html),
            body=carried.html,
            publish_at=self.date(),
            created_by=self.by,
            source_id=identity(self.post),
        )
        # A post without words has none to make a standfirst of. Publishing asks for one.
        article.full_clean(exclude=[] if article.standfirst else ["standfirst"])
        article.save(force_insert=True)
        new_authors = self.sign(article)
        new_topics = self.file(article)
        return Outcome(
            self.post,
            slug=article.slug,
            is_new=True,
            remarks=tuple(self.remarks),
            new_authors=new_authors,
            new_topics=new_topics,
            pictures=len(self.placed),
        )

    # --- Words

    def title(self) -> str:
        most = Article._meta.get_field("title").max_length or 160
        if not self.post.title:
            self.remarks.append("It has no title.")
            return "Without a title"
        if len(self.post.title) > most:
            self.remarks.append(f"Its title is cut to {most} characters: “{self.post.title[:1000]}”")
        return shortened(self.post.title, most)

    def standfirst(self, body: str) -> str:
        most = Article._meta.get_field("standfirst").max_length or 400
        if self.post.excerpt:
            if len(self.post.excerpt) > most:
                self.remarks.append(f"Its excerpt is cut to {most} characters for the standfirst.")
            return shortened(self.post.excerpt, most)
        made = first_sentences(body)
        self.remarks.append(
            "The standfirst is made of the first sentences: better it." if made else "It has no standfirst: write one."
        )
        return made

    def date(self) -> datetime.datetime | None:
        dated = self.post.dated
        if dated is None:
            return None
        if timezone.is_naive(dated):
            # The day that the old blog printed is the day that ours prints.
            dated = timezone.make_aware(dated, timezone.get_default_timezone())
        if dated > timezone.now():
            self.remarks.append("Its date is in the future: published now, readers see it only then.")
        return dated

    def slug(self) -> str:
        wanted = slugify(self.post.slug) or slugify(self.post.title) or "post"
        slug = _free_slug(Article, wanted, is_reserved=_is_reserved)
        if self.post.slug and slug != self.post.slug:
            self.remarks.append(f"Its address ends in “{slug}”, and not in “{self.post.slug[:200]}” as it did.")
        return slug

    # --- Whose it is and what it is about

    def sign(self, article: Article) -> tuple[str, ...]:
        new = []
        for position, name in enumerate(self.post.authors, start=1):
            author, is_new = _named(Author, name)
            Byline.objects.get_or_create(article=article, author=author, defaults={"position": position})
            if is_new:
                new.append(author.name)
        if not self.post.authors:
            self.remarks.append("It names no author.")
        return tuple(new)

    def file(self, article: Article) -> tuple[str, ...]:
        new = []
        for name in self.post.topics:
            topic, is_new = _named(Topic, name)
            article.topics.add(topic)
            if is_new:
                new.append(topic.name)
        return tuple(new)

    # --- Pictures

    def place(self, wanted: Wanted) -> str:
        """The address of a picture in our library, into which it is put. Raises NoPicture."""
        content = self.content(wanted)
        try:
            picture = pictures.reencode(io.BytesIO(content))
        except pictures.BadPicture as error:
            raise NoPicture(str(error).rstrip(".")) from error
        if self.keep_pictures:
            add_image(
                picture=picture,
                title=shortened(wanted.title or wanted.name, 150),
                alternative_text=shortened(wanted.alternative_text, 300) or f"{UNDESCRIBED}{wanted.name}]",
                caption=shortened(wanted.caption, 300),
                by=self.by,
            )
        if not wanted.alternative_text:
            self.remarks.append(f"A picture needs alternative text: {wanted.name}.")
        self.placed.add(picture.name)
        return reverse("articles:image", args=[picture.name])

    def content(self, wanted: Wanted) -> bytes:
        """The bytes of a picture, at most one more than are taken. Raises NoPicture."""
        if wanted.content is not None:
            return wanted.content
        if self.media is None:
            raise NoPicture("name the folder with the old blog's pictures in --media")
        found = find_picture(self.media, wanted.address)
        if found is None:
            raise NoPicture("it is not in the folder")
        try:
            with found.open("rb") as file:
                return file.read(pictures.MOST_BYTES + 1)
        except OSError as error:
            raise NoPicture("its file cannot be read") from error


def _named[Row: (Author, Topic)](kind: type[Row], name: str) -> tuple[Row, bool]:
    """The author or topic of that name, made if there is none; whether it was made."""
    name = shortened(name, kind._meta.get_field("name").max_length or 80)
    slug = slugify(name)
    found = kind.objects.filter(name__iexact=name).order_by("pk").first()
    if found is None and slug:
        found = kind.objects.filter(slug=slug).first()
    if found is not None:
        return found, False
    return kind.objects.create(name=name, slug=_free_slug(kind, slug or kind._meta.model_name or "")), True


def _free_slug(
    kind: type[Article | Author | Topic], wanted: str, is_reserved: Callable[[str], bool] = lambda slug: False
) -> str:
    most = kind._meta.get_field("slug").max_length or 80
    base = wanted[: most - 5].strip("-_") or "post"
    slug, count = base, 1
    while is_reserved(slug) or kind.objects.filter(slug=slug).exists():
        count += 1
        slug = f"{base}-{count}"
    return slug


def _is_reserved(slug: str) -> bool:
    """Whether another page of ours has that address."""
    return resolve(reverse(ARTICLE_PAGE, args=[slug])).view_name != ARTICLE_PAGE
