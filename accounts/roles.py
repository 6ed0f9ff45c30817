"""Who may do what.

A role is a column of the user, and its permissions are this table: nothing to synchronise, nothing to forget when a
database is new. `docs/permissions.md` shows the same table in words, and a test holds the two together.
"""

from django.db import models


class Role(models.TextChoices):
    """What somebody is to the site."""

    READER = "reader", "Reader"
    REVIEWER = "reviewer", "Reviewer"
    AUTHOR = "author", "Author"
    EDITOR = "editor", "Editor"
    ADMINISTRATOR = "administrator", "Administrator"


# Only what they were asked to review (articles/querysets.py).
_REVIEWING = frozenset({"articles.view_review", "articles.change_review"})
_WRITING = _REVIEWING | frozenset(
    {
        "articles.add_review",
        "articles.view_article",
        "articles.add_article",
        "articles.change_article",
        # Only drafts that were never published (articles/admin).
        "articles.delete_article",
        "articles.view_revision",
        "articles.view_topic",
        "articles.view_author",
        "articles.view_image",
        "articles.add_image",
        "articles.view_reference",
        "articles.add_reference",
        "articles.change_reference",
        "articles.delete_reference",
        "articles.view_question",
        "articles.add_question",
        "articles.change_question",
        "articles.delete_question",
        "articles.view_byline",
        "articles.add_byline",
        "articles.change_byline",
        "articles.delete_byline",
    }
)
_EDITING = _WRITING | {
    "articles.publish_article",
    # Without this an author sees and changes only articles that carry their own byline or that they began.
    "articles.edit_any_article",
    "articles.add_topic",
    "articles.change_topic",
    "articles.delete_topic",
    "articles.add_author",
    "articles.change_author",
    "articles.delete_author",
    "articles.change_image",
    "articles.delete_image",
}
_ADMINISTERING = _EDITING | {"accounts.view_user", "accounts.add_user", "accounts.change_user"}

PERMISSIONS: dict[str, frozenset[str]] = {
    Role.READER: frozenset(),
    Role.REVIEWER: _REVIEWING,
    Role.AUTHOR: frozenset(_WRITING),
    Role.EDITOR: frozenset(_EDITING),
    Role.ADMINISTRATOR: frozenset(_ADMINISTERING),
}
# Who may open the desk (the admin) at all.
DESK_ROLES = (Role.REVIEWER, Role.AUTHOR, Role.EDITOR, Role.ADMINISTRATOR)
