"""The authors' and editors' desk, one module for each thing that is edited there."""

from articles.admin.articles import ArticleAdmin
from articles.admin.catalogue import AuthorAdmin, TopicAdmin
from articles.admin.images import ImageAdmin
from articles.admin.reviewing import ReviewAdmin
from articles.admin.revisions import RevisionAdmin

__all__ = ["ArticleAdmin", "AuthorAdmin", "ImageAdmin", "ReviewAdmin", "RevisionAdmin", "TopicAdmin"]
