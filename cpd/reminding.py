"""Who is due to be told what, and in which words. Nothing here holds what a person wrote.

A message is due from a day on until it was sent, never "exactly 60 days before": a night without a worker loses
nothing. Its row (`Mailing`) is written first and is unique, so it goes out once, whoever runs this how often.
"""

import datetime
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import batched

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from cpd.actions.reminders import ABOUT_ARTICLES, ABOUT_COMMENTS, ABOUT_IMPACT, digest_of_token, monthly_about
from cpd.article_news import ArticleNews, news_in
from cpd.models import HowOften, Mailing, Notice, Reminders
from cpd.rules.due_dates import DueDate, due_dates
from cpd.rules.next_steps import NOT_TO_REACH
from cpd.rules.types import Binding, Finding, Outcome, RuleKind, Version
from cpd.standing import Stand, standings
from cpd.wording import CHECK_WITH_REGULATOR, said_of, said_of_all, time_left
from meducation.lib.dates import day_month_year

logger = logging.getLogger(__name__)

# How many days before a date somebody is reminded of it; of a day that moves with every activity, only the last time.
DAYS_BEFORE = (60, 14)
# What could not be sent for so long is no longer news.
STALE_AFTER = datetime.timedelta(days=7)
BATCH = 200
# What a mailing of this kind is about: "corrected/<enrolment>/<sha256>".
CORRECTED = "corrected"
SALT = "cpd.reminders"


# --- Links that need no login ----------------------------------------------------------------------------------------


def site_address(path: str) -> str:
    """The whole address of a page, for mail and calendars."""
    return f"{settings.SITE_URL}{path}"


def stop_link(user: User) -> str:
    """The address that stops somebody's reminders. It does not run out: a mail may be opened years later."""
    return site_address(reverse("cpd:reminders-stop", args=[signing.dumps(user.pk, salt=SALT)]))


def owner_of_link(signed: str) -> User | None:
    """Whose reminders a link stops; None for one that is not ours."""
    try:
        return User.objects.filter(pk=signing.loads(signed, salt=SALT)).first()
    except signing.BadSignature:
        return None


def owner_of_calendar(token: str) -> User | None:
    """Whose calendar has that address; None for one that is unknown or was stopped."""
    return (
        User.objects.filter(reminders__calendar_sha256=digest_of_token(token), is_active=True)
        .select_related("profile")
        .first()
    )


def reminders_of(user: User) -> Reminders:
    """How somebody wants to be reminded: not at all, until they say so."""
    return Reminders.objects.filter(user=user).first() or Reminders(user=user)


# --- Where somebody stands -------------------------------------------------------------------------------------------


def stands_of(user: User, today: datetime.date) -> list[Stand]:
    """Where somebody stands in each framework that this release knows."""
    return [stand for stand in standings(user, today=today) if stand.framework is not None]


def dates_of(stand: Stand) -> tuple[DueDate, ...]:
    """The days ahead in one framework."""
    return due_dates(stand.assessment, stand.version)


# --- Who is due ------------------------------------------------------------------------------------------------------


def write_due_mailings(now: datetime.datetime) -> int:
    """Write a row for every message that is due and was not written yet; how many."""
    wanting = Reminders.objects.exclude(how_often=HowOften.OFF).filter(user__is_active=True)
    written = 0
    for keys in batched(wanting.order_by("pk").values_list("pk", flat=True), BATCH, strict=False):
        for reminders in wanting.filter(pk__in=keys).select_related("user__profile"):
            try:
                written += write_mailings_of(reminders.user, now)
            except Exception:  # One person's record must not keep everybody else's reminders back.
                logger.exception("The reminders of one person could not be worked out.")
    return written


@transaction.atomic
def write_mailings_of(user: User, now: datetime.datetime) -> int:
    """The same for one person, as they want it at this moment: they may have said otherwise since the night began."""
    reminders = Reminders.objects.select_for_update().filter(user=user).first()
    how_often = HowOften(reminders.how_often) if reminders else HowOften.OFF
    if how_often is HowOften.OFF:
        return 0
    today = user.profile.local_date(now)
    abouts = [monthly_about(today)] if how_often is HowOften.MONTHLY else []
    if abouts and Mailing.objects.filter(user=user, about__in=abouts).exists():
        return 0
    stands = stands_of(user, today)
    if how_often is HowOften.DEADLINES:
        abouts = [about for stand in stands for about in _abouts_of(stand, today)]
    elif stands and _joined_this_month(user, stands, today):
        return 0
    if not stands or not abouts:
        return 0
    known = set(Mailing.objects.filter(user=user, about__in=abouts).values_list("about", flat=True))
    new = [Mailing(user=user, about=about, due_at=now) for about in abouts if about not in known]
    Mailing.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _joined_this_month(user: User, stands: Iterable[Stand], today: datetime.date) -> bool:
    """Whether the first framework was joined in this month: a mail comes on the first of a month, not on any day."""
    first = min(stand.enrolment.created_at for stand in stands)
    return monthly_about(user.profile.local_date(first)) == monthly_about(today)


def _abouts_of(stand: Stand, today: datetime.date) -> Iterator[str]:
    for date in dates_of(stand):
        left = (date.day - today).days
        reached = [days for days in (DAYS_BEFORE[-1:] if date.moves else DAYS_BEFORE) if left <= days]
        if reached:
            # Only the nearest: who was away for both is told once.
            yield f"ends/{stand.enrolment.pk}/{date.day.isoformat()}/{min(reached)}"


def people_to_mail(now: datetime.datetime) -> list[int]:
    """Keys of the people for whom something is written and not sent."""
    waiting = Mailing.objects.filter(sent_at__isnull=True, due_at__gt=now - STALE_AFTER)
    return list(waiting.order_by("user").values_list("user", flat=True).distinct())


# --- The mail --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Section:
    """One framework in a mail."""

    name: str
    verdict: str
    ends: str
    left: tuple[str, ...]
    to_check: tuple[str, ...]
    dates: tuple[str, ...]
    address: str


def send_waiting(user_pk: int, now: datetime.datetime | None = None) -> bool:
    """Send somebody all that waits for them, in one mail; whether there was anything.

    Not questions and comments, which have mails of their own (cpd.asking, cpd.comment_mail).

    Raises what the mail server's connection raises (OSError, SMTPException): then all of it goes on waiting.
    """
    now = now or timezone.now()
    with transaction.atomic():
        waiting = list(
            Mailing.objects.select_for_update(skip_locked=True)
            .filter(user=user_pk, sent_at__isnull=True, due_at__gt=now - STALE_AFTER)
            .exclude(Q(about__startswith=ABOUT_IMPACT) | Q(about__startswith=ABOUT_COMMENTS))
        )
        user = User.objects.select_related("profile").filter(pk=user_pk, is_active=True).first()
        if not waiting or user is None:
            return False
        # Read with the rows locked: whoever stops the reminders from here on waits until this mail is gone.
        reminders = reminders_of(user)
        unwanted = [mailing for mailing in waiting if not _is_wanted(mailing, reminders)]
        Mailing.objects.filter(pk__in=[mailing.pk for mailing in unwanted]).delete()
        waiting = [mailing for mailing in waiting if mailing not in unwanted]
        if not waiting:
            return False
        message = _message(user, [mailing.about for mailing in waiting], now)
        if message is not None:
            message.send()
        # Only now: who crashes before this line sends it again rather than never.
        Mailing.objects.filter(pk__in=[mailing.pk for mailing in waiting]).update(sent_at=now)
    return message is not None


def _is_wanted(mailing: Mailing, reminders: Reminders) -> bool:
    if mailing.about.startswith(ABOUT_ARTICLES):
        return reminders.tell_of_changes
    return reminders.how_often != HowOften.OFF


def _message(user: User, abouts: Iterable[str], now: datetime.datetime) -> EmailMultiAlternatives | None:
    """The mail about all that; None when there is nothing to say any more."""
    today = user.profile.local_date(now)
    corrected = [about for about in abouts if about.startswith(f"{CORRECTED}/")]
    of_articles = [about for about in abouts if about.startswith(ABOUT_ARTICLES)]
    others = [about for about in abouts if about not in corrected and about not in of_articles]
    news = _news(user, of_articles)
    notices = list(
        Notice.objects.filter(user=user, about__in=corrected).order_by("created_at").values_list("text", flat=True)
    )
    # Of a currency like AMA PRA, which asks nothing by itself, there is nothing to say.
    stands = [stand for stand in stands_of(user, today) if stand.assessment.findings] if others else []
    if not stands and not notices and not news:
        return None
    near = _near(stands, today) if any(about.startswith("ends/") for about in others) else []
    context = {
        "today": day_month_year(today),
        "notices": notices,
        "news": news,
        "near": near,
        "sections": [section_of(stand, today) for stand in stands],
        "requirements_url": site_address(reverse("cpd:requirements")),
    }
    subject = render_to_string("emails/cpd_reminder_subject.txt", context).strip()
    return stoppable_message(user, "cpd_reminder", subject=subject, context=context)


def stoppable_message(user: User, name: str, *, subject: str, context: Mapping[str, object]) -> EmailMultiAlternatives:
    """The mail of the templates "emails/<name>_message", which is stopped by one press, the mail program's own too."""
    stop = stop_link(user)
    context = {
        **context,
        "reminders_url": site_address(reverse("cpd:reminders")),
        "stop_url": stop,
        "site_url": settings.SITE_URL,
    }
    message = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(f"emails/{name}_message.txt", context),
        to=[user.email],
        headers={
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(render_to_string(f"emails/{name}_message.html", context), "text/html")
    return message


@dataclass(frozen=True)
class MailedNews:
    """One changed article in a mail."""

    news: ArticleNews
    address: str  # Of the notice, with one's own activities.
    article_address: str  # Empty when readers do not see it any more.


def _news(user: User, abouts: list[str]) -> list[MailedNews]:
    """What is told of articles, the latest first."""
    if not abouts:
        return []
    told = [news_in(notice) for notice in Notice.objects.filter(user=user, about__in=abouts).of_articles().for_page()]
    return [
        MailedNews(
            news=news,
            address=site_address(news.notice.get_absolute_url()),
            article_address=site_address(article.get_absolute_url()) if article and article.is_published() else "",
        )
        for news in told
        if news is not None
        for article in [news.notice.article]
    ]


def section_of(stand: Stand, today: datetime.date) -> Section:
    """One framework in words: what is left, what to check, which days are ahead."""
    assessment = stand.assessment
    all_of_it = said_of_all(assessment, stand.framework.body if stand.framework else stand.name)
    ends = next((date.day for date in dates_of(stand) if date.is_cycle_end), None)
    open_findings = [finding for finding in assessment.findings if _is_open(finding)]
    caveats = assessment.caveats if assessment.cycle is None else ()
    return Section(
        name=stand.name,
        verdict=f"{all_of_it.word}. {all_of_it.left}".strip() if all_of_it.left else f"{all_of_it.word}.",
        ends=f"Your present cycle ends on {day_month_year(ends)}: {time_left(ends, today)}." if ends else "",
        left=(*caveats, *(_line(finding, stand.version) for finding in open_findings if finding.counts)),
        to_check=tuple(_line(finding, stand.version) for finding in open_findings if not finding.counts),
        dates=tuple(
            f"{day_month_year(date.day)}: {names_of(date)}" for date in dates_of(stand) if not date.is_cycle_end
        ),
        address=site_address(stand.enrolment.get_absolute_url()),
    )


def names_of(date: DueDate) -> str:
    """What falls on a day: "Annual statement", "Peer discussion (check with your regulator)"."""
    if date.is_cycle_end:
        return "your present cycle ends"
    return ", ".join(
        finding.requirement.name if finding.counts else f"{finding.requirement.name} ({CHECK_WITH_REGULATOR.lower()})"
        for finding in date.findings
    )


def _near(stands: Iterable[Stand], today: datetime.date) -> list[str]:
    dates = [(date.day, stand.short, names_of(date)) for stand in stands for date in dates_of(stand)]
    return [
        f"{short}: {names} on {day_month_year(day)} ({time_left(day, today)})"
        for day, short, names in sorted(dates)
        if (day - today).days <= max(DAYS_BEFORE)
    ]


def _is_open(finding: Finding) -> bool:
    rule = finding.requirement
    if rule.kind in NOT_TO_REACH or (rule.kind is RuleKind.DEADLINE and finding.due is not None):
        return False  # Nobody reaches the one; the other stands among the dates.
    return finding.outcome in (Outcome.NOT_YET, Outcome.NOT_MET, Outcome.DECLARE)


def _line(finding: Finding, version: Version | None) -> str:
    said = said_of(finding, version)
    words = said.left or f"{said.word[:1].lower()}{said.word[1:]}"
    advice = " (recommended)" if finding.requirement.binding is Binding.RECOMMENDED else ""
    return f"{finding.requirement.name}{advice}: {words}"
