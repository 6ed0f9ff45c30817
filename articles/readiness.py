"""Whether an article is fit to be published, and if not, what is missing and where."""

from dataclasses import dataclass

from bs4 import BeautifulSoup

from articles import rendering
from articles.assessing import faults
from articles.composing import library_pictures, working_assessment
from articles.details import names_in_line
from articles.models import Article, Revision


@dataclass(frozen=True)
class Obstacle:
    """One thing to put right: a sentence, and the id of the place in the admin's form where it is done."""

    message: str
    anchor: str


TITLE, STANDFIRST, BODY = "id_title", "id_standfirst", "id_body"
BYLINES, REFERENCES = "bylines-group", "references-group"
QUESTIONS = "questions-group"


def obstacles(article: Article) -> list[Obstacle]:
    """Everything that stands in the way of publishing `article` as it is saved; empty when it is ready.

    Take the article from ArticleQuerySet.for_composing().
    """
    return [
        *_missing_words(article),
        *_byline(article),
        *_pictures(article),
        *_references(article),
        *(Obstacle(sentence, QUESTIONS) for sentence in faults(working_assessment(article))),
    ]


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
    """Those not in the library. What is in it has alternative text or is decorative: a constraint of the table."""
    library = library_pictures(article.body)
    images = BeautifulSoup(article.body, "html.parser").find_all("img")
    return [
        Obstacle(f"Picture {number} is not in the image library: add it there and choose it again.", BODY)
        for number, image in enumerate(images, start=1)
        if not set(rendering.picture_names(str(image))) & library.keys()
    ]


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
