"""What authors write and readers read.

An `Article` holds the words being worked on. What readers see is never that, but its current `Revision`: the text as it
was when somebody published it, which nothing can change afterwards (a database trigger refuses). A CPD record
can therefore point at the very words that were read.
"""

from articles.models.articles import Article, Byline, Reference, State, Status
from articles.models.assessments import Attempt, Choice, Question, QuestionKind
from articles.models.catalogue import Author, Topic
from articles.models.copies import CopyKind, WorkingCopy
from articles.models.images import Image
from articles.models.reviews import Comment, Review, Verdict, words_hash
from articles.models.revisions import Revision, Significance, text_hash
from articles.models.saved import SavedArticle
from articles.models.search import SearchEntry, SearchWord

__all__ = [
    "Article",
    "Attempt",
    "Author",
    "Byline",
    "Choice",
    "Comment",
    "CopyKind",
    "Image",
    "Question",
    "QuestionKind",
    "Reference",
    "Review",
    "Revision",
    "SavedArticle",
    "SearchEntry",
    "SearchWord",
    "Significance",
    "State",
    "Status",
    "Topic",
    "Verdict",
    "WorkingCopy",
    "text_hash",
    "words_hash",
]
