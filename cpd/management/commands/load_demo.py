"""The people and the half year of CPD that a demonstration shows."""

import datetime
import io
import uuid
import zoneinfo
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from articles.models import Article, Author, Review
from cpd.actions import add_activity, log_reading
from cpd.actions.activity_templates import make_template
from cpd.actions.certificates import make_certificate
from cpd.actions.drafts import Typed, save_draft
from cpd.actions.goals import add_goal, amend_goal, carry_goals, choose_activities
from cpd.actions.highlights import set_highlight
from cpd.actions.impact import say_what_changed
from cpd.actions.packs import make_pack
from cpd.actions.reflections import Reflected
from cpd.actions.sharing import EDITABLE as EDITABLE_OF_LINK
from cpd.actions.sharing import ask_for_code, make_link, start_link, try_code, write_comment
from cpd.drafts import words_in
from cpd.forms import ActivityForm
from cpd.management.colleagues import Colleague, colleagues, record
from cpd.models import USUAL_DAYS, Activity, ImpactAnswer, Kind, PackKind
from cpd.portfolio.contents import Chosen
from cpd.portfolio.gathering import gathered
from cpd.reading import BeatReport, take_beat
from cpd.sharing import mailed_code_of

PASSWORD = "meducation-demo"  # noqa: S105 (printed by `make run`; refused outside the demonstration)
PEOPLE = (
    ("clinician@example.org", "Dr Amara Osei", Role.READER),
    ("reviewer@example.org", "Dr Mei Tanaka", Role.REVIEWER),
    ("author@example.org", "Sam Whitfield", Role.AUTHOR),
    ("editor@example.org", "Ines Carvalho", Role.EDITOR),
    ("admin@example.org", "Robin Hale", Role.ADMINISTRATOR),
)
# Days ago, kind, title, who provided it, minutes, reflection.
DONE = (
    (176, Kind.MANDATORY, "Basic life support update", "Trust resuscitation team", 120, ""),
    (
        169,
        Kind.COURSE,
        "Safeguarding adults, level 3",
        "Trust e-learning",
        180,
        "Our surgery has no one place where a concern is written down. I will raise it at the practice meeting.",
    ),
    (158, Kind.JOURNAL_CLUB, "Journal club: diagnostic tests in primary care", "Practice", 60, ""),
    (
        151,
        Kind.TEACHING,
        "Taught Foundation doctors: reading an ECG",
        "Postgraduate centre",
        90,
        "Two of them had never been shown a systematic order. Start with the order next time, not with examples.",
    ),
    (
        140,
        Kind.CASE,
        "Case discussion: a late diagnosis",
        "Practice",
        45,
        "Safety-netting was said but not written down. I now write it in the notes in the patient's words.",
    ),
    (
        129,
        Kind.CONFERENCE,
        "Regional primary care conference",
        "Faculty",
        390,
        "Most useful: the session on inhaler technique. I will check it at every asthma review.",
    ),
    (112, Kind.QUALITY, "Audit of repeat prescribing, first cycle", "Practice", 240, ""),
    (98, Kind.SUPERVISION, "Educational supervision meeting", "Practice", 60, ""),
    (
        84,
        Kind.COURSE,
        "Consultation skills workshop",
        "Deanery",
        210,
        "Silence works. I counted to five after asking, and heard the real reason twice in one morning.",
    ),
    (
        63,
        Kind.QUALITY,
        "Audit of repeat prescribing, second cycle",
        "Practice",
        150,
        "Reviews done in time rose from about half to most. The reminder on the prescription did it.",
    ),
    (41, Kind.JOURNAL_CLUB, "Journal club: deprescribing", "Practice", 60, ""),
    (20, Kind.MANDATORY, "Information governance", "Trust e-learning", 40, ""),
    (9, Kind.TEACHING, "Taught nurses: spotting deterioration early", "Practice", 60, ""),
)
# Days ago, which article, minutes read, minutes logged, why more, reflection.
READ = (
    (105, "consent-after-montgomery", 6, 6, "", "I will ask what matters to the patient before I list the risks."),
    (92, "deprescribing-and-anticholinergic-burden", 7, 7, "", ""),
    (70, "writing-a-useful-reflection", 5, 5, "", ""),
    (
        47, "interpreting-a-diagnostic-test", 6, 10, "I also worked through the example with our own figures.",
        "A test with good figures says little when the disease is rare. I had known it and not used it.",
    ),
    (27, "hand-hygiene-and-the-five-moments", 8, 8, "", ""),
    (6, "recognising-delirium-with-the-4at", 7, 5, "", "Four items, two minutes: I will carry the card."),
)  # fmt: skip
CERTIFIED = ("interpreting-a-diagnostic-test", "recognising-delirium-with-the-4at")
# Read and not logged: the inbox.
UNCLAIMED = ((3, "breaking-bad-news", 4), (1, "inhaler-technique-in-asthma", 6))
# Of the colleagues, whose link shows progress by requirement.
APPRAISED = "gp@example.org"
LONDON = zoneinfo.ZoneInfo("Europe/London")


class Command(BaseCommand):
    """Only ever in the demonstration."""

    help = "Make the demonstration's people, sample articles and record of half a year. Does nothing when they exist."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Make them once."""
        if settings.MODE not in ("demo", "test"):
            raise CommandError("load_demo works only with MEDUCATION_MODE=demo: its passwords are public.")
        if not User.objects.filter(email=PEOPLE[0][0]).exists():
            _make_people()
        _make_reviewer()
        today = datetime.datetime.now(LONDON).date()
        there = set(User.objects.values_list("email", flat=True))
        for colleague in colleagues(today):
            if colleague.email not in there:
                user = _make_colleague(colleague)
                record(user, colleague, today)
                if colleague.email == APPRAISED:
                    _shared(user, datetime.datetime.now(LONDON) - datetime.timedelta(days=1))


def _make_people() -> None:
    people = {email: _make_person(email, name, role) for email, name, role in PEOPLE}
    # Between the two: the articles need somebody who publishes them, and the record needs articles.
    call_command("load_articles", by="admin@example.org", stdout=io.StringIO())
    author = people["author@example.org"]
    Author.objects.create(name=author.name, slug="sam-whitfield", credentials="RN, MSc", user=author)
    _record(people["clinician@example.org"])


def _make_reviewer() -> None:
    """Somebody with an article to review: also in a demonstration that began before there were reviewers."""
    asked = User.objects.filter(email="reviewer@example.org").first()
    if asked is None:
        asked = _make_person("reviewer@example.org", "Dr Mei Tanaka", Role.REVIEWER)
    article = Article.objects.published().filter(slug="recognising-delirium-with-the-4at").first()
    if article is not None and not Review.objects.filter(reviewer=asked).exists():
        editor = User.objects.filter(email="editor@example.org").first()
        Review.objects.create(article=article, reviewer=asked, asked_by=editor, request="Is all of it still current?")


def _make_person(email: str, name: str, role: str) -> User:
    user = User.objects.create_user(email, PASSWORD, name=name, role=role)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    if role == Role.READER:
        user.profile.profession, user.profile.country, user.profile.specialty = "doctor", "GB", "General practice"
        user.profile.save()
    return user


def _make_colleague(colleague: Colleague) -> User:
    user = _make_person(colleague.email, colleague.name, Role.READER)
    user.profile.profession, user.profile.country = colleague.profession, colleague.country
    user.profile.specialty, user.profile.time_zone = "", colleague.time_zone
    user.profile.save()
    return user


def _record(clinician: User) -> None:
    now = datetime.datetime.now(LONDON)
    evening = now.replace(hour=19, minute=30, second=0, microsecond=0) - datetime.timedelta(days=1)
    for days, kind, title, provider, minutes, reflection in DONE:
        moment = evening - datetime.timedelta(days=days)
        fields = {"kind": kind, "title": title, "provider": provider, "minutes": minutes, "done_on": moment.date()}
        add_activity(by=clinician, activity_id=uuid.uuid4(), fields=fields, reflection=reflection, now=moment)
    for days, slug, read, logged, why, reflection in READ:
        article = Article.objects.published().select_related("revision").get(slug=slug)
        finished = _read(clinician, article, minutes=read, began=evening - datetime.timedelta(days=days))
        log_reading(
            by=clinician,
            activity_id=uuid.uuid4(),
            article=article,
            minutes=logged,
            more_because=why,
            reflection=reflection,
            now=finished,
        )
    _certified(clinician, evening)
    _in_hand(clinician, evening)
    _plan(clinician, evening.date())
    _shared(clinician, evening)
    for days, slug, read in UNCLAIMED:
        article = Article.objects.published().select_related("revision").get(slug=slug)
        _read(clinician, article, minutes=read, began=evening - datetime.timedelta(days=days))


def _certified(clinician: User, evening: datetime.datetime) -> None:
    """Two certificates: one of reading that was claimed as longer than it was timed, and one of less."""
    read = clinician.activities.kept().filter(article__slug__in=CERTIFIED)
    for activity in read.order_by("done_on"):
        make_certificate(by=clinician, certificate_id=uuid.uuid4(), activity_id=activity.pk, now=evening)


def _in_hand(clinician: User, evening: datetime.datetime) -> None:
    """One reflected on in three parts, to be read first and kept as a template; and one put down in a hurry."""
    teaching = add_activity(
        by=clinician,
        activity_id=uuid.uuid4(),
        fields={
            "kind": "teaching",
            "title": "Teaching on the ward round: sepsis",
            "minutes": 45,
            "done_on": evening.date(),
            "tags": ["sepsis", "teaching"],
        },
        reflection=Reflected(
            text="Two students, one lactate that nobody had looked at.",
            important="They knew the signs, and not whom to tell.",
            next_step="Begin next week's round with the escalation card.",
            ai_use="none",
            is_shareable=True,
        ),
        now=evening,
    ).activity
    set_highlight(by=clinician, activity_id=teaching.pk, is_on=True)
    make_template(by=clinician, template_id=uuid.uuid4(), activity_id=teaching.pk)
    _typed_on_the_phone(clinician, teaching, evening + datetime.timedelta(minutes=40))
    add_activity(
        by=clinician,
        activity_id=uuid.uuid4(),
        fields={
            "kind": "other",
            "title": "Corridor discussion with the registrar",
            "minutes": 15,
            "done_on": evening.date(),
            "finish_later": True,
        },
        now=evening + datetime.timedelta(minutes=5),
    )


def _typed_on_the_phone(clinician: User, teaching: Activity, at: datetime.datetime) -> None:
    """A change that was begun on another device and not saved: its form shows both versions."""
    words = words_in(ActivityForm(user=clinician, activity=teaching, initial=ActivityForm.initial_for(teaching)))
    words["next_step"] = ["Begin next week's round with the escalation card, and ask them to use it on one patient."]
    typed = Typed(
        kind="activity",
        subject=teaching.pk,
        device=uuid.uuid4(),
        slot=0,
        sequence=1,
        address=reverse("cpd:activity-update", args=[teaching.pk]),
        base_version=teaching.version,
        words=words,
    )
    save_draft(by=clinician, typed=typed, now=at)


def _plan(clinician: User, today: datetime.date) -> None:
    """One goal of last year that goes on, one that is overdue, one that is done; and what the audit changed."""
    lines = (
        (365, "Read an ECG in the same order every time", "I still begin with what I expect to find.", -120),
        (170, "Review every repeat prescription in time", "About half of ours were late.", -60),
        (150, "Use deprescribing tools with the over-75s", "Falls, and too many anticholinergics.", 21),
    )
    goals = [
        add_goal(
            by=clinician,
            goal_id=uuid.uuid4(),
            fields={"title": title, "why": why, "due_on": today + datetime.timedelta(days=due)},
            planned_on=today - datetime.timedelta(days=days),
        ).goal
        for days, title, why, due in lines
    ]
    for goal, word in zip(goals, ("ECG", "Audit", "deprescribing"), strict=True):
        done = clinician.activities.kept().filter(title__icontains=word).values_list("pk", flat=True)
        choose_activities(by=clinician, goal_id=goal.pk, shown=set(done), ticked=set(done))
    carry_goals(by=clinician, span=clinician.profile.year_of(today), today=today)
    outcome = "Most are in time now. The reminder on the prescription did it."
    amend_goal(by=clinician, goal_id=goals[1].pk, version=1, fields={"status": "done", "outcome": outcome})
    overdue = {"title": "Learn to teach inhaler technique", "due_on": today - datetime.timedelta(days=12)}
    add_goal(by=clinician, goal_id=uuid.uuid4(), fields=overdue, planned_on=today)
    audit = clinician.activities.kept().filter(title__contains="second cycle").first()
    if audit is not None:
        say_what_changed(
            by=clinician,
            activity_id=audit.pk,
            answer=ImpactAnswer.YES,
            words="I check the review date before I sign, and say so to the patient.",
        )


def _shared(clinician: User, evening: datetime.datetime) -> None:
    """A link for an appraiser, who has read it and said something of the whole and of the highlight."""
    year = clinician.profile.year_of(evening.date())
    fields = dict.fromkeys(EDITABLE_OF_LINK, True) | {
        "audience": "Appraisal with Dr Priya Raman",
        "shown_name": clinician.name,
        "first_on": year.first,
        "last_on": year.last,
        "asks_code": False,
        "days": USUAL_DAYS,
    }
    # A portfolio of the year so far, whose link waits to be looked at.
    choice = Chosen(PackKind.PORTFOLIO, year.first, evening.date())
    found = gathered(clinician, choice, today=evening.date())
    pack = make_pack(by=clinician, pack_id=uuid.uuid4(), portfolio=found.portfolio)
    for_supervisor = fields | {"audience": "Review with my supervisor"}
    make_link(by=clinician, link_id=uuid.uuid4(), fields=for_supervisor, pack_id=pack.pk)
    link = make_link(by=clinician, link_id=uuid.uuid4(), fields=fields).link
    link = start_link(by=clinician, link_id=link.pk, now=evening)
    later = evening + datetime.timedelta(minutes=50)
    appraiser = ask_for_code(link=link, name="Dr Priya Raman", email="appraiser@example.org", now=later)
    try_code(link=link, appraiser_id=appraiser.pk, code=mailed_code_of(appraiser), now=later)
    appraiser.refresh_from_db()
    said: list[tuple[Activity | None, str, bool]] = [
        (highlight, "Who is told, and how fast? Bring one example.", True)
        for highlight in clinician.activities.kept().highlights()[:1]
    ]
    said.append((None, "A year with a clear line from what was learned to how the practice works now.", False))
    for activity, words, is_discussed in said:
        write_comment(
            link=link,
            appraiser=appraiser,
            comment_id=uuid.uuid4(),
            words=words,
            is_discussed=is_discussed,
            activity=activity,
            now=later,
        )


def _read(clinician: User, article: Article, *, minutes: int, began: datetime.datetime) -> datetime.datetime:
    """Read `article` the way a browser reports it, a beat every 15 seconds; returns when it ended."""
    sitting, beats = uuid.uuid4(), minutes * 4
    revision = article.revision.number if article.revision else 1
    now = began
    for beat in range(beats + 1):
        now = began + datetime.timedelta(seconds=15 * beat)
        report = BeatReport(
            sitting=sitting,
            article=article.slug,
            revision=revision,
            sequence=beat + 1,
            counted_ms=beat * 15_000,
            furthest=min(100, beat * 100 // max(1, beats)),
            touched=True,
            alone_ms=0,
        )
        take_beat(report, user=clinician, browser=None, now=now)
    return now
