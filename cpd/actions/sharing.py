"""Writes to links: the owner's done `by` them, an appraiser's by an open link, which is its owner's word for it."""

import datetime
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from cpd.actions.activities import NotYours, SentAlready
from cpd.actions.audit import write_down
from cpd.actions.reminders import ABOUT_COMMENTS
from cpd.models import Activity, Appraiser, AuditWhat, Evidence, Mailing, Pack, ShareComment, ShareEntry, ShareLink
from cpd.reading import lock_reader
from cpd.sharing import digest_of, mailed_code_of, token_of
from meducation.lib.dates import Span

if TYPE_CHECKING:
    from accounts.models import User

# What a form may change of a link; the second part only where it shows activities of a period, for a pack has its own.
OF_EVERY_LINK = ("audience", "shown_name", "asks_code", "days")
PARTS = ("with_reflections", "with_files", "with_plan", "with_requirements")
OF_PERIOD = ("first_on", "last_on", *PARTS)
EDITABLE = (*OF_EVERY_LINK, *OF_PERIOD)
# A link is read in ten minutes, and each of its reflections is looked at before it is shown.
MOST_ENTRIES = 500
MOST_LINKS = 200
MOST_APPRAISERS = 20
MOST_COMMENTS = 500
CODE_MINUTES = 15
MOST_TRIES = 5
PACK_GONE = "What it showed was deleted, so it shows nothing any more. Make another link."
TOO_MANY_ENTRIES = f"A link shows at most {MOST_ENTRIES} activities. Choose a shorter period, or make two links."


class Refused(Exception):
    """It cannot be done; the message is a sentence for the person."""


class LinkChanged(Exception):
    """The link was changed since the form was opened; `current` is how it stands now."""

    def __init__(self, current: ShareLink) -> None:
        super().__init__("The link was changed meanwhile.")
        self.current = current


@dataclass(frozen=True)
class Made:
    """What came of making a link: the link, and whether this request made it."""

    link: ShareLink
    is_new: bool


# --- The owner's -----------------------------------------------------------------------------------------------------


@transaction.atomic
def make_link(*, by: "User", link_id: uuid.UUID, fields: Mapping[str, Any], pack_id: uuid.UUID | None = None) -> Made:
    """Make a link that shows nothing yet: to one's pack, or with all activities of its period ticked.

    With a pack, OF_PERIOD of the `fields` counts for nothing. The same `link_id` again gives the same link. Raises
    SentAlready when that one says something else, NotYours, Refused.
    """
    names = OF_EVERY_LINK if pack_id else EDITABLE
    lock_reader(by)
    existing = ShareLink.objects.filter(pk=link_id).first()
    if existing is not None:
        if existing.user_id != by.pk:
            raise NotYours
        if existing.pack_id != pack_id or any(getattr(existing, name) != fields[name] for name in names):
            raise SentAlready
        return Made(existing, is_new=False)
    if by.share_links.count() >= MOST_LINKS:
        raise Refused(f"You have made {MOST_LINKS} links. Use one of them again.")
    link = ShareLink(
        pk=link_id, user=by, token_sha256=digest_of(token_of(link_id)), **{name: fields[name] for name in names}
    )
    if pack_id is not None:
        _show_pack(link, pack_id)
    link.full_clean(exclude=["user", "pack"], validate_unique=False)
    link.save(force_insert=True)
    if not link.is_of_pack:
        _tick_all(link)
    return Made(link, is_new=True)


@transaction.atomic
def change_link(*, by: "User", link_id: uuid.UUID, version: int, fields: Mapping[str, Any]) -> ShareLink:
    """Change what a link shows; another period ticks all its activities anew. One that is on keeps its end.

    One to a pack stays one to that pack, and one to activities shows no pack.

    Raises LinkChanged, Refused, ShareLink.DoesNotExist.
    """
    lock_reader(by)
    link = _locked(by, link_id)
    if link.version != version:
        raise LinkChanged(link)
    span = Span(link.first_on, link.last_on)
    for name in OF_EVERY_LINK if link.is_of_pack else EDITABLE:
        setattr(link, name, fields[name])
    link.version += 1
    link.full_clean(exclude=["user", "pack"], validate_unique=False)
    link.save()
    write_down(owner=by, what=AuditWhat.LINK_CHANGED, by=by, about=link.pk)
    if span != Span(link.first_on, link.last_on):
        _tick_all(link)
    return link


@transaction.atomic
def choose_entries(
    *, by: "User", link_id: uuid.UUID, shown: Collection[uuid.UUID], ticked: Collection[uuid.UUID]
) -> ShareLink:
    """Of the activities `shown` on a page, put those `ticked` into a link, and the others not.

    Those that are not one's own are left out. Raises Refused, and ShareLink.DoesNotExist also for a link to a pack.
    """
    lock_reader(by)
    link = _locked(by, link_id)
    if link.is_of_pack:
        raise ShareLink.DoesNotExist
    own = set(Activity.objects.owned_by(by).kept().filter(pk__in=shown).values_list("pk", flat=True))
    link.entries.filter(activity__in=own - set(ticked)).delete()
    ShareEntry.objects.bulk_create(
        (ShareEntry(link=link, activity_id=pk) for pk in own & set(ticked)), ignore_conflicts=True
    )
    if link.entries.count() > MOST_ENTRIES:
        raise Refused(TOO_MANY_ENTRIES)
    write_down(owner=by, what=AuditWhat.LINK_CHANGED, by=by, about=link.pk)
    return link


@transaction.atomic
def start_link(*, by: "User", link_id: uuid.UUID, now: datetime.datetime | None = None) -> ShareLink:
    """Turn a link on, for its days from now; also one that was stopped or is over.

    Raises ShareLink.DoesNotExist, and Refused for one whose pack was deleted.
    """
    now = now or timezone.now()
    link = _locked(by, link_id)
    if link.has_lost_its_pack:
        raise Refused(PACK_GONE)
    if not link.is_open(now):
        link.started_at, link.stopped_at = now, None
        link.expires_at = now + datetime.timedelta(days=link.days)
        # Of a link that came from another installation, or from before our secret was changed, the address is another.
        link.token_sha256 = digest_of(token_of(link.pk))
        link.save(update_fields=["started_at", "expires_at", "stopped_at", "token_sha256"])
        write_down(owner=by, what=AuditWhat.LINK_MADE, by=by, about=link.pk)
    return link


@transaction.atomic
def stop_link(*, by: "User", link_id: uuid.UUID, now: datetime.datetime | None = None) -> ShareLink:
    """Stop a link: the next request by it finds nothing. Raises ShareLink.DoesNotExist."""
    now = now or timezone.now()
    link = _locked(by, link_id)
    if link.is_open(now):
        link.stopped_at = now
        link.save(update_fields=["stopped_at"])
        write_down(owner=by, what=AuditWhat.LINK_STOPPED, by=by, about=link.pk)
    return link


def see_comments(*, by: "User", link_id: uuid.UUID, up_to: datetime.datetime) -> None:
    """Keep that the owner has seen what was said by a link until then: what was said later is still new."""
    seen = Q(comments_seen_at__isnull=False, comments_seen_at__gte=up_to)
    by.share_links.filter(~seen, pk=link_id).update(comments_seen_at=up_to)


def _locked(by: "User", link_id: uuid.UUID) -> ShareLink:
    return by.share_links.select_for_update().get(pk=link_id)


def _show_pack(link: ShareLink, pack_id: uuid.UUID) -> None:
    """Let a new link show one of its owner's packs, with that pack's period. Raises NotYours."""
    # Locked, so that it cannot be deleted before the link says that it shows it.
    pack = Pack.objects.owned_by(link.user).frozen().select_for_update().for_listing().filter(pk=pack_id).first()
    if pack is None:
        raise NotYours
    link.is_of_pack, link.pack = True, pack
    link.first_on, link.last_on = pack.first_on, pack.last_on
    for name in PARTS:
        setattr(link, name, False)


def _tick_all(link: ShareLink) -> None:
    """Show all activities of the period, and no others. Raises Refused."""
    span = Span(link.first_on, link.last_on)
    keys = list(Activity.objects.owned_by(link.user).kept().within(span).values_list("pk", flat=True))
    if len(keys) > MOST_ENTRIES:
        raise Refused(TOO_MANY_ENTRIES)
    link.entries.exclude(activity__in=keys).delete()
    ShareEntry.objects.bulk_create((ShareEntry(link=link, activity_id=pk) for pk in keys), ignore_conflicts=True)


# --- The appraiser's -------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_for_code(*, link: ShareLink, name: str, email: str, now: datetime.datetime | None = None) -> Appraiser:
    """Write down who somebody says they are, with a new code to be mailed there. Raises Refused.

    The name becomes theirs only with the code: who does not have the mail cannot change that of who does.
    """
    now = now or timezone.now()
    # Two requests with the same address wait for each other here.
    ShareLink.objects.select_for_update().get(pk=link.pk)
    appraiser = Appraiser.objects.filter(link=link, email=email).first()
    if appraiser is None:
        if link.appraisers.count() >= MOST_APPRAISERS:
            raise Refused("Many people have said who they are by this link already. Ask for a link of your own.")
        appraiser = Appraiser(link=link, email=email, name=name)
    elif appraiser.confirmed_at is None:
        appraiser.name = name
    appraiser.code_number += 1
    appraiser.code_expires_at = now + datetime.timedelta(minutes=CODE_MINUTES)
    appraiser.code_sent_at, appraiser.tries = None, 0
    appraiser.full_clean(exclude=["link"], validate_unique=False)
    appraiser.save()
    return appraiser


@transaction.atomic
def try_code(*, link: ShareLink, appraiser_id: uuid.UUID, code: str, now: datetime.datetime | None = None) -> bool:
    """Whether somebody has the code of the last mail. Each wrong one counts; after five none fits any more.

    A code is good once. Raises Appraiser.DoesNotExist.
    """
    now = now or timezone.now()
    appraiser = link.appraisers.select_for_update().get(pk=appraiser_id)
    is_right = (
        appraiser.tries < MOST_TRIES
        and appraiser.code_expires_at > now
        and constant_time_compare(code, mailed_code_of(appraiser))
    )
    if is_right:
        appraiser.confirmed_at = appraiser.confirmed_at or now
        appraiser.code_expires_at = now
    else:
        appraiser.tries = min(appraiser.tries + 1, MOST_TRIES)
    appraiser.save(update_fields=["confirmed_at", "code_expires_at", "tries"])
    return is_right


@transaction.atomic
def write_comment(
    *,
    link: ShareLink,
    appraiser: Appraiser,
    comment_id: uuid.UUID,
    words: str,
    is_discussed: bool,
    activity: Activity | None = None,
    now: datetime.datetime | None = None,
) -> ShareComment:
    """Keep what a confirmed appraiser says of the whole, or of one activity that the link shows.

    With it the mail that tells its owner is written (cpd.comment_mail). The same `comment_id` again gives the same
    comment. Raises Refused.
    """
    if appraiser.link_id != link.pk or appraiser.confirmed_at is None:
        raise Refused("Say first who you are.")
    ShareLink.objects.select_for_update().get(pk=link.pk)
    existing = ShareComment.objects.filter(pk=comment_id).first()
    if existing is not None:
        if (existing.link_id, existing.appraiser_id) != (link.pk, appraiser.pk):
            raise Refused("Open this page again, and write it there.")
        return existing
    if link.comments.count() >= MOST_COMMENTS:
        raise Refused("There are very many comments already. Write to each other instead.")
    comment = ShareComment(
        pk=comment_id,
        link=link,
        appraiser=appraiser,
        activity=activity,
        words=words,
        is_discussed=is_discussed,
        written_at=now or timezone.now(),
    )
    comment.full_clean(exclude=["link", "appraiser", "activity"], validate_unique=False)
    comment.save(force_insert=True)
    note(link=link, what=AuditWhat.COMMENT_WRITTEN, appraiser=appraiser)
    # Its owner is told once a day for each link: of the second comment of a day, the row is there already.
    today = link.user.profile.local_date(comment.written_at)
    about = f"{ABOUT_COMMENTS}{link.pk}/{today.isoformat()}"
    Mailing.objects.get_or_create(user=link.user, about=about, defaults={"due_at": comment.written_at})
    return comment


def note(*, link: ShareLink, what: AuditWhat, appraiser: Appraiser | None = None, file: Evidence | None = None) -> None:
    """Tell the owner's log that somebody opened a link, or took something along by it. One query."""
    who = appraiser.name if appraiser is not None else link.audience
    words = f"{who}, by your link" if appraiser is not None else f"Somebody with your link for {who}"
    write_down(owner=link.user, what=what, seen_by=words, about=file.pk if file is not None else link.pk)
