"""How an article stands: a table of what is known of it, and what readers are told."""

import datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles.details import Details
from articles.models import Article, Significance, Status
from articles.querysets import published_article
from articles.standing import Change, Flaw, Standing, standing_now, standing_of
from tests.factories.articles import ArticleFactory, RevisionFactory

TODAY = datetime.date(2026, 11, 20)
GOOD = Details(competing_interests="None declared.", review_due_on=datetime.date(2027, 11, 20))


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def details(**changed: Any) -> Details:
    return Details(**({"competing_interests": "None declared.", "review_due_on": GOOD.review_due_on} | changed))


def change(number: int, significance: str, on: str = "2026-05-03", note: str = "The dose was wrong.") -> Change:
    return Change(number, significance, day(on), note)


@pytest.mark.parametrize(
    ("known", "flaws", "headings"),
    [
        ({}, [], []),
        ({"details": details(review_due_on=None)}, [], []),
        # Due is not overdue: that begins the day after.
        ({"details": details(review_due_on=TODAY)}, [], []),
        (
            {"details": details(review_due_on=day("2026-11-19"))},
            [Flaw.REVIEW_OVERDUE],
            ["The review of this article was due on 19 November 2026."],
        ),
        (
            {"details": details(competing_interests="  \n")},
            [Flaw.INTERESTS_MISSING],
            ["The authors have not stated their competing interests."],
        ),
        ({"details": details(offers_cpd=False)}, [Flaw.NO_CPD], []),
        (
            {"status": "retired", "retired_on": day("2026-06-01"), "retired_because": "Superseded by NG 235."},
            [Flaw.RETIRED],
            ["Retired on 1 June 2026: this article is no longer kept up to date."],
        ),
        ({"changes": [change(2, "update"), change(3, "practice-changing")]}, [], []),
        ({"changes": [change(2, "correction")]}, [], ["Corrected on 3 May 2026."]),
        # An editorial change after it leaves the correction where it is.
        ({"changes": [change(2, "correction"), change(3, "editorial")]}, [], ["Corrected on 3 May 2026."]),
        (
            {"changes": [change(2, "correction"), change(3, "editorial"), change(4, "correction", "2026-06-01")]},
            [],
            ["Corrected on 1 June 2026.", "Corrected on 3 May 2026."],
        ),
        # A real change after it does not: from then on it stands near the foot.
        ({"changes": [change(2, "correction"), change(3, "update")]}, [], []),
        (
            {"changes": [change(2, "withdrawal")]},
            [Flaw.WITHDRAWN],
            ["Withdrawn on 3 May 2026: do not rely on this article."],
        ),
        (
            {"changes": [change(2, "withdrawal"), change(3, "editorial")]},
            [Flaw.WITHDRAWN],
            ["Withdrawn on 3 May 2026: do not rely on this article."],
        ),
        # Mended.
        ({"changes": [change(2, "withdrawal"), change(3, "update")]}, [], []),
        (
            {"changes": [change(2, "withdrawal"), change(3, "correction", "2026-06-01")]},
            [],
            ["Corrected on 1 June 2026."],
        ),
        (
            {
                "details": details(competing_interests="", review_due_on=day("2026-01-01"), offers_cpd=False),
                "changes": [change(2, "withdrawal")],
                "status": "retired",
                "retired_on": day("2026-06-01"),
            },
            [Flaw.WITHDRAWN, Flaw.RETIRED, Flaw.INTERESTS_MISSING, Flaw.REVIEW_OVERDUE, Flaw.NO_CPD],
            [
                "Withdrawn on 3 May 2026: do not rely on this article.",
                "Retired on 1 June 2026: this article is no longer kept up to date.",
                "The authors have not stated their competing interests.",
                "The review of this article was due on 1 January 2026.",
            ],
        ),
    ],
)
def test_what_is_known_decides_what_readers_are_told(
    known: dict[str, Any], flaws: list[Flaw], headings: list[str]
) -> None:
    given: dict[str, Any] = {"details": GOOD, "today": TODAY}
    standing = standing_of(**(given | known))
    assert list(standing.flaws) == flaws
    assert [remark.heading for remark in standing.remarks] == headings
    assert standing.is_offered is (not flaws) is (not standing.sentence)


def test_why_it_is_not_offered_is_one_sentence() -> None:
    standing = standing_of(
        details=details(competing_interests="", review_due_on=day("2026-01-01")), changes=[], today=TODAY
    )
    assert standing.sentence == (
        "This article is not offered as CPD: its authors have not stated their competing interests and its review was "
        "due on 1 January 2026 and has not been done."
    )


def test_all_corrections_are_listed_the_newest_first_and_nothing_else_is() -> None:
    changes = [change(2, "correction"), change(3, "update"), change(4, "withdrawal"), change(5, "editorial")]
    standing = standing_of(details=GOOD, changes=changes, today=TODAY)
    assert [each.number for each in standing.corrections] == [4, 2]


# --- Of a row, and on the page ---------------------------------------------------------------------------------------


def published(*later: dict[str, Any], **fields: Any) -> Article:
    """An article with revision 1 and those `later`, of which the last one that is live is the current one."""
    article = ArticleFactory(published=True, **fields)
    for each in later:
        revision = RevisionFactory(article=article, **({"live_from": timezone.now()} | each))
        if revision.live_from <= timezone.now():
            Article.objects.filter(pk=article.pk).update(revision=revision)
    return Article.objects.get(pk=article.pk)


def standing_at(article: Article) -> Standing:
    found = published_article(article.slug)
    assert found is not None
    return standing_now(found)


def page(article: Article) -> str:
    response = Client().get(article.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.django_db
def test_a_correction_that_readers_do_not_see_yet_is_not_told() -> None:
    soon = timezone.now() + datetime.timedelta(days=1)
    article = published({"significance": Significance.CORRECTION, "note": "Soon.", "live_from": soon})
    assert standing_at(article) == Standing()


@pytest.mark.django_db
def test_an_earlier_correction_stays_on_the_page_after_an_editorial_change() -> None:
    article = published(
        {"significance": Significance.CORRECTION, "note": "The dose is 5 mg."},
        {"significance": Significance.EDITORIAL, "note": "A comma."},
    )
    html = page(article)
    top, _, rest = html.partition("<h1")
    assert "Corrected on" in top and "The dose is 5 mg." in top
    assert "Corrections</h2>" in rest and "The dose is 5 mg." in rest
    assert reverse("articles:article-revision", args=[article.slug, 1]) in rest


@pytest.mark.django_db
def test_after_an_update_a_correction_stands_near_the_foot() -> None:
    article = published(
        {"significance": Significance.CORRECTION, "note": "The dose is 5 mg."},
        {"significance": Significance.UPDATE, "note": "A new trial."},
    )
    top, _, rest = page(article).partition("<h1")
    assert "Corrected on" not in top
    assert "The dose is 5 mg." in rest


@pytest.mark.django_db
def test_a_retired_article_says_when_and_why_and_stays_readable() -> None:
    article = published()
    Article.objects.filter(pk=article.pk).update(
        status=Status.RETIRED,
        retired_at=datetime.datetime(2026, 6, 1, 12, tzinfo=datetime.UTC),
        retired_because="There is a newer guideline.",
    )
    top, _, rest = page(article).partition("<h1")
    assert "Retired on 1 June 2026" in top and "There is a newer guideline." in top
    assert "Words." in rest and "Not offered as CPD" in rest


@pytest.mark.django_db
def test_what_an_author_wrote_of_a_change_is_text() -> None:
    article = published({"significance": Significance.CORRECTION, "note": "<script>alert(1)</script>"})
    assert "<script>alert" not in page(article)


# --- Earlier texts ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_earlier_text_is_shown_as_it_was_with_a_banner_and_not_to_search_engines() -> None:
    article = ArticleFactory(published=True, body="<p>Give 50 mg.</p>")
    article.body = "<p>Give 5 mg.</p>"
    article.save()
    article.revision = RevisionFactory(article=article, significance=Significance.CORRECTION, note="The dose is 5 mg.")
    article.save()
    response = Client().get(reverse("articles:article-revision", args=[article.slug, 1]))
    html = response.content.decode()
    assert "Give 50 mg." in html and "Give 5 mg." not in html
    assert "An earlier text: revision 1." in html and "Corrected on" in html
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert f'<link rel="canonical" href="{settings.SITE_URL}{article.get_absolute_url()}">' in html
    assert "reading-timer" not in html


@pytest.mark.django_db
def test_the_current_text_has_one_address() -> None:
    article = published()
    response = Client().get(reverse("articles:article-revision", args=[article.slug, 1]))
    assert response.status_code == 302 and response.headers["Location"] == article.get_absolute_url()


@pytest.mark.django_db
@pytest.mark.parametrize("number", [0, 3, 2**31, 10**30])
def test_a_text_that_never_was_is_not_found(number: int) -> None:
    article = published({"significance": Significance.UPDATE})
    assert Client().get(f"{article.get_absolute_url()}revisions/{number}/").status_code == 404


@pytest.mark.django_db
def test_the_texts_of_an_article_that_was_taken_back_are_gone_with_it() -> None:
    article = published({"significance": Significance.UPDATE})
    Article.objects.filter(pk=article.pk).update(status=Status.DRAFT)
    assert Client().get(reverse("articles:article-revision", args=[article.slug, 1])).status_code == 404
