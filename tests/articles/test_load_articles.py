"""The sample articles that come with the site."""

import tomllib
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from articles.attempts import assessment_of
from articles.management.commands.load_articles import SAMPLES
from articles.models import Article, Revision
from articles.rendering import cited_numbers
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

FILES = sorted(SAMPLES.glob("*.toml"))


def test_there_are_at_least_eight() -> None:
    assert len(FILES) >= 8


@pytest.mark.sweep
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_cites_all_its_references_and_only_those(path: Path) -> None:
    words = tomllib.loads(path.read_text(encoding="utf-8"))
    assert cited_numbers(words["body"]) == set(range(1, len(words["references"]) + 1))


@pytest.mark.sweep
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_explanations_cite_references_that_are_there(path: Path) -> None:
    words = tomllib.loads(path.read_text(encoding="utf-8"))
    for asked in words.get("questions", []):
        assert cited_numbers(f"<p>{asked['explanation']}</p>") <= set(range(1, len(words["references"]) + 1))


def test_some_ask_questions_whose_right_answer_is_the_one_the_file_names() -> None:
    UserFactory(role="administrator")
    call_command("load_articles", verbosity=0)
    asking = [path for path in FILES if "[[questions]]" in path.read_text(encoding="utf-8")]
    assert len(asking) >= 3
    for path in asking:
        words = tomllib.loads(path.read_text(encoding="utf-8"))
        assessment = assessment_of(Article.objects.select_related("revision").get(slug=words["slug"]))
        assert assessment is not None
        named = [
            asked["answers"][asked["right"] - 1] if "answers" in asked else str(asked["right"])
            for asked in words["questions"]
        ]
        assert [question.text_of(question.right) for question in assessment.questions] == named


def test_all_are_published_once() -> None:
    UserFactory(role="administrator")
    call_command("load_articles", verbosity=0)
    assert Article.objects.published().count() == len(FILES)
    for revision in Revision.objects.all():
        assert 600 <= revision.words <= 1500
        assert len(revision.outline) >= 3
        assert "cite-1-1" in revision.rendered
        assert "callout__label" in revision.rendered
    Article.objects.filter(slug="breaking-bad-news").update(title="Changed here")
    call_command("load_articles", verbosity=0)
    assert Article.objects.count() == len(FILES)
    assert Article.objects.get(slug="breaking-bad-news").title == "Changed here"


def test_somebody_who_may_must_publish_them() -> None:
    with pytest.raises(CommandError, match="no administrator"):
        call_command("load_articles")
    with pytest.raises(CommandError, match="Nobody has"):
        call_command("load_articles", by="nobody@example.org")
    reader = UserFactory()
    with pytest.raises(CommandError, match="Only an editor"):
        call_command("load_articles", by=reader.email)
    assert not Article.objects.exists()
    editor = UserFactory(role="editor")
    call_command("load_articles", by=editor.email.upper(), verbosity=0)
    assert Revision.objects.filter(made_by=editor).count() == len(FILES)
