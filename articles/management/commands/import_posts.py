"""Bring an old blog along: its posts become drafts here. docs/importing.md tells the person who does it how."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.roles import Role
from articles.actions import Outcome, bring_posts
from articles.importing import Survey, Unreadable, posts, survey
from articles.models import Article

MOST_LISTED = 30


class Command(BaseCommand):
    help = (
        "Make drafts of the posts of a WordPress export (WXR), an RSS 2.0 or an Atom file. Nothing is published, "
        "nothing is fetched, and running it again changes nothing that is here already."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="The export or feed, saved as a file.")
        parser.add_argument(
            "--media", type=Path, metavar="FOLDER", help="The old blog's pictures (wp-content/uploads)."
        )
        parser.add_argument("--by", metavar="EMAIL", help="Who brings them; otherwise the first administrator.")
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be done.")
        parser.add_argument("--partial", action="store_true", help="Bring what is whole of a file that breaks off.")
        parser.add_argument(
            "--private", action="store_true", help="Also bring private posts and those with a password."
        )
        parser.add_argument("--encoding", default="", help="What the file is written in, where it says so wrongly.")
        parser.add_argument("--report", type=Path, metavar="FILE", help="Write the report as JSON, too.")

    def handle(
        self,
        *args: Any,
        file: Path,
        media: Path | None = None,
        by: str | None = None,
        dry_run: bool = False,
        partial: bool = False,
        private: bool = False,
        encoding: str = "",
        report: Path | None = None,
        **options: Any,
    ) -> None:
        if media is not None and not media.is_dir():
            raise CommandError(f"There is no folder {media}.")
        if report is not None and not report.parent.is_dir():
            raise CommandError(f"There is no folder {report.parent} for the report.")
        who = _bringer(by)
        try:
            known = survey(file, encoding)
            if known.broken and not partial:
                raise CommandError(
                    f"{known.broken} Nothing was brought. Fetch the file again, or bring the posts before that line, "
                    f"which are whole ({known.posts}), with --partial."
                )
            outcomes = bring_posts(
                posts=posts(file, known, encoding),
                known=known,
                by=who,
                media=media,
                with_private=private,
                dry_run=dry_run,
            )
        except Unreadable as error:
            raise CommandError(str(error)) from error
        except PermissionDenied as error:
            raise CommandError("Only an editor or an administrator can bring posts.") from error
        self._tell(known, outcomes, dry_run=dry_run)
        if report is not None:
            try:
                report.write_text(
                    json.dumps(as_data(known, outcomes, dry_run=dry_run), indent=2, ensure_ascii=False) + "\n"
                )
            except OSError as error:
                raise CommandError(f"The report could not be written: {error.strerror}.") from error

    def _tell(self, known: Survey, outcomes: list[Outcome], *, dry_run: bool) -> None:
        say = self.stdout.write
        new = [outcome for outcome in outcomes if outcome.is_new]
        refused = [outcome for outcome in outcomes if outcome.reason]
        for outcome in new:
            say(f"“{_title(outcome)}” → {_address(outcome)}")
            for remark in outcome.remarks:
                say(f"    {remark}")
        for outcome in refused:
            say(f"“{_title(outcome)}” was not brought. {outcome.reason}")
        say("")
        say(f"{known.kind}, {known.encoding}.")
        if known.broken:
            say(f"{known.broken} What stands after that was not read.")
        if known.passed_over:
            say(f"Characters that XML forbids, passed over: {known.passed_over}.")
        say(f"Drafts {'that would be made' if dry_run else 'made'}: {len(new)}.")
        say(f"Here already, and left as they are: {len(outcomes) - len(new) - len(refused)}.")
        say(f"Not brought: {len(refused)}.")
        say(f"Pictures: {sum(outcome.pictures for outcome in new)}.")
        for words, names in (
            ("New authors", [name for outcome in new for name in outcome.new_authors]),
            ("New topics", [name for outcome in new for name in outcome.new_topics]),
            ("Tags, which are not carried", list(_tags(new))),
            ("Not carried", [f"{number} {kind}" for kind, number in _left_out(known, new).items()]),
        ):
            if names:
                more = f" and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else ""
                say(f"{words}: {', '.join(names[:MOST_LISTED])}{more}.")
        if new:
            say("Old and new addresses, for the old blog's redirects, are in the file that --report writes.")
        elif not refused:
            say("Nothing to do.")
        if dry_run:
            say("This was a dry run: nothing was written.")


def as_data(known: Survey, outcomes: list[Outcome], *, dry_run: bool) -> dict[str, Any]:
    """The report for a program, with the addresses to redirect."""
    new = [outcome for outcome in outcomes if outcome.is_new]
    return {
        "kind": known.kind,
        "encoding": known.encoding,
        "dry_run": dry_run,
        "broken": known.broken,
        "characters_passed_over": known.passed_over,
        "made": [
            {
                "title": outcome.post.title,
                "source_id": outcome.post.source_id,
                "old_address": outcome.post.address,
                "address": _address(outcome),
                "tags": outcome.post.tags,
                "comments": outcome.post.comments,
                "pictures": outcome.pictures,
                "remarks": outcome.remarks,
            }
            for outcome in new
        ],
        "here_already": [
            {"title": outcome.post.title, "source_id": outcome.post.source_id, "address": _address(outcome)}
            for outcome in outcomes
            if not outcome.is_new and not outcome.reason
        ],
        "not_brought": [
            {"title": outcome.post.title, "source_id": outcome.post.source_id, "reason": outcome.reason}
            for outcome in outcomes
            if outcome.reason
        ],
        "new_authors": [name for outcome in new for name in outcome.new_authors],
        "new_topics": [name for outcome in new for name in outcome.new_topics],
        "tags": _tags(new),
        "not_carried": _left_out(known, new),
        "redirects": [
            {"from": outcome.post.address, "to": _address(outcome)}
            for outcome in outcomes
            if outcome.slug and outcome.post.address
        ],
    }


def _bringer(email: str | None) -> User:
    if email:
        user = User.objects.filter(email=email.lower(), is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody has the e-mail address {email}.")
        return user
    user = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).order_by("pk").first()
    if user is None:
        raise CommandError("There is no administrator yet; name somebody with --by EMAIL.")
    return user


def _title(outcome: Outcome) -> str:
    return outcome.post.title[:160] or outcome.post.address or outcome.post.source_id[:160]


def _address(outcome: Outcome) -> str:
    return Article(slug=outcome.slug).get_absolute_url()


def _tags(outcomes: list[Outcome]) -> dict[str, int]:
    return dict(Counter(tag for outcome in outcomes for tag in outcome.post.tags).most_common())


def _left_out(known: Survey, new: list[Outcome]) -> dict[str, int]:
    comments = sum(outcome.post.comments for outcome in new)
    return {**known.left_out, **({"comments": comments} if comments else {})}
