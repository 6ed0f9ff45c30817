"""From the words being worked on to a revision that is not saved yet: for publishing, and for previews."""

from dataclasses import asdict, replace

from articles import rendering
from articles.assessing import AskedQuestion, Assessment, Option
from articles.comparing import Text
from articles.details import Details, SignedReview, Source, Writer, names_in_line
from articles.models import Article, Image, Review, Revision, Verdict, text_hash, words_hash
from articles.sanitising import sanitise
from meducation.lib.dates import site_day


def compose(article: Article) -> Revision:
    """The revision that publishing `article` now would make; number, dates and maker are left to the caller.

    Take the article from ArticleQuerySet.for_composing().
    """
    # Once more on the way out: a body that reached the table by SQL has passed no sanitiser of ours.
    body = sanitise(article.body)
    details = _with_reviews(_details(article), article, body)
    rendered = rendering.render(
        body, references=[source.number for source in details.references], pictures=library_pictures(body)
    )
    plain = details.to_json()
    return Revision(
        article=article,
        title=article.title,
        standfirst=article.standfirst,
        body=body,
        details=plain,
        byline=names_in_line([writer.name for writer in details.writers]),
        sha256=text_hash(title=article.title, standfirst=article.standfirst, body=body, details=plain),
        rendered=rendered.html,
        outline=[asdict(heading) for heading in rendered.outline],
        words=rendered.words,
        reading_minutes=rendered.reading_minutes,
    )


def text_of(revision: Revision) -> Text:
    """The words of a revision, saved or composed, to compare with others."""
    return Text(
        title=revision.title,
        standfirst=revision.standfirst,
        body=revision.body,
        details=Details.from_json(revision.details),
    )


def signed_text(review: Review) -> Text:
    """The words a reviewer signed."""
    words = review.signed_words or {}
    return Text(
        title=words.get("title", ""),
        standfirst=words.get("standfirst", ""),
        body=words.get("body", ""),
        details=Details.from_json(words.get("details", {})),
    )


def hash_to_sign(composed: Revision) -> str:
    """SHA-256 of the words a reviewer would sign."""
    return words_hash(
        title=composed.title, standfirst=composed.standfirst, body=composed.body, details=composed.details
    )


def _with_reviews(details: Details, article: Article, body: str) -> Details:
    """With each reviewer's latest signature, newest first; what was typed by hand stays where nobody signed."""
    signed = latest_signatures(list(article.reviews.all()))
    if not signed:
        return details
    present = words_hash(title=article.title, standfirst=article.standfirst, body=body, details=details.to_json())
    reviews = tuple(
        SignedReview(
            name=review.name,
            credentials=review.credentials,
            competing_interests=review.competing_interests,
            signed_on=site_day(review.decided_at) if review.decided_at else None,
            is_of_this_text=review.signed_sha256 == present,
        )
        for review in signed
    )
    return replace(
        details,
        reviews=reviews,
        reviewed_by=names_in_line([review.signature for review in reviews]),
        last_reviewed_on=max((review.signed_on for review in reviews if review.signed_on), default=None),
    )


def latest_signatures(reviews: list[Review]) -> list[Review]:
    """Of each person the newest signature, of reviews that come newest first, as the table gives them."""
    found: dict[int, Review] = {}
    for review in reviews:
        if review.verdict == Verdict.SIGNED:
            # Somebody whose account has gone is still somebody of their own.
            found.setdefault(review.reviewer_id or -review.pk, review)
    return list(found.values())


def library_pictures(body: str) -> dict[str, rendering.Picture]:
    """What the library knows of the pictures in a body, by file name."""
    rows = Image.objects.filter(name__in=rendering.picture_names(body))
    return {
        image.name: rendering.Picture(
            width=image.width,
            height=image.height,
            alternative_text=image.alternative_text,
            credit=image.credit,
            smaller_widths=tuple(image.smaller_widths),
        )
        for image in rows
    }


def _details(article: Article) -> Details:
    bylines = article.bylines.all()
    return Details(
        writers=tuple(
            Writer(
                name=line.author.name,
                slug=line.author.slug,
                credentials=line.author.credentials,
                family_name=line.author.family_name,
            )
            for line in bylines
        ),
        learning_objectives=tuple(line.strip() for line in article.learning_objectives.splitlines() if line.strip()),
        acknowledgement=article.acknowledgement.strip(),
        references=tuple(
            Source(
                number=reference.position,
                title=reference.title,
                authors=reference.authors,
                source=reference.source,
                year=reference.year,
                doi=reference.doi,
                pmid=reference.pmid,
                url=reference.url,
            )
            for reference in article.references.all()
        ),
        competing_interests=article.competing_interests.strip(),
        funding=article.funding.strip(),
        reviewed_by=article.reviewed_by.strip(),
        last_reviewed_on=article.last_reviewed_on,
        review_due_on=article.review_due_on,
        interests_declared_on=article.interests_declared_on,
        offers_cpd=article.offers_cpd,
        gdc_outcomes=article.gdc_outcomes,
        assessment=working_assessment(article),
    )


def working_assessment(article: Article) -> Assessment | None:
    """The questions being worked on. None without any: a pass mark nobody can reach or miss is no part of the text."""
    questions = tuple(
        AskedQuestion(
            key=str(question.key),
            kind=question.kind,
            text=question.text.strip(),
            options=tuple(Option(key=str(choice.key), text=choice.text) for choice in question.choices.all()),
            right=next((str(choice.key) for choice in question.choices.all() if choice.is_correct), ""),
            explanation=question.explanation.strip(),
        )
        for question in article.questions.all()
    )
    if not questions:
        return None
    return Assessment(questions=questions, pass_mark=article.pass_mark, attempts_allowed=article.attempts_allowed)
