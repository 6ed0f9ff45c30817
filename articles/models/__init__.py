"""What authors write and readers read.

An `Article` holds the words being worked on. What readers see is never that, but its current `Revision`: the text as it
was when somebody published it, which nothing can change afterwards (a database trigger refuses). A CPD record
can therefore point at the very words that were read.
"""

from articles.models.articles import Article, Byline, Reference, Status
from articles.models.assessments import Attempt, Choice, Question, QuestionKind
from articles.models.catalogue import Author, Topic
from articles.models.images import Image
from articles.models.revisions import Revision, Significance, text_hash
from articles.models.saved import SavedArticle
from articles.models.search import SearchEntry, SearchWord

__all__ = [
    "Article",
    "Attempt",
    "Author",
    "Byline",
    "Choice",
    "Image",
    "Question",
    "QuestionKind",
    "Reference",
    "Revision",
    "SavedArticle",
    "SearchEntry",
    "SearchWord",
    "Significance",
    "Status",
    "Topic",
    "text_hash",
]
