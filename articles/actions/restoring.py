"""Taking the words of a published text back into the draft. One transaction; asks whether `by` may."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction

from articles.actions.assessments import put_questions_back
from articles.details import Details
from articles.models import Article, Reference, Revision

if TYPE_CHECKING:
    from accounts.models import User

WORDS = (
    "title", "standfirst", "body", "acknowledgement", "learning_objectives", "competing_interests",
    "interests_declared_on", "funding", "pass_mark", "attempts_allowed",
)  # fmt: skip


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
    locked.title, locked.standfirst = revision.title, revision.standfirst
    locked.body = revision.body  # type: ignore[assignment]  # the editor's field has no types; it holds text
    locked.acknowledgement = details.acknowledgement
    locked.learning_objectives = "\n".join(details.learning_objectives)
    locked.competing_interests = details.competing_interests
    locked.interests_declared_on = details.interests_declared_on
    locked.funding = details.funding
    if details.assessment is not None:
        locked.pass_mark = details.assessment.pass_mark
        locked.attempts_allowed = details.assessment.attempts_allowed
    # A form that was opened before must not put the other words back without asking.
    locked.version += 1
    locked.save(update_fields=[*WORDS, "version", "changed_at"])
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
