"""What the people of the demonstration show to others: highlights, a plan, files, certificates, packs and links."""

import datetime
import io
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.db import transaction
from PIL import Image, ImageDraw, ImageFont

from accounts.models import User
from cpd.actions.certificates import note_check
from cpd.actions.evidence import add_evidence
from cpd.actions.goals import add_goal, amend_goal, carry_goals, choose_activities
from cpd.actions.highlights import set_highlight
from cpd.actions.packs import ask_for_file, make_pack
from cpd.actions.sharing import EDITABLE, ask_for_code, make_link, note, start_link, try_code, write_comment
from cpd.models import USUAL_DAYS, Activity, AuditWhat, Pack, PackFormat, PackKind
from cpd.portfolio.contents import Chosen
from cpd.portfolio.gathering import gathered
from cpd.portfolio.work import make_pack_file
from cpd.sharing import mailed_code_of

PAPER = (620, 440)
INK, SOFT, GROUND = "#1d2b27", "#56645f", "#ffffff"
APPRAISER = ("Dr Priya Raman", "appraiser@example.org")


@dataclass(frozen=True)
class Aim:
    """A goal of last year's plan. With an outcome it was reached; without one it goes on into this year."""

    title: str
    why: str
    outcome: str = ""
    of: str = ""  # Activities with this in their title were for it.


@dataclass(frozen=True)
class HandedOn:
    """What one person made of their record. Activities are named by a part of their title."""

    highlights: Sequence[str] = ()
    aims: Sequence[Aim] = ()
    papers: Mapping[str, str] = field(default_factory=dict)  # Title of an activity: the file's name.
    pack: PackKind = PackKind.PORTFOLIO
    years: int = 0  # How many calendar years before this one the pack begins.
    audience: str = ""  # Whom a link is for; empty: there is none.
    remark: str = ""  # What the appraiser says of the whole.
    on_highlight: str = ""  # … and of a highlight, as discussed.


HANDED_ON: Mapping[str, HandedOn] = {
    "clinician@example.org": HandedOn(
        highlights=("Audit of repeat prescribing, second", "Consultation skills", "late diagnosis"),
        papers={"Regional primary care conference": "attendance.pdf", "Safeguarding adults": "safeguarding.png"},
        audience=f"Appraisal with {APPRAISER[0]}",
        remark="A year with a clear line from what was learned to how the practice works now.",
        on_highlight="Who is told, and how fast? Bring one example.",
    ),
    "nurse@example.org": HandedOn(
        highlights=("Perineal repair", "sepsis after birth"),
        aims=(
            Aim(
                "Repair a tear without help",
                "I hand over too many.",
                "Two observed, then six alone; the last three needed no advice.",
                "Perineal repair",
            ),
            Aim("Lead a drill on the unit", "I know my own part, and no more."),
        ),
        papers={
            "Perineal repair": "perineal-repair.pdf",
            "Emergency drills": "drills.pdf",
            "Safeguarding": "safeguarding.png",
        },
        pack=PackKind.NMC,
        years=2,
    ),
    "dentist@example.org": HandedOn(
        highlights=("Leading the dental team", "Infection control"),
        aims=(
            Aim(
                "Run the morning meeting so that it ends on time",
                "It ran over, and the first patient waited.",
                "Ten minutes, standing, one list. It has held since.",
                "Leading the dental team",
            ),
            Aim("Bring periodontal charting up to date", "Ours follow an older classification."),
        ),
        papers={
            "Endodontics": "endodontics.pdf",
            "Infection control": "infection-control.pdf",
            "Radiation": "radiation.png",
        },
        pack=PackKind.GDC,
        years=4,
    ),
    "gp@example.org": HandedOn(
        highlights=("contraception", "Update day"),
        aims=(
            Aim(
                "Offer every method of contraception again",
                "I had stopped fitting, and stopped offering.",
                "The ring and the patch are offered; coils go to a colleague within a week.",
                "contraception",
            ),
            Aim("Come back from leave with a list", "Guidelines move on in nine months."),
        ),
        papers={"Update on contraception": "contraception.pdf", "Update day for GPs": "update-day.png"},
        pack=PackKind.GMC,
        years=2,
        audience=f"Appraisal with {APPRAISER[0]}",
        remark="Well prepared for the return. Agree the phased start before the first clinic.",
        on_highlight="Show one of the three templates when you are back.",
    ),
}


def hand_on(user: User, now: datetime.datetime) -> None:
    """Do for one person all that is named above; nothing for others. Not within a transaction: files come first."""
    said = HANDED_ON.get(user.email)
    if said is None:
        return
    for title, name in said.papers.items():
        _attach(user, title, name)
    with transaction.atomic():
        for title in said.highlights:
            for activity in user.activities.kept().filter(title__icontains=title)[:1]:
                set_highlight(by=user, activity_id=activity.pk, is_on=True)
        if said.aims:
            _plan(user, said.aims, now.date())
        pack = _pack(user, said, now.date())
        for certificate in user.certificates.order_by("-issued_at", "pk")[:1]:
            note_check(certificate=certificate)
        if said.audience:
            _share(user, said, now - datetime.timedelta(days=1), pack)


# --- Evidence --------------------------------------------------------------------------------------------------------


def _attach(user: User, title: str, name: str) -> None:
    activity = user.activities.kept().filter(title__icontains=title).first()
    if activity is not None:
        file = io.BytesIO(attendance(user.name, activity, is_pdf=name.endswith(".pdf")))
        add_evidence(by=user, evidence_id=uuid.uuid4(), activity_id=activity.pk, file=file, name=name)


def attendance(name: str, activity: Activity, *, is_pdf: bool) -> bytes:
    """A certificate of attendance as somebody else might have given it out: a PDF or a picture of it."""
    paper = Image.new("RGB", PAPER, GROUND)
    drawn = ImageDraw.Draw(paper)
    drawn.rectangle((14, 14, PAPER[0] - 14, PAPER[1] - 14), outline=SOFT, width=2)
    day = f"{activity.done_on.day} {activity.done_on:%B %Y}"
    lines = (
        (30, INK, "Certificate of attendance"),
        (20, SOFT, "This is to say that"),
        (26, INK, name),
        (20, SOFT, "took part in"),
        (24, INK, activity.title),
        (20, SOFT, f"{activity.provider}, {day}" if activity.provider else day),
        (16, SOFT, "An example, made for the demonstration"),
    )
    for row, (size, colour, words) in enumerate(lines):
        font = ImageFont.load_default(size)
        drawn.text((PAPER[0] / 2, 66 + row * 52), words, fill=colour, font=font, anchor="mm")
    content = io.BytesIO()
    if is_pdf:
        paper.save(content, "PDF", title=f"Certificate of attendance: {activity.title}")
    else:
        paper.save(content, "PNG", optimize=True)
    return content.getvalue()


# --- Plan and pack ---------------------------------------------------------------------------------------------------


def _plan(user: User, aims: Sequence[Aim], today: datetime.date) -> None:
    """Last year's plan, and what came of it; what is open goes into this year's."""
    year = user.profile.year_of(today)
    last_year = year.first - datetime.timedelta(days=300)
    for aim in aims:
        fields = {"title": aim.title, "why": aim.why, "due_on": year.first - datetime.timedelta(days=30)}
        goal = add_goal(by=user, goal_id=uuid.uuid4(), fields=fields, planned_on=last_year).goal
        if aim.of:
            done = set(user.activities.kept().filter(title__icontains=aim.of).values_list("pk", flat=True))
            choose_activities(by=user, goal_id=goal.pk, shown=done, ticked=done)
        if aim.outcome:
            goal.refresh_from_db()
            fields_now = {"status": "done", "outcome": aim.outcome}
            amend_goal(by=user, goal_id=goal.pk, version=goal.version, fields=fields_now)
    carry_goals(by=user, span=year, today=today)


def _pack(user: User, said: HandedOn, today: datetime.date) -> Pack:
    """A pack, whose PDF the worker makes once the site is up."""
    first = datetime.date(today.year - said.years, 1, 1)
    chosen = Chosen(kind=said.pack, first=first, last=today, papers=said.pack is not PackKind.PORTFOLIO)
    found = gathered(user, chosen, today=today)
    pack = make_pack(by=user, pack_id=uuid.uuid4(), portfolio=found.portfolio)
    file = ask_for_file(by=user, pack_id=pack.pk, format=PackFormat.PDF)
    transaction.on_commit(partial(make_pack_file.enqueue, str(file.pk)))
    return pack


# --- Links -----------------------------------------------------------------------------------------------------------


def _share(user: User, said: HandedOn, began: datetime.datetime, pack: Pack) -> None:
    """A link for an appraiser, who has read it and commented; and one to a pack, which waits to be looked at."""
    year = user.profile.year_of(began.date())
    fields = dict.fromkeys(EDITABLE, True) | {
        "audience": said.audience,
        "shown_name": user.name,
        "first_on": year.first,
        "last_on": year.last,
        "asks_code": False,
        "days": USUAL_DAYS,
    }
    for_supervisor = fields | {"audience": "Review with my supervisor"}
    make_link(by=user, link_id=uuid.uuid4(), fields=for_supervisor, pack_id=pack.pk)
    link = make_link(by=user, link_id=uuid.uuid4(), fields=fields).link
    link = start_link(by=user, link_id=link.pk, now=began)
    note(link=link, what=AuditWhat.LINK_OPENED)
    later = began + datetime.timedelta(minutes=50)
    name, email = APPRAISER
    appraiser = ask_for_code(link=link, name=name, email=email, now=later)
    try_code(link=link, appraiser_id=appraiser.pk, code=mailed_code_of(appraiser), now=later)
    appraiser.refresh_from_db()
    highlight = user.activities.kept().within(year).highlights().order_by("-done_on", "pk").first()
    remarks = [(highlight, said.on_highlight)] if highlight is not None else []
    for activity, words in (*remarks, (None, said.remark)):
        write_comment(
            link=link,
            appraiser=appraiser,
            comment_id=uuid.uuid4(),
            words=words,
            is_discussed=activity is not None,
            activity=activity,
            now=later,
        )
