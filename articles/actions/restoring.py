"""Taking the words of a published text back into the draft. One transaction; asks whether `by` may."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from articles.actions.assessments import put_questions_back
from articles.details import Details
from articles.models import Article, Reference, Revision

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def restore(*, article: Article, revision: Revision, by: "User") -> None:
    """Copy the words, references, questions, objectives and disclosures of `revision` into the words being worked on.

    Byline, topics, dates and what readers see stay as they are. Raises PermissionDenied, also for a revision of
    another article.
    """
    editable = Article.objects.editable_by(by)
    rows = Article.objects.select_for_update(of=("self",)).filter(pk=article.pk, pk__in=editable.values("pk"))
    locked = rows.first()
    if locked is None or revision.article_id != locked.pk:
        raise PermissionDenied
    details = Details.from_json(revision.details)
    words: dict[str, Any] = {
        "title": revision.title,
        "standfirst": revision.standfirst,
        "body": revision.body,
        "acknowledgement": details.acknowledgement,
        "learning_objectives": "\n".join(details.learning_objectives),
        "competing_interests": details.competing_interests,
        "interests_declared_on": details.interests_declared_on,
        "funding": details.funding,
        "gdc_outcomes": details.gdc_outcomes,
    }
    if details.assessment is not None:
        words["pass_mark"] = details.assessment.pass_mark
        words["attempts_allowed"] = details.assessment.attempts_allowed
    # A form that was opened before must not put the other words back without asking.
    words["version"] = locked.version + 1
    for name, value in words.items():
        setattr(locked, name, value)
    locked.save(update_fields=[*words, "changed_at"])
    locked.references.all().delete()
    Reference.objects.bulk_create(
        Reference(
            article=locked,
            position=source.number,
            authors=source.authors,
            title=source.title,
            source=source.source,
            year=source.year,
            doi=source.doi,
            pmid=source.pmid,
            url=source.url,
        )
        for source in details.references
    )
    put_questions_back(by=by, article=locked, assessment=details.assessment)
    article.refresh_from_db()
