"""Put the sample articles that come with Meducation into the site, published through the same action as any other."""

import datetime
import tomllib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import User
from accounts.roles import Role
from articles.actions import publish, send_to_review, sign_off, write_choices
from articles.assessing import TRUE_OR_FALSE, USUAL_PASS_MARK
from articles.composing import compose, hash_to_sign
from articles.models import Article, Author, Byline, Question, QuestionKind, Reference, Topic

SAMPLES = Path(__file__).resolve().parent.parent.parent / "samples"
PUBLISHED_AT = datetime.time(9, 0)
PLAIN = ("title", "slug", "standfirst", "body", "acknowledgement", "competing_interests", "funding")


class Command(BaseCommand):
    help = "Load and publish the sample articles. Those whose address is taken already are left alone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--by", metavar="EMAIL", help="Who publishes them; otherwise the first administrator.")
        parser.add_argument(
            "--reviewer", metavar="EMAIL", help="Who signs those that serve GDC outcomes; otherwise nobody does."
        )

    def handle(self, *args: Any, by: str | None = None, reviewer: str | None = None, **options: Any) -> None:
        editor = self._editor(by)
        asked = self._reviewer(reviewer) if reviewer else None
        loaded = 0
        for path in sorted(SAMPLES.glob("*.toml")):
            words = tomllib.loads(path.read_text(encoding="utf-8"))
            if not Article.objects.filter(slug=words["slug"]).exists():
                article = load(words, by=editor)
                if asked is not None and article.gdc_outcomes:
                    sign(article, reviewer=asked, editor=editor)
                loaded += 1
        self.stdout.write(f"Loaded {loaded} articles.")

    def _reviewer(self, email: str) -> User:
        asked = User.objects.filter(email=email.lower()).first()
        if asked is None or not asked.has_perm("articles.change_review"):
            raise CommandError(f"{email} is not the address of somebody who may review.")
        return asked

    def _editor(self, email: str | None) -> User:
        if email:
            user = User.objects.filter(email=email.lower()).first()
            if user is None:
                raise CommandError(f"Nobody has the e-mail address {email}.")
        else:
            user = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).order_by("pk").first()
            if user is None:
                raise CommandError("There is no administrator yet; name somebody with --by EMAIL.")
        if not user.has_perms(["articles.publish_article", "articles.edit_any_article"]):
            raise CommandError("Only an editor or an administrator can publish the sample articles.")
        return user


@transaction.atomic
def load(words: dict[str, Any], *, by: User) -> Article:
    """One article from the keys described in samples/README.md, published at nine on its date."""
    article = Article.objects.create(
        **{name: words[name] for name in PLAIN},
        learning_objectives="\n".join(words["learning_objectives"]),
        last_reviewed_on=words["last_reviewed_on"],
        review_due_on=words["review_due_on"],
        pass_mark=words.get("pass_mark", USUAL_PASS_MARK),
        gdc_outcomes=words.get("gdc_outcomes", ""),
        interests_declared_on=words["published_on"],
        created_by=by,
    )
    for position, name in enumerate(words["authors"], start=1):
        author, _ = Author.objects.get_or_create(slug=slugify(name), defaults={"name": name})
        Byline.objects.create(article=article, author=author, position=position)
    for name in words["topics"]:
        topic, _ = Topic.objects.get_or_create(slug=slugify(name), defaults={"name": name})
        article.topics.add(topic)
    for position, reference in enumerate(words.get("references", []), start=1):
        row = Reference(article=article, position=position, **reference)
        row.full_clean()
        row.save()
    for position, asked in enumerate(words.get("questions", []), start=1):
        _ask(article, position, asked, by=by)
    date = datetime.datetime.combine(words["published_on"], PUBLISHED_AT, tzinfo=timezone.get_default_timezone())
    publish(article=article, by=by, at=date, now=min(date, timezone.now()))
    return article


@transaction.atomic
def sign(article: Article, *, reviewer: User, editor: User) -> None:
    """Have somebody sign the words two days after they came out, and publish them again with the signature."""
    came_out = article.publish_at or timezone.now()
    review = send_to_review(article=article, by=editor, reviewer=reviewer, now=came_out)
    if review is None:
        return
    signed_at = came_out + datetime.timedelta(days=2)
    sign_off(
        review=review,
        by=reviewer,
        sha256=hash_to_sign(compose(Article.objects.for_composing().get(pk=article.pk))),
        name=reviewer.name,
        credentials="",
        competing_interests="None declared.",
        now=signed_at,
    )
    publish(article=article, by=editor, note="Reviewed; the words are the same.", now=signed_at)


def _ask(article: Article, position: int, asked: dict[str, Any], *, by: User) -> None:
    is_statement = "answers" not in asked
    question = Question(
        article=article,
        position=position,
        kind=QuestionKind.TRUE_FALSE if is_statement else QuestionKind.SINGLE_BEST_ANSWER,
        text=asked["text"],
        explanation=asked["explanation"],
    )
    question.full_clean()
    question.save()
    if is_statement:
        write_choices(by=by, question=question, texts=TRUE_OR_FALSE, right=0 if asked["right"] else 1)
    else:
        write_choices(by=by, question=question, texts=asked["answers"], right=asked["right"] - 1)
