"""More people of the demonstration: clinicians under different regulators, each at a telling point of their cycle.

Their dates follow today's, so that the demonstration tells the same story next year.
"""

import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from accounts.models import User
from cpd.actions import add_activity
from cpd.actions.artefacts import record_artefact
from cpd.actions.enrolments import add_leave, amend_enrolments, enrol
from cpd.actions.placements import Said
from cpd.actions.reflections import Reflected
from cpd.catalogue import frameworks
from cpd.models import Kind
from cpd.rules.cycles import add_months, add_years
from cpd.rules.guessing import Place


@dataclass(frozen=True)
class Done:
    """One activity: how many days ago, what, and where it belongs."""

    days_ago: int
    kind: str
    title: str
    provider: str
    minutes: int
    participatory: int = 0
    reflection: str = ""
    category: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shown:
    """One artefact, by its kind."""

    days_ago: int
    kind: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    quantity: Decimal = Decimal(1)
    until_days_ago: int | None = None


@dataclass(frozen=True)
class Colleague:
    """One person: what they practise as, whom they answer to, and what they have done."""

    email: str
    name: str
    about: str
    profession: str
    country: str
    time_zone: str
    frameworks: Mapping[str, Mapping[str, Any]]  # What is known of each enrolment, by the framework's id.
    done: Sequence[Done]
    shown: Mapping[str, Sequence[Shown]] = field(default_factory=dict)
    leave: tuple[datetime.date, datetime.date] | None = None


def titles(*held: str) -> list[dict[str, Any]]:
    """Titles held since ever, as an enrolment keeps them."""
    return [{"titles": list(held), "since": None}]


def year_end(today: datetime.date, month: int) -> datetime.date:
    """The next last day of that month."""
    first_after = datetime.date(today.year, month, 1)
    end = add_months(first_after, 1) - datetime.timedelta(days=1)
    return end if end >= today else add_years(end, 1)


def colleagues(today: datetime.date) -> tuple[Colleague, ...]:
    """Who there is, as of `today`."""
    return (
        _nurse_and_midwife(today),
        _dentist(today),
        _gp_on_leave(today),
        _irish_doctor(today),
        _pharmacist(today),
    )


def _nurse_and_midwife(today: datetime.date) -> Colleague:
    code = "code/safety"
    accounts = [
        (
            "An update on newborn observations",
            "A set that is not plotted shows no trend.",
            "I plot every set at once, on the chart at the bedside.",
        ),
        (
            "Feedback from a student",
            "My questions came as tests, not as help.",
            "I now say what I am looking for before I ask a question.",
        ),
        (
            "A drill for haemorrhage after birth",
            "Two things in the box were out of date.",
            "The box is checked at each handover since.",
        ),
    ]
    feedback = [
        (500, "A student", "Questions felt like tests. I now say first what I am looking for."),
        (400, "A colleague", "My handovers are clear and long. I lead with what must be done."),
        (200, "A family", "They knew at every moment what came next. I keep saying it aloud."),
        (60, "A colleague", "Calm in the drill, quiet as its leader. I practise speaking up."),
    ]
    return Colleague(
        email="nurse@example.org",
        name="Maeve Doyle",
        about="nurse and midwife, NMC",
        profession="midwife",
        country="GB",
        time_zone="Europe/London",
        frameworks={"uk-nmc": {"titles": titles("nurse-and-midwife"), "anchor_on": year_end(today, 3)}},
        done=[
            Done(
                620,
                Kind.CONFERENCE,
                "Regional maternity safety day",
                "Local maternity network",
                360,
                300,
                marks=(code,),
            ),
            Done(560, Kind.COURSE, "Fetal monitoring, e-learning", "Trust e-learning", 240, 0, marks=(code,)),
            Done(470, Kind.COURSE, "Emergency drills in maternity", "Trust training team", 420, 420, marks=(code,)),
            Done(390, Kind.JOURNAL_CLUB, "Journal club: continuity of care", "Maternity unit", 60, 60),
            Done(300, Kind.READING, "Guideline on postnatal care, read with notes", "", 150),
            Done(210, Kind.CASE, "Case discussion: sepsis after birth", "Maternity unit", 90, 90, marks=(code,)),
            Done(120, Kind.COURSE, "Perineal repair workshop", "University", 330, 240, "Slower hands, fewer stitches."),
            Done(35, Kind.COURSE, "Safeguarding, level 3", "Trust e-learning", 180),
        ],
        shown={
            "uk-nmc": [
                Shown(
                    700,
                    "practice-hours",
                    {"organisation": "A maternity unit", "registration": "midwife"},
                    Decimal(480),
                    until_days_ago=335,
                ),
                Shown(
                    334,
                    "practice-hours",
                    {"organisation": "A day surgery unit", "registration": "nurse"},
                    Decimal(210),
                    until_days_ago=20,
                ),
                *(
                    Shown(
                        days,
                        "reflective-account",
                        {
                            "nature": what,
                            "learned": learned,
                            "changed": changed,
                            "code": "Preserve safety.",
                            "themes": ["safety"],
                        },
                    )
                    for days, (what, learned, changed) in zip((540, 260, 90), accounts, strict=True)
                ),
                *(Shown(days, "feedback", {"source": whose, "content": said}) for days, whose, said in feedback),
            ]
        },
    )


def _dentist(today: datetime.date) -> Colleague:
    starts = datetime.date(today.year - 4, 1, 1)
    verifiable = ("verifiable",)

    def in_year(number: int, month: int) -> int:
        day = min(datetime.date(starts.year + number, month, 10), today - datetime.timedelta(days=3))
        return (today - day).days

    return Colleague(
        email="dentist@example.org",
        name="Dr Piotr Zieliński",
        about="dentist, last year of a GDC cycle",
        profession="dentist",
        country="GB",
        time_zone="Europe/London",
        frameworks={
            "uk-gdc": {
                "titles": titles("dentist"),
                "anchor_on": starts,
                "joined_on": starts - datetime.timedelta(days=200),
            }
        },
        done=[
            Done(
                in_year(0, 3),
                Kind.CONFERENCE,
                "National dental conference",
                "Dental association",
                960,
                marks=(*verifiable, "outcome/C"),
            ),
            Done(
                in_year(0, 9),
                Kind.COURSE,
                "Medical emergencies in practice",
                "Deanery",
                240,
                marks=(*verifiable, "outcome/C", "outcome/B"),
            ),
            Done(
                in_year(1, 4),
                Kind.COURSE,
                "Endodontics, hands-on",
                "Dental school",
                1260,
                marks=(*verifiable, "outcome/C"),
            ),
            Done(
                in_year(2, 5),
                Kind.COURSE,
                "Consent and complaints",
                "Indemnity organisation",
                420,
                marks=(*verifiable, "outcome/A", "outcome/D"),
            ),
            Done(
                in_year(2, 10),
                Kind.COURSE,
                "Radiation protection update",
                "Deanery",
                300,
                marks=(*verifiable, "outcome/C"),
            ),
            Done(
                in_year(3, 2),
                Kind.COURSE,
                "Leading the dental team",
                "Training provider",
                900,
                marks=(*verifiable, "outcome/B"),
            ),
            Done(
                in_year(3, 11),
                Kind.CONFERENCE,
                "Restorative study days",
                "Specialist society",
                840,
                marks=(*verifiable, "outcome/C"),
            ),
            Done(
                in_year(4, 3), Kind.COURSE, "Infection control update", "Deanery", 300, marks=(*verifiable, "outcome/C")
            ),
            Done(in_year(4, 6), Kind.READING, "Journal articles on periodontitis", "", 360),
        ],
        shown={
            "uk-gdc": [
                Shown(in_year(0, 2), "pdp", {"plan": "Endodontics; consent; leading the team."}),
                *(
                    Shown(in_year(number, 12) - 25 if number < 4 else 3, "annual-statement", {"hours": hours})
                    for number, hours in enumerate(("20", "21", "12", "29"))
                ),
            ]
        },
    )


def _gp_on_leave(today: datetime.date) -> Colleague:
    leave = (add_months(today, -6), add_months(today, 2))
    return Colleague(
        email="gp@example.org",
        name="Dr Hannah Reid",
        about="GP on parental leave, GMC and RCGP",
        profession="doctor",
        country="GB",
        time_zone="Europe/London",
        frameworks={
            "uk-gmc": {"titles": titles("doctor"), "anchor_on": add_years(year_end(today, 5), 1)},
            "uk-rcgp": {"anchor_on": year_end(today, 3)},
        },
        done=[
            Done(520, Kind.QUALITY, "Audit of lithium monitoring", "Practice", 180, category="quality-improvement"),
            Done(
                430, Kind.COURSE, "Update on contraception", "Faculty", 360, 0, "I offer the ring and the patch again."
            ),
            Done(300, Kind.CASE, "Practice case discussions", "Practice", 120, 120),
            Done(230, Kind.COURSE, "Update day for GPs", "Faculty", 420, 60, "Three changes to my templates."),
            Done(205, Kind.READING, "Guideline updates, read before my leave", "", 240, 0, "A list for my return."),
        ],
        shown={
            "uk-gmc": [
                Shown(560, "annual-appraisal", {"agreed": "A plan for the year."}),
                Shown(210, "annual-appraisal", {"agreed": "Return after leave with a phased start."}),
                Shown(560, "pdp", {"aims": "Contraception; lithium."}),
                Shown(210, "pdp", {"aims": "Catch up on guidelines."}),
            ]
        },
        leave=leave,
    )


def _irish_doctor(today: datetime.date) -> Colleague:
    starts = datetime.date(today.year if today.month >= 5 else today.year - 1, 5, 1)
    joined = min(add_months(starts, 2) + datetime.timedelta(days=5), today - datetime.timedelta(days=20))

    def since(days: int) -> int:
        return max(1, (today - joined).days - days)

    return Colleague(
        email="trainee@example.org",
        name="Dr Ciara Byrne",
        about="trainee in Ireland, joined within the scheme year",
        profession="doctor",
        country="IE",
        time_zone="Europe/Dublin",
        frameworks={"ie-mpc-2025": {"titles": titles("practising"), "joined_on": joined}},
        done=[
            Done(since(3), Kind.COURSE, "Induction and planning meeting", "Hospital", 120, category="planning"),
            Done(
                since(14),
                Kind.QUALITY,
                "Audit of venous thromboembolism forms",
                "Hospital",
                300,
                category="practice-review",
            ),
            Done(since(30), Kind.CONFERENCE, "College study day", "Training body", 390, category="accredited-ce"),
            Done(since(45), Kind.READING, "Journal reading, six papers", "", 240, category="work-based-learning"),
            Done(since(60), Kind.TEACHING, "Taught medical students", "Hospital", 180, category="work-based-learning"),
        ],
    )


def _pharmacist(today: datetime.date) -> Colleague:
    starts = datetime.date(today.year if today.month >= 10 else today.year - 1, 10, 1)

    def ago(part: float) -> int:
        """Within the CPD year so far, however short."""
        return max(1, round((today - starts).days * (1 - part)))

    return Colleague(
        email="pharmacist@example.org",
        name="Liam Nguyen",
        about="pharmacist in Australia",
        profession="pharmacist",
        country="AU",
        time_zone="Australia/Sydney",
        frameworks={"au-pharmba": {}},
        done=[
            Done(ago(0.1), Kind.READING, "Journal reading, a folder of articles", "", 1320, category="group-1"),
            Done(
                ago(0.4),
                Kind.COURSE,
                "Vaccination update with assessment",
                "Training provider",
                240,
                category="group-2",
            ),
            Done(ago(0.7), Kind.QUALITY, "Review of our opioid supplies", "Pharmacy", 120, category="group-3"),
        ],
        shown={"au-pharmba": [Shown(ago(0.1), "cpd-plan", {"goals": "Vaccination; opioid stewardship."})]},
    )


def record(user: User, colleague: Colleague, today: datetime.date) -> None:
    """Enrol one of them, and write down what they did."""
    bodies = frameworks()
    joined = enrol(
        by=user,
        form_key=uuid.uuid4(),
        frameworks=[bodies[name] for name in colleague.frameworks],
        profession=colleague.profession,
    )
    enrolments = {each.enrolment.framework: each.enrolment for each in joined}
    amend_enrolments(
        by=user,
        changes={enrolments[name].pk: fields for name, fields in colleague.frameworks.items() if fields},
    )
    main = enrolments[next(iter(colleague.frameworks))]
    if colleague.leave is not None:
        first_on, last_on = colleague.leave
        also = [each.pk for each in enrolments.values() if each.pk != main.pk]
        add_leave(by=user, enrolment_id=main.pk, leave_id=uuid.uuid4(), first_on=first_on, last_on=last_on, also=also)
    noon = datetime.datetime.combine(today, datetime.time(12), datetime.UTC)
    for done in colleague.done:
        moment = noon - datetime.timedelta(days=done.days_ago)
        said = {main.pk: Said(Place(done.category, frozenset(done.marks)))} if done.category or done.marks else None
        add_activity(
            by=user,
            activity_id=uuid.uuid4(),
            fields={
                "kind": done.kind,
                "title": done.title,
                "provider": done.provider,
                "minutes": done.minutes,
                "participatory_minutes": done.participatory,
                "done_on": moment.date(),
            },
            # Reflections are private until their owner says otherwise; these have said so.
            reflection=Reflected(done.reflection, is_shareable=bool(done.reflection)),
            places=said,
            now=moment,
        )
    for name, artefacts in colleague.shown.items():
        for shown in artefacts:
            _show(user, enrolments[name].pk, shown, noon)


def _show(user: User, enrolment: uuid.UUID, shown: Shown, noon: datetime.datetime) -> None:
    moment = noon - datetime.timedelta(days=shown.days_ago)
    until = None
    if shown.until_days_ago is not None:
        until = (noon - datetime.timedelta(days=shown.until_days_ago)).date()
    fields = {
        "done_on": moment.date(),
        "done_until": until,
        "quantity": shown.quantity,
        "answers": dict(shown.answers),
    }
    record_artefact(
        by=user, enrolment_id=enrolment, artefact_id=uuid.uuid4(), kind=shown.kind, fields=fields, now=moment
    )
