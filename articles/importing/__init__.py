"""Reading an old blog: from a file to posts, and from a post's HTML to ours.

Nothing here writes to the database or asks the network; `articles.actions.bring_posts` does the writing.
"""

from articles.importing.bodies import Carried, NoPicture, Wanted, carry, first_sentences, shortened
from articles.importing.feeds import posts, survey
from articles.importing.files import Unreadable
from articles.importing.marks import MISSING_PICTURE, UNDESCRIBED
from articles.importing.media import find_picture
from articles.importing.posts import Attachment, BadPost, Post, State, Survey, identity

__all__ = [
    "MISSING_PICTURE",
    "UNDESCRIBED",
    "Attachment",
    "BadPost",
    "Carried",
    "NoPicture",
    "Post",
    "State",
    "Survey",
    "Unreadable",
    "Wanted",
    "carry",
    "find_picture",
    "first_sentences",
    "identity",
    "posts",
    "shortened",
    "survey",
]
