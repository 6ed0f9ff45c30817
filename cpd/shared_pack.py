"""What a link to a portfolio or pack shows: what was frozen, and nothing that its owner's record says beside it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cpd.identifying import checked
from cpd.models import Activity, Pack, PackFile, PackFormat, ShareComment, ShareLink
from cpd.portfolio.contents import Entry, Portfolio
from cpd.portfolio.in_words import data_of, period_words
from cpd.portfolio.keeping import FromNewer, from_json
from cpd.shared_record import ENTRIES_PER_PAGE


@dataclass(frozen=True)
class SharedPackEntry:
    """One line of the frozen log, with what was said of it by this link."""

    title: str
    comments: Sequence[ShareComment]
    activity: Activity | None  # Only its key; None: it is not in the record any more, and so takes no comments.


@dataclass(frozen=True)
class SharedPack:
    """Everything that a link to a pack shows."""

    link: ShareLink
    pack: Pack
    said: Portfolio | None  # None: a newer release of Meducation made it. Its files can be had all the same.
    beside: Mapping[str, SharedPackEntry]  # By the id of an entry.
    comments: Sequence[ShareComment]  # Of the whole.
    files: Sequence[PackFile]  # Those that are made.

    @property
    def title(self) -> str:
        """ "CPD portfolio 3"."""
        return f"{self.pack.get_kind_display()} {self.pack.number}"

    @property
    def period(self) -> str:
        """As on its paper."""
        return period_words(self.said) if self.said is not None else ""

    @property
    def is_discussed(self) -> bool:
        """Whether an appraiser said so of the whole."""
        return any(comment.is_discussed for comment in self.comments)

    @property
    def other_files(self) -> list[PackFile]:
        """Made ones that are not the PDF, which is there for everybody."""
        return [file for file in self.files if file.format != PackFormat.PDF]

    @cached_property
    def entries(self) -> Sequence[Entry]:
        """The frozen log."""
        return self.said.entries if self.said is not None else ()

    def entry(self, activity_id: uuid.UUID) -> SharedPackEntry | None:
        """The line of one activity on which somebody can comment; None for any other."""
        entry = self.beside.get(str(activity_id))
        return entry if entry is not None and entry.activity is not None else None

    def place(self, activity_id: uuid.UUID) -> int:
        """Which line of the log an activity is, the first being 0."""
        return [entry.id for entry in self.entries].index(str(activity_id))

    def in_words(self, page: int) -> dict[str, Any] | None:
        """What the templates of a portfolio show, with one page of its log, the first being 1."""
        if self.said is None:
            return None
        first = (page - 1) * ENTRIES_PER_PAGE
        return data_of(self.said, sha256=self.pack.sha256, log=self.entries[first : first + ENTRIES_PER_PAGE])


def pack_of(link: ShareLink) -> Pack:
    """What a link to a pack shows; never somebody else's. Raises Pack.DoesNotExist: it was deleted just now."""
    return Pack.objects.owned_by(link.user).select_related("user").get(share_links=link)


def shared_pack(link: ShareLink) -> SharedPack:
    """What a link to a pack shows at this moment. Four queries, however long its log is. Raises Pack.DoesNotExist."""
    pack = pack_of(link)
    try:
        said = from_json(pack.contents)
    except FromNewer:
        said = None
    comments: dict[str, list[ShareComment]] = {}
    for comment in link.comments.in_order():
        comments.setdefault(str(comment.activity_id or ""), []).append(comment)
    kept = Activity.objects.owned_by(link.user).kept().filter(pk__in=pack.entries).only("pk")
    there = {str(activity.pk): activity for activity in kept}
    return SharedPack(
        link=link,
        pack=pack,
        said=said,
        beside={
            entry.id: SharedPackEntry(entry.title, comments.get(entry.id, ()), there.get(entry.id))
            for entry in (said.entries if said is not None else ())
        },
        comments=comments.get("", ()),
        files=[file for file in pack.files.order_by("format") if file.stored_as],
    )


@dataclass(frozen=True)
class PackForOwner:
    """What the owner of a link to a pack should know of it before somebody else looks."""

    reflections: int  # How many it shows.
    titles: Sequence[Entry]  # Something in the title may identify a patient. Reflections were checked when it was made.


def pack_for_owner(shared: SharedPack) -> PackForOwner:
    """How many reflections it shows, and titles to look at again."""
    return PackForOwner(
        reflections=sum(bool(entry.reflection) for entry in shared.entries),
        titles=[each for each in shared.entries if checked([("", each.title)])],
    )
