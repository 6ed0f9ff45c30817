"""Whether an article is fit to be published, and if not, what is missing and where."""

import datetime
import html
import re
from dataclasses import dataclass

from bs4 import BeautifulSoup

from articles import rendering
from articles.assessing import faults
from articles.composing import hash_to_sign, latest_signatures, library_pictures, working_assessment
from articles.details import is_answered, names_in_line
from articles.importing.marks import MISSING_PICTURE, UNDESCRIBED
from articles.models import Article, Review, Revision, Verdict
from meducation.lib.dates import day_month_year, site_day


@dataclass(frozen=True)
class Obstacle:
    """One thing to put right: a sentence, and the id of the place in the admin's form where it is done."""

    message: str
    anchor: str


TITLE, STANDFIRST, BODY = "id_title", "id_standfirst", "id_body"
BYLINES, REFERENCES, REVIEW = "bylines-group", "references-group", "review"
QUESTIONS = "questions-group"
OBJECTIVES, INTERESTS, DECLARED_ON = "id_learning_objectives", "id_competing_interests", "id_interests_declared_on"
REVIEW_DUE = "id_review_due_on"
# How far ahead the next review may be: medicine moves on.
MOST_YEARS_AHEAD = 3
MISSING = re.compile(rf"{re.escape(MISSING_PICTURE)}([^\]<]*)\]")


def obstacles(article: Article, today: datetime.date | None = None) -> list[Obstacle]:
    """Everything that stands in the way of publishing `article` as it is saved; empty when it is ready.

    Take the article from ArticleQuerySet.for_composing().
    """
    return [
        *_missing_words(article),
        *_byline(article),
        *_pictures(article),
        *_references(article),
        *_objectives(article),
        *_disclosures(article),
        *_review_date(article, today or site_day()),
        *_requests_for_changes(article),
        *(Obstacle(sentence, QUESTIONS) for sentence in faults(working_assessment(article))),
    ]


def advice(article: Article, composed: Revision, today: datetime.date | None = None) -> list[Obstacle]:
    """What is worth a thought before publishing, and stands in nobody's way. `composed` is made of the same words."""
    today = today or site_day()
    found = []
    if article.review_due_on is not None and article.review_due_on < today:
        found.append(Obstacle("The date of the next review has passed: readers are told so.", REVIEW_DUE))
    reviews = list(article.reviews.all())
    found += [
        Obstacle(f"{review.who} was asked to review it and has not answered yet.", REVIEW)
        for review in reviews
        if review.verdict == Verdict.WAITING
    ]
    signed = latest_signatures(reviews)
    if not signed and not article.reviewed_by.strip():
        found.append(Obstacle("Nobody is named as its reviewer.", REVIEW))
    present = hash_to_sign(composed)
    found += [Obstacle(f"{changed_since(review)}.", REVIEW) for review in signed if review.signed_sha256 != present]
    return found


def changed_since(review: Review) -> str:
    """ "Changed since Dr X signed it off on 3 November 2026"; about a signature that is no longer of these words."""
    when = f" on {day_month_year(site_day(review.decided_at))}" if review.decided_at else ""
    return f"Changed since {review.who} signed it off{when}"


def _missing_words(article: Article) -> list[Obstacle]:
    found = []
    if not article.title.strip():
        found.append(Obstacle("Write a title.", TITLE))
    if not article.standfirst.strip():
        found.append(Obstacle("Write a standfirst: one or two sentences under the title.", STANDFIRST))
    if not rendering.count_words(article.body):
        found.append(Obstacle("Write the text.", BODY))
    return found


def _byline(article: Article) -> list[Obstacle]:
    names = [line.author.name for line in article.bylines.all()]
    if not names:
        return [Obstacle("Name at least one author.", BYLINES)]
    longest = Revision._meta.get_field("byline").max_length or 0
    if len(names_in_line(names)) > longest:
        return [Obstacle(f"Name fewer authors: all the names together may have {longest} characters.", BYLINES)]
    return []


def _pictures(article: Article) -> list[Obstacle]:
    """Those not in the library, and those that `import_posts` marked because it could not find or describe them.

    What is in the library has alternative text or is decorative: a constraint of the table.
    """
    library = library_pictures(article.body)
    found = []
    for number, image in enumerate(BeautifulSoup(article.body, "html.parser").find_all("img"), start=1):
        known = [library[name] for name in rendering.picture_names(str(image)) if name in library]
        if not known:
            sentence = f"Picture {number} is not in the image library: add it there and choose it again."
            found.append(Obstacle(sentence, BODY))
        elif (str(image.get("alt", "")) or known[0].alternative_text).startswith(UNDESCRIBED):
            sentence = f"Picture {number} came without alternative text: write it in the image library."
            found.append(Obstacle(sentence, BODY))
    for name in MISSING.findall(article.body):
        mark = f"{MISSING_PICTURE}{html.unescape(name)}]"
        found.append(Obstacle(f"The text says “{mark}”: put the picture there, or take the line out.", BODY))
    return found


def _references(article: Article) -> list[Obstacle]:
    rows = [reference.position for reference in article.references.all()]
    found = [
        Obstacle(f"The text cites [{number}], but there is no reference with that number.", REFERENCES)
        for number in sorted(rendering.cited_numbers(article.body) - set(rows))
    ]
    found += [
        Obstacle(f"More than one reference has the number {number}.", REFERENCES)
        for number in sorted({number for number in rows if rows.count(number) > 1})
    ]
    return found


def _objectives(article: Article) -> list[Obstacle]:
    if article.offers_cpd and not article.learning_objectives.strip():
        return [Obstacle("Write at least one learning objective: the article offers CPD.", OBJECTIVES)]
    return []


def _disclosures(article: Article) -> list[Obstacle]:
    if is_answered(article.competing_interests, article.interests_declared_on):
        return []
    if article.competing_interests.strip():
        return [Obstacle("Say on which day the competing interests were declared.", DECLARED_ON)]
    return [Obstacle("Answer the question about competing interests: “None declared.”, or which.", INTERESTS)]


def _review_date(article: Article, today: datetime.date) -> list[Obstacle]:
    due = article.review_due_on
    if due is None:
        return [Obstacle("Say when it is to be reviewed next.", REVIEW_DUE)]
    if due > _years_after(today, MOST_YEARS_AHEAD):
        return [Obstacle(f"The next review may be at most {MOST_YEARS_AHEAD} years ahead.", REVIEW_DUE)]
    return []


def _years_after(day: datetime.date, years: int) -> datetime.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def _requests_for_changes(article: Article) -> list[Obstacle]:
    return [
        Obstacle(f"{review.who} asks for changes: make them and ask again.", REVIEW)
        for review in article.reviews.all()
        if review.verdict == Verdict.CHANGES and review.settled_at is None
    ]
