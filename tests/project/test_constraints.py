"""Every rule of the database has a name, a sentence for people, and a test that breaks it behind the forms' back."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from articles.models import Byline, Choice, Image, Revision, WorkingCopy
from cpd.models import Beat, Certificate
from tests.factories.accounts import UserFactory
from tests.factories.articles import (
    ArticleFactory,
    AttemptFactory,
    AuthorFactory,
    CommentFactory,
    QuestionFactory,
    ReviewFactory,
    SavedArticleFactory,
)
from tests.factories.cpd import (
    NINE,
    ActivityFactory,
    ActivityTemplateFactory,
    AppraiserFactory,
    ArchiveFactory,
    ArtefactFactory,
    AuditEventFactory,
    CertificateFactory,
    ConfirmationFactory,
    DiscussionFactory,
    DraftFactory,
    EnrolmentFactory,
    EvidenceFactory,
    FrameworkTextFactory,
    GoalActivityFactory,
    GoalFactory,
    GrantFactory,
    ImpactFactory,
    ImportFactory,
    ImportMappingFactory,
    ImportRowFactory,
    InvitationFactory,
    JudgedCycleFactory,
    LeaveFactory,
    LeavingFactory,
    MailingFactory,
    NoticeFactory,
    PackFactory,
    PackFileFactory,
    ParticipantFactory,
    PlacementFactory,
    ReaderFactory,
    ReadingCodeFactory,
    ReflectionFactory,
    RemindersFactory,
    ShareCommentFactory,
    ShareEntryFactory,
    ShareLinkFactory,
    SittingFactory,
    UnfinishedUploadFactory,
)

pytestmark = pytest.mark.django_db
APPS = ("accounts", "articles", "cpd")
DAY = datetime.date(2026, 11, 20)


def changed(make: Callable[[], models.Model], **fields: Any) -> Callable[[], object]:
    """Make a row, then change it by SQL alone: no save(), no clean()."""
    return lambda: type(row := make())._default_manager.filter(pk=row.pk).update(**fields)


def twice(make: Callable[[], models.Model]) -> Callable[[], object]:
    """Make a row, then insert a copy of it under another key."""

    def break_it() -> object:
        row = make()
        row.pk = None
        return type(row)._default_manager.bulk_create([row])

    return break_it


def image(**fields: Any) -> Callable[[], object]:
    plain = {"name": "a.webp", "title": "A", "alternative_text": "A", "width": 1, "height": 1}
    return lambda: Image.objects.bulk_create([Image(**(plain | fields))])


def beat() -> Beat:
    sitting = SittingFactory()
    return Beat.objects.create(
        sitting=sitting, sequence=1, received_at=sitting.started_at, claimed_ms=0, counted_ms=0, offline_ms=0
    )


def certificate(**fields: Any) -> Callable[[], object]:
    """Another certificate like one there is, with something else in it: what is certified cannot be changed later."""

    def insert() -> object:
        row = CertificateFactory()
        given = {"pk": uuid.uuid4(), "code_sha256": "a" * 64} | fields
        for name, value in given.items():
            setattr(row, name, value)
        return Certificate.objects.bulk_create([row])

    return insert


def published() -> Any:
    return ArticleFactory(published=True)


def working_copy() -> WorkingCopy:
    return WorkingCopy.objects.create(user=UserFactory())


def another_attempt() -> object:
    first = AttemptFactory()
    return AttemptFactory(user=first.user, article=first.article)


def scheduled_revision() -> Revision:
    """Not yet public, so that the trigger which guards published text does not come first."""
    revision: Revision = published().revision
    future = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)
    return Revision.objects.bulk_create(
        [Revision(**{**row_of(revision), "number": revision.number + 1, "live_from": future})]
    )[0]


def row_of(row: models.Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}


def carried_twice() -> object:
    first = GoalFactory()
    return [GoalFactory(user=first.user, carried_from=first) for _ in "ab"]


BREAKS: dict[str, Callable[[], object]] = {
    "accounts_user_email_is_in_lower_case": changed(UserFactory, email="Upper@Example.org"),
    "accounts_user_role_is_known": changed(UserFactory, role="king"),
    "accounts_profile_year_starts_in_a_month": changed(lambda: UserFactory().profile, year_starts_in=13),
    "accounts_profile_profession_is_known": changed(lambda: UserFactory().profile, profession="wizard"),
    "articles_image_has_alternative_text_or_is_decorative": image(alternative_text=""),
    "articles_article_status_is_known": changed(ArticleFactory, status="lost"),
    "articles_article_published_has_a_text_and_a_date": changed(ArticleFactory, status="published"),
    "articles_article_review_is_due_after_the_last_one": changed(
        ArticleFactory, last_reviewed_on=DAY, review_due_on=DAY
    ),
    "articles_article_pass_mark_is_a_percentage": changed(ArticleFactory, pass_mark=101),
    "articles_article_gdc_outcomes_are_known": changed(ArticleFactory, gdc_outcomes="CA"),
    "articles_article_allows_an_attempt": changed(ArticleFactory, attempts_allowed=0),
    "articles_article_retired_has_a_date": changed(published, status="retired"),
    "articles_article_is_imported_once": lambda: [ArticleFactory(source_id="https://old.example/?p=1") for _ in "ab"],
    "articles_review_verdict_is_known": changed(ReviewFactory, verdict="perhaps"),
    "articles_review_is_asked_for_once": twice(ReviewFactory),
    "articles_review_signature_is_whole": changed(lambda: ReviewFactory(signed=True), competing_interests=""),
    "articles_review_says_what_to_change": changed(ReviewFactory, verdict="changes", decided_at=timezone.now()),
    "articles_comment_has_words": changed(CommentFactory, text=""),
    "articles_author_family_name_is_in_the_name": changed(AuthorFactory, family_name="Nobody"),
    "articles_workingcopy_kind_is_known": changed(working_copy, kind="lost"),
    "articles_workingcopy_typed_belongs_to_somebody": changed(working_copy, user=None),
    "articles_workingcopy_replaced_is_of_an_article": changed(working_copy, kind="replaced"),
    "articles_byline_names_an_author_once": twice(
        lambda: Byline.objects.create(article=ArticleFactory(), author=AuthorFactory(), position=9)
    ),
    "articles_question_key_is_used_once": twice(QuestionFactory),
    "articles_question_kind_is_known": changed(QuestionFactory, kind="riddle"),
    "articles_choice_key_is_used_once": twice(lambda: QuestionFactory().choices.last()),
    "articles_choice_one_answer_is_right": lambda: Choice.objects.filter(question=QuestionFactory()).update(
        is_correct=True
    ),
    "articles_attempt_is_one_at_a_time": another_attempt,
    "articles_attempt_has_a_result_once_finished": changed(AttemptFactory, passed=True),
    "articles_attempt_ends_after_it_begins": changed(
        lambda: AttemptFactory(right=1), finished_at=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    ),
    "articles_attempt_score_is_a_percentage": changed(lambda: AttemptFactory(right=1), score=101),
    "articles_revision_number_is_used_once": twice(lambda: published().revision),
    "articles_revision_significance_is_known": changed(scheduled_revision, significance="huge"),
    "cpd_reader_is_a_user_or_a_browser": changed(ReaderFactory, browser=uuid.uuid4()),
    "cpd_sitting_furthest_is_a_percentage": changed(SittingFactory, furthest=101),
    "cpd_sitting_ends_after_it_starts": changed(
        SittingFactory, last_beat_at=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    ),
    "cpd_beat_sequence_is_used_once": twice(beat),
    "cpd_reflection_has_words": changed(ReflectionFactory, text=""),
    "cpd_reflection_ai_use_is_known": changed(ReflectionFactory, ai_use="perhaps", ai_declared_on=DAY),
    "cpd_reflection_declares_on_a_day": changed(ReflectionFactory, ai_use="none", ai_declared_on=None),
    "cpd_activity_takes_at_least_a_minute": changed(ActivityFactory, minutes=0),
    "cpd_activity_fits_into_its_days": changed(ActivityFactory, minutes=1441),
    "cpd_activity_ends_after_it_starts": changed(ActivityFactory, done_until=DAY - datetime.timedelta(days=1)),
    "cpd_activity_participatory_is_part_of_the_whole": changed(ActivityFactory, participatory_minutes=61),
    "cpd_activity_kind_is_known": changed(ActivityFactory, kind="nap"),
    "cpd_activity_template_has_a_name_of_its_own": twice(ActivityTemplateFactory),
    "cpd_activity_template_is_named": changed(ActivityTemplateFactory, name=""),
    "cpd_activity_template_kind_is_known": changed(ActivityTemplateFactory, kind="nap"),
    "cpd_activity_template_takes_a_minute": changed(ActivityTemplateFactory, minutes=0),
    "cpd_activity_is_measured_if_and_only_if_timed": changed(ActivityFactory, measured_seconds=5),
    "cpd_activity_keeps_a_whole_copy_of_what_was_read": changed(ActivityFactory, article_title="Half a copy"),
    "cpd_enrolment_is_one_at_a_time": twice(EnrolmentFactory),
    "cpd_enrolment_works_a_share_of_full_time": changed(EnrolmentFactory, working_percent=0),
    "cpd_enrolment_is_left_after_it_is_joined": changed(
        EnrolmentFactory, joined_on=DAY, left_on=DAY - datetime.timedelta(days=1)
    ),
    "articles_savedarticle_is_saved_once": twice(SavedArticleFactory),
    "cpd_enrolment_anchor_on_is_in_these_centuries": changed(EnrolmentFactory, anchor_on=datetime.date.max),
    "cpd_enrolment_joined_on_is_in_these_centuries": changed(EnrolmentFactory, joined_on=datetime.date.min),
    "cpd_enrolment_left_on_is_in_these_centuries": changed(EnrolmentFactory, left_on=datetime.date(2201, 1, 1)),
    "cpd_leave_first_on_is_in_these_centuries": changed(LeaveFactory, first_on=datetime.date(1899, 12, 31)),
    "cpd_leave_last_on_is_in_these_centuries": changed(LeaveFactory, last_on=datetime.date(2201, 1, 1)),
    "cpd_leave_ends_after_it_starts": changed(LeaveFactory, last_on=datetime.date(2020, 1, 1)),
    "cpd_grant_is_one_for_a_requirement_and_cycle": twice(GrantFactory),
    "cpd_grant_is_not_negative": changed(GrantFactory, value=-1),
    "cpd_placement_is_one_in_each_framework": twice(PlacementFactory),
    "cpd_placement_states_no_negative_credits": changed(PlacementFactory, stated=-1),
    "cpd_placement_has_at_least_one_item": changed(PlacementFactory, items=0),
    "cpd_artefact_ends_after_it_starts": changed(ArtefactFactory, done_until=datetime.date(2020, 1, 1)),
    "cpd_artefact_has_a_quantity": changed(ArtefactFactory, quantity=0),
    "cpd_frameworktext_is_kept_once": twice(FrameworkTextFactory),
    "cpd_judgedcycle_is_judged_once": twice(JudgedCycleFactory),
    "cpd_judgedcycle_ends_after_it_starts": changed(JudgedCycleFactory, last_on=datetime.date(2020, 1, 1)),
    "cpd_notice_is_given_once": twice(NoticeFactory),
    "cpd_notice_of_a_text_names_its_article": lambda: NoticeFactory(
        article=None, revision=ArticleFactory(published=True).revision
    ),
    "cpd_mailing_goes_out_once": twice(MailingFactory),
    "cpd_reminders_how_often_is_known": changed(RemindersFactory, how_often="hourly"),
    "cpd_reminders_calendar_has_its_own_address": lambda: [
        RemindersFactory(calendar_sha256="a" * 64) for _ in range(2)
    ],
    "cpd_draft_is_one_of_a_tab": twice(DraftFactory),
    "cpd_draft_kind_is_known": changed(DraftFactory, kind="poem"),
    "cpd_discussion_kind_is_known": changed(DiscussionFactory, kind="reading"),
    "cpd_discussion_ends_after_it_starts": changed(DiscussionFactory, ended_at=NINE - datetime.timedelta(seconds=1)),
    "cpd_discussion_takes_eight_hours_at_most": changed(
        DiscussionFactory, ended_at=NINE + datetime.timedelta(hours=8, seconds=1)
    ),
    "cpd_discussion_recorded_afterwards_has_ended": changed(DiscussionFactory, is_afterwards=True, ended_at=None),
    "cpd_discussion_that_has_ended_has_no_code": changed(DiscussionFactory, code_sha256="a" * 64),
    "cpd_discussion_has_its_own_code": twice(lambda: DiscussionFactory(going_on=True)),
    "cpd_discussion_keeps_which_text_it_was_about": changed(DiscussionFactory, revision_number=2),
    "cpd_participant_takes_part_once": twice(ParticipantFactory),
    "cpd_participant_has_a_name": changed(ParticipantFactory, name=""),
    "cpd_participant_leaves_after_joining": changed(ParticipantFactory, left_at=NINE - datetime.timedelta(seconds=1)),
    "cpd_participant_claims_at_least_a_minute": changed(ParticipantFactory, minutes=0),
    "cpd_participant_claims_when_it_is_over": changed(ParticipantFactory, left_at=None, minutes=5),
    "cpd_participant_claims_no_more_than_elapsed": changed(ParticipantFactory, minutes=46),
    "cpd_confirmation_is_not_of_oneself": changed(ConfirmationFactory, by=models.F("of")),
    "cpd_confirmation_is_given_once": twice(ConfirmationFactory),
    "cpd_confirmation_is_of_at_least_a_minute": changed(ConfirmationFactory, minutes=0),
    "cpd_invitation_is_sent_once_to_an_address": twice(InvitationFactory),
    "cpd_invitation_taken_has_a_time": lambda: InvitationFactory(taken_by=ParticipantFactory()),
    "cpd_reminders_ask_from_a_time_on": changed(RemindersFactory, ask_after_weeks=6),
    "cpd_goal_status_is_known": changed(GoalFactory, status="lost"),
    "cpd_goal_is_due_in_these_centuries": changed(GoalFactory, due_on=datetime.date(2300, 1, 1)),
    "cpd_goal_is_carried_once": carried_twice,
    "cpd_goal_is_not_carried_from_itself": changed(GoalFactory, carried_from=models.F("id")),
    "cpd_goal_has_an_activity_once": twice(GoalActivityFactory),
    "cpd_impact_answer_is_known": changed(ImpactFactory, answer="perhaps", answered_at=timezone.now()),
    "cpd_impact_is_answered_at_a_time": changed(ImpactFactory, answer="yes"),
    "cpd_impact_is_asked_by_a_mail": changed(ImpactFactory, asked_at=timezone.now()),
    "cpd_impact_has_its_own_address": lambda: [
        ImpactFactory(asked_at=timezone.now(), token_sha256="0" * 64) for _ in "ab"
    ],
    "cpd_reading_code_expires_after_it_is_made": changed(
        ReadingCodeFactory, expires_at=timezone.now() - datetime.timedelta(days=8)
    ),
    "cpd_reading_code_is_claimed_by_somebody": changed(ReadingCodeFactory, claimed_at=timezone.now()),
    "cpd_reading_code_is_claimed_in_time": lambda: changed(
        ReadingCodeFactory, claimed_at=timezone.now() + datetime.timedelta(days=8), claimed_by=UserFactory()
    )(),
    "cpd_evidence_is_added_once": twice(EvidenceFactory),
    "cpd_evidence_is_of_the_activity_it_is_meant_for": changed(EvidenceFactory, meant_for=uuid.uuid4()),
    "cpd_evidence_size_is_within_limits": changed(EvidenceFactory, size=25 * 1024 * 1024 + 1),
    "cpd_evidence_kind_is_known": changed(EvidenceFactory, kind="exe"),
    "cpd_evidence_scan_is_known": changed(EvidenceFactory, scan="perhaps"),
    "cpd_evidence_has_its_names": changed(EvidenceFactory, name=""),
    "cpd_unfinishedupload_size_is_within_limits": changed(UnfinishedUploadFactory, size=0),
    "cpd_import_state_is_known": changed(ImportFactory, state="lost"),
    "cpd_import_format_is_known": changed(ImportFactory, format="doc"),
    "cpd_import_done_has_a_date": changed(ImportFactory, state="done"),
    "cpd_import_undone_has_a_date": changed(lambda: ImportFactory(undone=True), undone_at=None),
    "cpd_pack_has_its_own_number": twice(PackFactory),
    "cpd_pack_kind_is_known": changed(PackFactory, kind="whim"),
    "cpd_pack_ends_after_it_starts": changed(PackFactory, last_on=datetime.date(2026, 10, 31)),
    "cpd_pack_has_a_hash": changed(PackFactory, sha256=""),
    "cpd_packfile_is_one_of_each_format": twice(PackFileFactory),
    "cpd_packfile_format_is_known": changed(PackFileFactory, format="doc"),
    "cpd_packfile_stored_is_made": changed(PackFileFactory, stored_as="aa/bb"),
    "cpd_importrow_reason_is_known": changed(ImportRowFactory, reason="whim"),
    "cpd_archive_is_one_at_a_time": twice(ArchiveFactory),
    "cpd_archive_kind_is_known": changed(ArchiveFactory, kind="lost"),
    "cpd_archive_state_is_known": changed(ArchiveFactory, state="lost"),
    "cpd_archive_done_has_a_date": changed(ArchiveFactory, state="done"),
    "cpd_leaving_closes_after_a_time": changed(LeavingFactory, closes_at=NINE),
    "cpd_certificate_code_is_used_once": twice(CertificateFactory),
    "cpd_certificate_names_its_holder": changed(CertificateFactory, holder_name=""),
    "cpd_certificate_is_of_at_least_a_minute": certificate(minutes=0),
    "cpd_certificate_is_of_something_measured": certificate(measured_seconds=None),
    "cpd_certificate_tells_all_of_an_assessment": certificate(passed_on=DAY),
    "cpd_certificate_has_all_the_gdc_asks_or_none": certificate(gdc_outcomes=["A"]),
    "cpd_auditevent_what_is_known": lambda: AuditEventFactory(what="whim"),
    "cpd_importmapping_one_of_each_kind_of_file": twice(ImportMappingFactory),
    "cpd_sharelink_has_its_own_address": lambda: [ShareLinkFactory(token_sha256="0" * 64) for _ in "ab"],
    "cpd_sharelink_says_whose_record_it_is": changed(ShareLinkFactory, shown_name=""),
    "cpd_sharelink_period_ends_after_it_starts": changed(ShareLinkFactory, last_on=datetime.date(2020, 1, 1)),
    "cpd_sharelink_shows_a_pack_or_a_period": changed(ShareLinkFactory, is_of_pack=True, with_plan=True),
    "cpd_sharelink_is_open_for_days": changed(ShareLinkFactory, days=91),
    "cpd_sharelink_expires_after_it_starts": changed(
        lambda: ShareLinkFactory(is_on=True), expires_at=timezone.now() - datetime.timedelta(days=1)
    ),
    "cpd_sharelink_stops_after_it_starts": changed(
        lambda: ShareLinkFactory(is_on=True), stopped_at=timezone.now() - datetime.timedelta(days=1)
    ),
    "cpd_shareentry_is_in_a_link_once": twice(ShareEntryFactory),
    "cpd_appraiser_is_one_of_a_link": twice(AppraiserFactory),
    "cpd_appraiser_has_a_name": changed(AppraiserFactory, name=""),
    "cpd_sharecomment_says_something": changed(ShareCommentFactory, words=""),
}


def constraints() -> dict[str, models.BaseConstraint]:
    found = {
        constraint.name: constraint
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        for constraint in model._meta.constraints
    }
    assert len(found) > 15
    return found


def test_each_constraint_is_broken_below() -> None:
    assert set(BREAKS) == set(constraints())


@pytest.mark.sweep
@pytest.mark.parametrize("name", BREAKS)
def test_the_database_refuses(name: str) -> None:
    # A broken day constraint may trip the one beside it; the first named is enough when both speak of the same fault.
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        BREAKS[name]()


def test_each_constraint_has_a_sentence_for_people() -> None:
    plain = models.BaseConstraint.default_violation_error_message
    for name, constraint in constraints().items():
        message = str(constraint.violation_error_message)
        assert message != plain and message[0].isupper() and message.endswith("."), name
