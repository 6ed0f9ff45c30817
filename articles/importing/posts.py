"""What a file of posts holds, whichever of the three kinds it is."""

import datetime
import enum
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from articles.importing.media import key_of


class BadPost(Exception):
    """One post cannot be brought. The message is a sentence for the person who brings it."""


class State(enum.Enum):
    """What readers of the old blog saw of a post."""

    PUBLISHED = "published"
    DRAFT = "draft"
    PRIVATE = "private"  # for those who were logged in there, or who knew a password


@dataclass(frozen=True)
class Attachment:
    """What a WordPress export says of a file in its library."""

    address: str
    title: str = ""
    alternative_text: str = ""
    caption: str = ""


@dataclass(frozen=True)
class Post:
    """One post as the file has it. Titles, names and the excerpt are plain text; `html` is anything at all."""

    source_id: str
    title: str = ""
    slug: str = ""  # empty where the file does not say
    address: str = ""
    excerpt: str = ""
    html: str = ""
    # Text of the old WordPress editor, in which an empty line makes a paragraph.
    is_classic: bool = False
    # Without a time zone it is by the clock of the old blog, as printed there.
    dated: datetime.datetime | None = None
    authors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    state: State = State.PUBLISHED
    comments: int = 0
    # The address of the picture that headed the post.
    featured: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Survey:
    """What one look through a whole file found, before anything is brought."""

    kind: str  # "WordPress export", "RSS feed" or "Atom feed"
    encoding: str
    posts: int = 0
    # How many of what is not carried: {"pages": 3}.
    left_out: Mapping[str, int] = field(default_factory=dict)
    # Names of a WordPress export by login.
    writers: Mapping[str, str] = field(default_factory=dict)
    # Files of a WordPress export by number.
    attachments: Mapping[str, Attachment] = field(default_factory=dict)
    # Characters that no XML may hold, which were passed over.
    passed_over: int = 0
    # Why the rest of the file cannot be read; empty when it is whole.
    broken: str = ""

    def attachment_at(self, address: str) -> Attachment | None:
        """The file of the export that an address shows, or a smaller copy of it."""
        return self._by_key.get(key_of(address))

    @cached_property
    def _by_key(self) -> dict[str, Attachment]:
        return {key_of(file.address): file for file in self.attachments.values()}


LONGEST_IDENTITY = 500


def identity(post: Post) -> str:
    """What its draft is known by, so that bringing it again makes no second one."""
    return post.source_id if len(post.source_id) <= LONGEST_IDENTITY else digest(post.source_id)


def digest(*parts: str) -> str:
    """An id of a fixed length for something without a short one."""
    return f"sha256:{hashlib.sha256('\x00'.join(parts).encode()).hexdigest()}"
