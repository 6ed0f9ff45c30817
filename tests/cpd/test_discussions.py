"""Discussions: nobody confirms for themselves, nobody's minutes exceed what passed, nobody else finds one."""

import datetime
import threading
import uuid
import zoneinfo
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.db import IntegrityError, close_old_connections, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from cpd.actions import NotYours, amend_activity, delete_activity
from cpd.actions.discussion_outcome import (
    NotesChanged,
    add_discussion_to_record,
    confirm_others,
    say_minutes,
    write_notes,
)
from cpd.actions.discussions import (
    MOST_INVITED,
    Refused,
    cancel_discussion,
    end_discussion,
    end_forgotten,
    invite_to_discussion,
    join_by_code,
    leave_discussion,
    restore_discussion,
    start_discussion,
    stay_in_discussion,
    take_invitation,
)
from cpd.discussions import CODES, discussed, invitation_id_in, token_of
from cpd.glance import glance
from cpd.inviting import send_invitations
from cpd.models import Activity, Confirmation, Discussion, Invitation, Participant
from cpd.tasks import send_discussion_invitations, tidy_now
from tests.conftest import logged_in
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory
from tests.factories.cpd import (
    NINE,
    ActivityFactory,
    ConfirmationFactory,
    DiscussionFactory,
    EnrolmentFactory,
    InvitationFactory,
    ParticipantFactory,
)

pytestmark = pytest.mark.django_db


def waiting_count(user: User) -> int:
    """How many discussions wait for somebody, as the tracker counts them."""
    today = user.profile.local_date()
    return glance(user, span=user.profile.year_of(today), today=today).discussions


MINUTE = datetime.timedelta(minutes=1)
LONDON = zoneinfo.ZoneInfo("Europe/London")


@pytest.fixture(autouse=True)
def no_limits_from_before() -> None:
    """Rate limits count in the cache, which outlives a test."""
    cache.clear()


@pytest.fixture
def anna() -> User:
    return UserFactory(email="anna@example.org", name="Anna Brown")


@pytest.fixture
def ben() -> User:
    return UserFactory(email="ben@example.org", name="Ben Clarke")


def begin(host: User, now: datetime.datetime = NINE) -> Discussion:
    return start_discussion(
        by=host, discussion_id=uuid.uuid4(), title="Dizziness", kind="case", name=host.name, now=now
    ).discussion


def join(user: User, discussion: Discussion, now: datetime.datetime) -> Participant:
    return join_by_code(by=user, code=CODES.of(discussion.pk), name=user.name, now=now)


def end(discussion: Discussion, now: datetime.datetime) -> None:
    assert discussion.host is not None
    end_discussion(by=discussion.host, discussion_id=discussion.pk, now=now)


def part_of(user: User, discussion: Discussion) -> Participant:
    return discussion.participants.get(user=user)


def say(user: User, discussion: Discussion, minutes: int, line: str = "") -> Participant:
    return say_minutes(by=user, discussion_id=discussion.pk, minutes=minutes, line=line)


def confirm(by: User, of: Participant, minutes: int | None = None) -> int:
    return confirm_others(by=by, discussion_id=of.discussion_id, there={of.pk: minutes or of.minutes or 0})


def add(user: User, discussion: Discussion, reflection: str = "", key: uuid.UUID | None = None) -> Activity:
    return add_discussion_to_record(
        by=user, discussion_id=discussion.pk, activity_id=key or uuid.uuid4(), reflection=reflection
    ).activity


@pytest.fixture
def both(anna: User, ben: User) -> Discussion:
    """Anna and Ben for 45 minutes; both have said so, nobody has confirmed."""
    discussion = begin(anna)
    join(ben, discussion, NINE)
    end(discussion, NINE + 45 * MINUTE)
    for user in (anna, ben):
        say(user, discussion, 45, f"{user.name} will ask earlier")
    discussion.refresh_from_db()
    return discussion


# --- Confirming ------------------------------------------------------------------------------------------------------


def test_nobody_confirms_for_themselves(both: Discussion, anna: User) -> None:
    mine = part_of(anna, both)
    with pytest.raises(Refused, match="themselves"):
        confirm(anna, mine)
    with pytest.raises(IntegrityError, match="cpd_confirmation_is_not_of_oneself"), transaction.atomic():
        Confirmation.objects.create(of=mine, by=mine, minutes=45)
    page = logged_in(anna).get(reverse("cpd:discussion-confirm", args=[both.pk]))
    assert "Ben Clarke, 45 min" in page.text and "Anna Brown, 45 min" not in page.text
    forged = logged_in(anna).post(reverse("cpd:discussion-confirm", args=[both.pk]), {"there": f"{mine.pk}:45"})
    assert forged.status_code == 422
    assert not Confirmation.objects.exists()


def test_each_confirms_the_other_and_it_is_participatory(both: Discussion, anna: User, ben: User) -> None:
    EnrolmentFactory(user=ben)
    confirm(anna, part_of(ben, both))
    activity = add(ben, both, reflection="For me alone")
    assert (activity.minutes, activity.participatory_minutes, activity.kind) == (45, 45, "case")
    assert activity.reflection is not None and activity.reflection.text == "For me alone"
    found = discussed(activity)
    assert found is not None and found.confirmed == (("Anna Brown", timezone.localdate()),)
    # Who answers to no body that asks has no participatory minutes.
    assert add(anna, both).participatory_minutes == 0


def test_the_same_tick_twice_is_one_confirmation_and_clearing_it_takes_it_back(
    both: Discussion, anna: User, ben: User
) -> None:
    theirs = part_of(ben, both)
    address = reverse("cpd:discussion-confirm", args=[both.pk])
    client = logged_in(anna)
    for _ in range(2):
        assert client.post(address, {"there": f"{theirs.pk}:45"}).status_code == 302
    assert theirs.confirmations.count() == 1
    assert "checked" in client.get(address).text
    assert client.post(address, {}).status_code == 302
    assert not theirs.confirmations.exists()


def test_nobody_confirms_a_figure_they_did_not_see(both: Discussion, anna: User, ben: User) -> None:
    say(ben, both, 30)
    with pytest.raises(Refused, match="changed their minutes"):
        confirm(anna, part_of(ben, both), minutes=45)
    address = reverse("cpd:discussion-confirm", args=[both.pk])
    page = logged_in(anna).post(address, {"there": f"{part_of(ben, both).pk}:45"})
    assert page.status_code == 422 and "changed their minutes" in page.text


def test_what_was_confirmed_can_be_lowered_and_not_raised(both: Discussion, anna: User, ben: User) -> None:
    say(ben, both, 40)
    confirm(anna, part_of(ben, both))
    with pytest.raises(Refused, match="confirmed 40 min"):
        say(ben, both, 41)
    assert say(ben, both, 39).minutes == 39


def test_only_who_was_there_at_the_same_time_can_confirm(anna: User, ben: User) -> None:
    discussion = begin(anna)
    bird = UserFactory(name="Early Bird")
    early = join(bird, discussion, NINE)
    leave_discussion(by=bird, discussion_id=discussion.pk, now=NINE + 10 * MINUTE)
    join(ben, discussion, NINE + 10 * MINUTE)
    end(discussion, NINE + 30 * MINUTE)
    say(bird, discussion, 10)
    early.refresh_from_db()
    with pytest.raises(Refused, match="same time"):
        confirm(ben, early)
    assert confirm(anna, early) == 1


def test_a_stranger_confirms_nobody(both: Discussion, ben: User, stranger: User) -> None:
    with pytest.raises(Discussion.DoesNotExist):
        confirm(stranger, part_of(ben, both))
    elsewhere = begin(stranger)
    join(UserFactory(), elsewhere, NINE)
    end(elsewhere, NINE + 45 * MINUTE)
    with pytest.raises(Refused):
        confirm_others(by=stranger, discussion_id=elsewhere.pk, there={part_of(ben, both).pk: 45})


def test_an_account_that_closes_leaves_its_confirmations(both: Discussion, anna: User, ben: User) -> None:
    confirm(anna, part_of(ben, both))
    activity = add(ben, both)
    anna.delete()
    found = discussed(Activity.objects.get(pk=activity.pk))
    assert found is not None and [name for name, _ in found.confirmed] == ["Anna Brown"]
    assert logged_in(ben).get(both.get_absolute_url()).status_code == 200


# --- Minutes never exceed elapsed time -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("joined_after", "left_after", "most"),
    [
        (datetime.timedelta(), None, 60),
        (20 * MINUTE, None, 40),
        (20 * MINUTE + datetime.timedelta(seconds=1), None, 39),
        (20 * MINUTE, 35 * MINUTE, 15),
        (datetime.timedelta(seconds=30), 89 * datetime.timedelta(seconds=1), 0),
    ],
)
def test_from_joining_to_leaving(
    anna: User, ben: User, joined_after: datetime.timedelta, left_after: datetime.timedelta | None, most: int
) -> None:
    discussion = begin(anna)
    join(ben, discussion, NINE + joined_after)
    if left_after is not None:
        leave_discussion(by=ben, discussion_id=discussion.pk, now=NINE + left_after)
    end(discussion, NINE + 60 * MINUTE)
    for too_many in (most + 1, 1440, 10**9):
        with pytest.raises(Refused):
            say(ben, discussion, too_many)
    with pytest.raises(IntegrityError, match="cpd_participant_claims_no_more"), transaction.atomic():
        Participant.objects.filter(user=ben).update(minutes=most + 1)
    if most:
        assert say(ben, discussion, most).minutes == most


@pytest.mark.parametrize(
    ("started_at", "minutes"),
    [
        # The night the clocks go forward: 00:30 to 02:30 on the wall is one hour.
        (datetime.datetime(2026, 3, 29, 0, 30, tzinfo=LONDON), 60),
        # The night they go back: 01:30 to 01:30 on the wall is one hour.
        (datetime.datetime(2026, 10, 25, 1, 30, tzinfo=LONDON), 60),
        (datetime.datetime(2026, 12, 31, 23, 30, tzinfo=LONDON), 60),
    ],
)
def test_the_clocks_on_the_wall_do_not_matter(anna: User, started_at: datetime.datetime, minutes: int) -> None:
    with time_machine.travel(started_at, tick=False) as clock:
        discussion = begin(anna, now=timezone.now())
        join(UserFactory(), discussion, timezone.now())
        clock.shift(datetime.timedelta(minutes=minutes))
        end(discussion, timezone.now())
        with pytest.raises(Refused):
            say(anna, discussion, minutes + 1)
        say(anna, discussion, minutes)
        activity = add(anna, discussion)
    assert activity.minutes == minutes
    assert activity.done_on == started_at.date()
    assert activity.done_until == (datetime.date(2027, 1, 1) if started_at.month == 12 else None)


def test_a_clock_that_went_back_gives_nobody_negative_time(anna: User, ben: User) -> None:
    discussion = begin(anna)
    mine = join(ben, discussion, NINE - 5 * MINUTE)
    assert mine.joined_at == NINE
    end(discussion, NINE - 10 * MINUTE)
    discussion.refresh_from_db()
    assert discussion.ended_at == NINE
    with pytest.raises(Refused):
        say(ben, discussion, 1)


def test_nobody_says_how_long_while_they_are_there(anna: User) -> None:
    discussion = begin(anna, now=timezone.now())
    with pytest.raises(Refused, match="when it is over"):
        say(anna, discussion, 1)
    assert logged_in(anna).get(reverse("cpd:discussion-minutes", args=[discussion.pk])).status_code == 302


def test_one_that_nobody_ended_takes_eight_hours_and_no_more(anna: User, ben: User) -> None:
    discussion = begin(anna)
    join(ben, discussion, NINE + 60 * MINUTE)
    assert end_forgotten(NINE + datetime.timedelta(hours=7, minutes=59)) == 0
    with pytest.raises(Refused):
        join(UserFactory(), discussion, NINE + datetime.timedelta(hours=8))
    assert end_forgotten(NINE + datetime.timedelta(days=3)) == 1
    assert part_of(ben, discussion).elapsed(NINE) == 7 * 60
    # Whoever comes before the night does need not wait for it.
    another = begin(anna)
    assert say(anna, another, 480).minutes == 480


def test_leaving_can_be_taken_back_until_something_is_claimed(anna: User, ben: User) -> None:
    discussion = begin(anna)
    join(ben, discussion, NINE)
    leave_discussion(by=ben, discussion_id=discussion.pk, now=NINE + 5 * MINUTE)
    assert stay_in_discussion(by=ben, discussion_id=discussion.pk, now=NINE + 6 * MINUTE).left_at is None
    leave_discussion(by=ben, discussion_id=discussion.pk, now=NINE + 9 * MINUTE)
    say_minutes(by=ben, discussion_id=discussion.pk, minutes=9, line="", now=NINE + 10 * MINUTE)
    with pytest.raises(Refused):
        stay_in_discussion(by=ben, discussion_id=discussion.pk, now=NINE + 11 * MINUTE)
    with pytest.raises(Refused, match="end it"):
        leave_discussion(by=anna, discussion_id=discussion.pk)


# --- Codes -----------------------------------------------------------------------------------------------------------


def test_a_code_is_shown_and_is_not_in_the_database(anna: User) -> None:
    discussion = begin(anna, now=timezone.now())
    code = CODES.of(discussion.pk)
    assert len(code) == 8
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(d)::text FROM cpd_discussion d")
        assert code not in cursor.fetchone()[0]
    page = logged_in(anna).get(discussion.get_absolute_url()).text
    assert CODES.grouped(code) in page and '<svg class="qr"' in page


def test_joining_with_a_code_as_people_type_it(anna: User, ben: User) -> None:
    discussion = begin(anna, now=timezone.now())
    code = CODES.of(discussion.pk)
    client = logged_in(ben)
    page = client.get(reverse("cpd:discussion-join"), {"code": code})
    assert CODES.typed(code) in page.text and "shows your name to the others" in page.text
    typed = {"code": f" {code[:4].lower()}-{code[4:]} ", "name": "Ben Clarke"}
    for _ in range(2):
        answer = client.post(reverse("cpd:discussion-join"), typed)
        assert answer.headers["Location"] == discussion.get_absolute_url()
    assert discussion.participants.count() == 2
    seen = logged_in(anna).get(discussion.get_absolute_url()).text
    assert "Ben Clarke" in seen and "ben@example.org" not in seen
    # Only the host is shown the code.
    assert CODES.grouped(code) not in client.get(discussion.get_absolute_url()).text


def test_a_code_works_while_the_discussion_goes_on(anna: User, ben: User) -> None:
    discussion = begin(anna, now=timezone.now())
    code, form = CODES.of(discussion.pk), {"name": "Ben"}
    end(discussion, timezone.now())
    answer = logged_in(ben).post(reverse("cpd:discussion-join"), form | {"code": code})
    assert answer.status_code == 422 and "No discussion that goes on has this code" in answer.text
    another = begin(anna, now=timezone.now())
    cancel_discussion(by=anna, discussion_id=another.pk)
    answer = logged_in(ben).post(reverse("cpd:discussion-join"), form | {"code": CODES.of(another.pk)})
    assert answer.status_code == 422
    assert Participant.objects.filter(user=ben).count() == 0


def test_guessing_codes_ends_soon(anna: User, ben: User) -> None:
    discussion = begin(anna, now=timezone.now())
    client = logged_in(ben)
    for _ in range(10):
        assert client.post(reverse("cpd:discussion-join"), {"code": "AAAA AAAA", "name": "Ben"}).status_code == 422
    answer = client.post(reverse("cpd:discussion-join"), {"code": CODES.of(discussion.pk), "name": "Ben"})
    assert answer.status_code == 429 and "Wait five minutes" in answer.text
    assert not discussion.participants.filter(user=ben).exists()
    # Others are not kept out by it.
    other = logged_in(UserFactory())
    answer = other.post(reverse("cpd:discussion-join"), {"code": CODES.of(discussion.pk), "name": "Cleo"})
    assert answer.status_code == 302


@pytest.mark.sweep
@pytest.mark.parametrize("code", ["", "ABC", "\0" * 8, "🦉" * 8, "A" * 1_000_000, "\u202eAAAAAAAA"])
@pytest.mark.parametrize("name", ["", "a@b.example", "https://spam.example", "\0", "🦉", "x" * 151])
def test_nonsense_is_answered_with_a_sentence(ben: User, code: str, name: str) -> None:
    answer = logged_in(ben).post(reverse("cpd:discussion-join"), {"code": code, "name": name})
    assert answer.status_code == 422 and "There is a problem" in answer.text


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_parallel_joins_are_one_row() -> None:
    anna, ben = UserFactory(name="Anna"), UserFactory(name="Ben")
    discussion = begin(anna, now=timezone.now())
    start, faults = threading.Barrier(4), []

    def run() -> None:
        try:
            start.wait()
            join(ben, discussion, timezone.now())
        except Exception as fault:
            faults.append(fault)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert discussion.participants.filter(user=ben).count() == 1


# --- Invitations -----------------------------------------------------------------------------------------------------


def test_an_invitation_says_nothing_of_accounts_and_nothing_the_host_typed(anna: User, ben: User) -> None:
    article = ArticleFactory(published=True, title="Delirium")
    discussion = start_discussion(
        by=anna, discussion_id=uuid.uuid4(), title="Mrs Smith, bed 4", kind="case", name="Anna Brown", article=article
    ).discussion
    client, address = logged_in(anna), reverse("cpd:discussion-invite", args=[discussion.pk])
    for email in ("ben@example.org", "nobody@example.org"):
        answer = client.post(address, {"emails": email}, follow=True)
        assert "Invitations on the way: 1." in answer.text
    assert send_discussion_invitations.call(str(discussion.pk)) == 2
    assert send_discussion_invitations.call(str(discussion.pk)) == 0
    first, second = mail.outbox
    assert [first.to, second.to] == [["ben@example.org"], ["nobody@example.org"]]
    for message in mail.outbox:
        assert isinstance(message, mail.EmailMultiAlternatives)
        html = str(message.alternatives[0][0])
        for text in (message.body, html):
            assert "Anna Brown" in text and "Delirium" in text
            assert "Smith" not in text and "anna@example.org" not in text
    links = [line for message in mail.outbox for line in str(message.body).splitlines() if "/invited/" in line]
    same = [str(message.body).replace(link, "") for message, link in zip(mail.outbox, links, strict=True)]
    assert same[0] == same[1]


def test_a_link_belongs_to_the_first_account_that_takes_it(anna: User, ben: User, stranger: User) -> None:
    invitation = InvitationFactory(discussion=begin(anna, now=timezone.now()))
    address = reverse("cpd:discussion-invited", args=[token_of(invitation.pk)])
    assert Client().get(address).headers["Location"].startswith("/accounts/login/?next=")
    assert "Dizziness" in logged_in(ben).get(address).text
    assert logged_in(ben).post(address, {"name": "Ben Clarke"}).status_code == 302
    # Its own account finds the discussion by it again; nobody else is told what it was for.
    assert logged_in(ben).get(address).headers["Location"] == invitation.discussion.get_absolute_url()
    for answer in (logged_in(stranger).get(address), logged_in(stranger).post(address, {"name": "Sam"})):
        assert "used by another account" in answer.text and "Dizziness" not in answer.text
    assert not Participant.objects.filter(user=stranger).exists()


def test_a_link_is_made_with_our_secret(settings: Any) -> None:
    key = uuid.uuid4()
    token = token_of(key)
    assert invitation_id_in(token) == key
    assert invitation_id_in(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    for nonsense in ("", "a", "a:b:c", "\0", "é", "🦉:a:b"):
        assert invitation_id_in(nonsense) is None
    settings.SECRET_KEY = "another"
    assert invitation_id_in(token) is None


def test_links_die_with_the_discussion(anna: User, ben: User) -> None:
    live = InvitationFactory(discussion=begin(anna, now=timezone.now()))
    end(live.discussion, timezone.now())
    cancelled = InvitationFactory(discussion=begin(anna, now=timezone.now()))
    cancel_discussion(by=anna, discussion_id=cancelled.discussion_id)
    old = InvitationFactory(
        discussion=DiscussionFactory(is_afterwards=True), created_at=timezone.now() - datetime.timedelta(days=31)
    )
    for invitation in (live, cancelled, old):
        with pytest.raises(Refused):
            take_invitation(by=ben, invitation_id=invitation.pk, name="Ben")
        assert (
            "cannot be used"
            in logged_in(ben).get(reverse("cpd:discussion-invited", args=[token_of(invitation.pk)])).text
        )
    tidy_now(timezone.now())
    assert not Invitation.objects.filter(pk=old.pk).exists()


def test_of_one_recorded_afterwards_all_were_there_all_the_time(anna: User, ben: User) -> None:
    discussion = DiscussionFactory(host=anna, is_afterwards=True)
    invitation = InvitationFactory(discussion=discussion)
    mine = take_invitation(by=ben, invitation_id=invitation.pk, name="Ben")
    assert mine.elapsed(NINE) == 45


def test_thirty_are_invited_at_most_and_each_once(anna: User, ben: User) -> None:
    discussion = begin(anna, now=timezone.now())
    emails = [f"a{number}@example.org" for number in range(MOST_INVITED)]
    assert len(invite_to_discussion(by=anna, discussion_id=discussion.pk, emails=emails)) == MOST_INVITED
    assert invite_to_discussion(by=anna, discussion_id=discussion.pk, emails=emails) == []
    with pytest.raises(Refused, match="At most 30"):
        invite_to_discussion(by=anna, discussion_id=discussion.pk, emails=["one@example.org"])
    with pytest.raises(Discussion.DoesNotExist):
        invite_to_discussion(by=ben, discussion_id=discussion.pk, emails=["one@example.org"])
    for _ in range(2):
        another = begin(anna, now=timezone.now())
        invite_to_discussion(by=anna, discussion_id=another.pk, emails=emails)
    with pytest.raises(Refused, match="today"):
        invite_to_discussion(by=anna, discussion_id=begin(anna, now=timezone.now()).pk, emails=emails)


def test_bad_addresses_stay_in_the_box(anna: User) -> None:
    discussion = begin(anna, now=timezone.now())
    address = reverse("cpd:discussion-invite", args=[discussion.pk])
    answer = logged_in(anna).post(address, {"emails": "ben@example.org, not an address"})
    assert answer.status_code == 422
    assert "“not” is not an e-mail address." in answer.text and "ben@example.org, not an address" in answer.text
    assert not Invitation.objects.exists()


def test_what_the_mail_server_refuses_goes_on_waiting(anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    invitation = InvitationFactory(discussion=begin(anna, now=timezone.now()))

    def refuse(*args: object, **kwargs: object) -> int:
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
        assert send_invitations(invitation.discussion_id) == 0
    assert "Not sent yet" in logged_in(anna).get(invitation.discussion.get_absolute_url()).text
    assert send_invitations(invitation.discussion_id) == 1


# --- Into the record -------------------------------------------------------------------------------------------------


def test_adding_is_idempotent(both: Discussion, anna: User, ben: User) -> None:
    key = uuid.uuid4()
    first = add(ben, both, key=key)
    assert add(ben, both, key=key) == add(ben, both) == first
    assert Activity.objects.filter(user=ben).count() == 1
    assert not Activity.objects.filter(user=anna).exists()
    delete_activity(by=ben, activity_id=first.pk)
    assert add(ben, both) == first
    assert Activity.objects.get(user=ben).deleted_at is None


def test_it_can_be_added_before_anybody_confirms_and_says_so(both: Discussion, anna: User, ben: User) -> None:
    client = logged_in(ben)
    answer = client.post(reverse("cpd:discussion-add", args=[both.pk]), {"id": uuid.uuid4(), "reflection": "Mine"})
    activity = Activity.objects.get(user=ben)
    assert answer.headers["Location"] == activity.get_absolute_url()
    assert "Not confirmed by anybody yet" in client.get(activity.get_absolute_url()).text
    confirm(anna, part_of(ben, both))
    page = client.get(activity.get_absolute_url()).text
    assert "Confirmed by 1 colleague" in page and "Anna Brown" in page
    amend_activity(by=ben, activity_id=activity.pk, version=1, fields={"minutes": 60})
    page = client.get(activity.get_absolute_url()).text
    assert "Your record has 1 h. Your colleagues confirmed 45 min." in page


def test_nothing_is_added_before_the_minutes_are_said(anna: User) -> None:
    discussion = begin(anna)
    end(discussion, NINE + 5 * MINUTE)
    with pytest.raises(Refused):
        add(anna, discussion)


def test_a_discussion_with_nobody_is_none(anna: User, ben: User) -> None:
    discussion = DiscussionFactory(host=anna, is_afterwards=True)
    say(anna, discussion, 45)
    with pytest.raises(Refused, match="Nobody else was there"):
        add(anna, discussion)
    client, address = logged_in(anna), reverse("cpd:discussion-add", args=[discussion.pk])
    assert client.get(address).status_code == 302
    assert client.post(address, {"id": uuid.uuid4()}).status_code == 302
    assert not Activity.objects.filter(user=anna).exists()
    take_invitation(by=ben, invitation_id=InvitationFactory(discussion=discussion).pk, name="Ben")
    assert add(anna, discussion).minutes == 45


def test_the_id_of_somebody_elses_activity_adds_nothing(both: Discussion, ben: User) -> None:
    theirs = ActivityFactory()
    with pytest.raises(NotYours):
        add(ben, both, key=theirs.pk)
    answer = logged_in(ben).post(reverse("cpd:discussion-add", args=[both.pk]), {"id": theirs.pk})
    assert answer.status_code == 404


def test_own_words_stay_private_and_the_notes_are_everybodys(both: Discussion, anna: User, ben: User) -> None:
    write_notes(
        by=anna, discussion_id=both.pk, version=1, notes={"reference": "Smith 2024", "main_points": "Ask about falls"}
    )
    with pytest.raises(NotesChanged):
        write_notes(by=anna, discussion_id=both.pk, version=1, notes={"reference": "Other"})
    with pytest.raises(Discussion.DoesNotExist):
        write_notes(by=ben, discussion_id=both.pk, version=2, notes={})
    activity = add(ben, both, reflection="My secret worry")
    page = logged_in(ben).get(activity.get_absolute_url()).text
    assert "Smith 2024" in page and "Ask about falls" in page and "My secret worry" in page
    seen = logged_in(anna).get(both.get_absolute_url()).text
    assert "Ben Clarke will ask earlier" in seen and "My secret worry" not in seen


def test_notes_changed_elsewhere_are_shown_beside_ones_own(both: Discussion, anna: User) -> None:
    client, address = logged_in(anna), reverse("cpd:discussion-notes", args=[both.pk])
    assert client.post(address, {"version": 1, "discussed": "First"}).status_code == 302
    answer = client.post(address, {"version": 1, "discussed": "Second"})
    assert answer.status_code == 409 and "First" in answer.text and "Second" in answer.text
    assert client.post(address, {"version": 2, "discussed": "Second"}).status_code == 302


def test_what_grew_out_of_reading_is_found_from_there(anna: User) -> None:
    reading = ActivityFactory(user=anna, kind="reading")
    page = logged_in(anna).get(reading.get_absolute_url()).text
    address = f"{reverse('cpd:discussion-create')}?activity={reading.pk}"
    assert address in page
    client = logged_in(anna)
    assert reading.title in client.get(address).text
    form = {"id": uuid.uuid4(), "title": "About it", "kind": "journal-club", "name": "Anna Brown"}
    for _ in range(2):
        assert client.post(address, form).status_code == 302
    assert Discussion.objects.get().activity == reading
    assert "Discussed with colleagues" in client.get(reading.get_absolute_url()).text
    theirs = ActivityFactory(kind="reading")
    assert client.get(f"{reverse('cpd:discussion-create')}?activity={theirs.pk}").status_code == 404


def test_the_id_of_somebody_elses_discussion_starts_nothing(both: Discussion, stranger: User) -> None:
    form = {"id": both.pk, "title": "Mine now", "kind": "case", "name": "Sam"}
    assert logged_in(stranger).post(reverse("cpd:discussion-create"), form).status_code == 404
    assert not both.participants.filter(user=stranger).exists()


def test_a_discussion_of_an_article_keeps_which_text(anna: User) -> None:
    article = ArticleFactory(published=True, title="Delirium")
    form = {"id": uuid.uuid4(), "title": "Delirium", "kind": "journal-club", "name": "Anna Brown"}
    address = f"{reverse('cpd:discussion-create')}?article={article.slug}"
    assert address in logged_in(anna).get(article.get_absolute_url()).text
    assert logged_in(anna).post(address, form).status_code == 302
    discussion = Discussion.objects.get()
    assert (discussion.article, discussion.article_title, discussion.revision_number) == (article, "Delirium", 1)


# --- Recorded afterwards ---------------------------------------------------------------------------------------------


@time_machine.travel(datetime.datetime(2026, 11, 23, 12, 0, tzinfo=datetime.UTC), tick=False)
@pytest.mark.parametrize(
    ("day", "began_at", "minutes", "sentence"),
    [
        ("2026-11-24", "10:00", 30, "in the future"),
        ("2026-11-08", "10:00", 30, "more than 14 days ago"),
        ("2026-11-23", "11:45", 30, "would not be over yet"),
        ("2026-11-20", "10:00", 481, "at most 480 minutes"),
        ("2026-11-20", "10:00", 0, "at least 1 minute"),
        ("2026-11-20", "25:00", 30, "Enter a time"),
        ("2026-11-20", "", 30, "when it began"),
    ],
)
def test_afterwards_has_its_limits(anna: User, day: str, began_at: str, minutes: int, sentence: str) -> None:
    form = {"id": uuid.uuid4(), "title": "A", "kind": "case", "name": "Anna"}
    answer = logged_in(anna).post(
        f"{reverse('cpd:discussion-create')}?afterwards=1",
        form | {"day": day, "began_at": began_at, "minutes": minutes},
    )
    assert answer.status_code == 422 and sentence in answer.text
    assert not Discussion.objects.exists()


@time_machine.travel(datetime.datetime(2026, 3, 29, 12, 0, tzinfo=datetime.UTC), tick=False)
def test_afterwards_by_the_clock_on_the_wall(anna: User) -> None:
    address = f"{reverse('cpd:discussion-create')}?afterwards=1"
    form = {"id": uuid.uuid4(), "title": "A", "kind": "case", "name": "Anna", "day": "2026-03-29", "minutes": 60}
    answer = logged_in(anna).post(address, form | {"began_at": "01:30"})
    assert answer.status_code == 422 and "skipped this time" in answer.text
    assert logged_in(anna).post(address, form | {"began_at": "00:30"}).status_code == 302
    discussion = Discussion.objects.get()
    assert discussion.started_at == datetime.datetime(2026, 3, 29, 0, 30, tzinfo=datetime.UTC)
    assert part_of(anna, discussion).elapsed(NINE) == 60


# --- Who sees it -----------------------------------------------------------------------------------------------------


def test_a_cancelled_one_is_the_hosts_alone_and_can_be_had_back(both: Discussion, anna: User, ben: User) -> None:
    assert logged_in(anna).post(reverse("cpd:discussion-cancel", args=[both.pk])).status_code == 302
    assert "Undo" in logged_in(anna).get(both.get_absolute_url()).text
    assert logged_in(ben).get(both.get_absolute_url()).status_code == 404
    assert logged_in(anna).get(reverse("cpd:discussion-minutes", args=[both.pk])).status_code == 404
    restore_discussion(by=anna, discussion_id=both.pk)
    assert logged_in(ben).get(both.get_absolute_url()).status_code == 200
    add(ben, both)
    with pytest.raises(Refused, match="in their record"):
        cancel_discussion(by=anna, discussion_id=both.pk)


def test_the_night_takes_what_was_cancelled_long_ago_and_what_is_nobodys(
    both: Discussion, anna: User, ben: User
) -> None:
    long_ago = DiscussionFactory(cancelled_at=timezone.now() - datetime.timedelta(days=31))
    lately = DiscussionFactory(cancelled_at=timezone.now() - datetime.timedelta(days=29))
    anna.delete()
    tidy_now(timezone.now())
    assert set(Discussion.objects.all()) == {both, lately}
    ben.delete()
    tidy_now(timezone.now())
    assert set(Discussion.objects.all()) == {lately}
    events = Discussion._meta.apps.get_model("cpd", "ParticipantEvent").objects
    assert not events.filter(discussion_id__in=[both.pk, long_ago.pk]).exists()


def test_who_is_there_is_told_to_those_who_are(anna: User, ben: User, stranger: User) -> None:
    discussion = begin(anna, now=timezone.now())
    address = reverse("cpd:discussion-people", args=[discussion.pk])
    client = logged_in(anna)
    first = client.get(address)
    assert [each["name"] for each in first.json()["people"]] == ["Anna Brown"]
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    join(ben, discussion, timezone.now())
    later = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert [each["name"] for each in later.json()["people"]] == ["Anna Brown", "Ben Clarke"]
    assert logged_in(stranger).get(address).status_code == 404


def test_what_waits_is_said_on_the_tracker(anna: User, ben: User) -> None:
    now = timezone.now()
    discussion = begin(anna, now=now - 50 * MINUTE)
    join(ben, discussion, now - 50 * MINUTE)
    assert waiting_count(anna) == 0
    end(discussion, now)
    assert waiting_count(anna) == waiting_count(ben) == 1
    assert "1 discussion waits for you" in logged_in(ben).get("/cpd/").text
    say(ben, discussion, 50)
    assert (waiting_count(anna), waiting_count(ben)) == (1, 0)
    say(anna, discussion, 50)
    confirm(anna, part_of(ben, discussion))
    confirm(ben, part_of(anna, discussion))
    # Confirmed: it can be added.
    assert (waiting_count(anna), waiting_count(ben)) == (1, 1)
    add(anna, discussion)
    assert (waiting_count(anna), waiting_count(ben)) == (0, 1)
    with time_machine.travel(now + datetime.timedelta(days=31)):
        assert waiting_count(ben) == 0


def test_pages_cost_the_same_for_two_and_for_sixty(both: Discussion, anna: User) -> None:
    client = logged_in(anna)
    activity = add(anna, both)
    pages = [both.get_absolute_url(), reverse("cpd:discussion-confirm", args=[both.pk]), activity.get_absolute_url()]

    def costs() -> list[int]:
        found = []
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page).status_code == 200
            found.append(len(queries))
        return found

    client.get("/cpd/")
    few = costs()
    for _ in range(58):
        other = ParticipantFactory(discussion=both, minutes=45)
        ConfirmationFactory(of=other, by=part_of(anna, both))
        ConfirmationFactory(of=part_of(anna, both), by=other)
    assert costs() == few
    assert max(few) <= 12


def test_no_words_reach_a_name_in_a_log(both: Discussion, ben: User) -> None:
    mine = part_of(ben, both)
    texts = [str(both), str(mine), str(ConfirmationFactory()), str(InvitationFactory(email="secret@example.org"))]
    for text in texts:
        assert not any(word in text for word in ("Dizziness", "Ben", "dizziness", "Person", "secret"))
