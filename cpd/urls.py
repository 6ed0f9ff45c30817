"""Addresses of the record."""

from django.urls import path

from cpd.views import (
    activities,
    activity_templates,
    archives,
    artefacts,
    certificates,
    device,
    discussion_outcome,
    discussions,
    drafts,
    enrolments,
    evidence,
    frameworks,
    highlights,
    history,
    identifiers,
    impact,
    imports,
    leaving,
    listing,
    log,
    notices,
    packs,
    plan,
    quick,
    readership,
    reading,
    reading_codes,
    reminders,
    requirements,
    shares,
    tracker,
)

app_name = "cpd"

activity_urls = [
    path("activities/", listing.activity_list, name="activity-list"),
    path("activities/change/", listing.activities_change, name="activities-change"),
    path("activities/delete/", listing.activities_delete, name="activities-delete"),
    path("activities/restore/", listing.activities_restore, name="activities-restore"),
    path("activities/new/", activities.activity_create, name="activity-create"),
    path("activities/<uuid:pk>/", activities.activity_detail, name="activity-detail"),
    path("activities/<uuid:pk>/history/", activities.activity_history, name="activity-history"),
    path("activities/<uuid:pk>/edit/", activities.activity_update, name="activity-update"),
    path("activities/<uuid:pk>/delete/", activities.activity_delete, name="activity-delete"),
    path("activities/<uuid:pk>/restore/", activities.activity_restore, name="activity-restore"),
]

reading_urls = [
    path("reading/", reading.inbox, name="reading-inbox"),
    path("reading/history/", history.history, name="reading-history"),
    path("reading/history/clear/", history.history_clear, name="reading-history-clear"),
    path("reading/history/<slug:slug>/clear/", history.history_clear, name="reading-history-clear-one"),
    path("reading/dismiss/", reading.dismiss, name="reading-dismiss"),
    path("reading/beats/", reading.beat, name="reading-beat"),
    path("reading/log/", reading.log, name="reading-log"),
    path("reading/context/<slug:slug>/", reading.context, name="reading-context"),
]

enrolment_urls = [
    path("requirements/new/", enrolments.enrolment_start, name="enrolment-start"),
    path("requirements/new/titles/", enrolments.enrolment_titles, name="enrolment-titles"),
    path("requirements/new/numbers/", enrolments.enrolment_numbers, name="enrolment-numbers"),
    path("requirements/<uuid:pk>/edit/", enrolments.enrolment_update, name="enrolment-update"),
    path("requirements/<uuid:pk>/delete/", enrolments.enrolment_delete, name="enrolment-delete"),
    path("requirements/<uuid:pk>/restore/", enrolments.enrolment_restore, name="enrolment-restore"),
    path("requirements/<uuid:pk>/leave/", enrolments.enrolment_leave, name="enrolment-leave"),
    path(
        "requirements/<uuid:pk>/leave/<uuid:leave_pk>/delete/",
        enrolments.enrolment_leave_delete,
        name="enrolment-leave-delete",
    ),
    path("requirements/<uuid:pk>/grants/", enrolments.enrolment_grants, name="enrolment-grants"),
    path(
        "requirements/<uuid:pk>/grants/<uuid:grant_pk>/delete/",
        enrolments.enrolment_grant_delete,
        name="enrolment-grant-delete",
    ),
]

requirement_urls = [
    path("requirements/", requirements.requirements, name="requirements"),
    path("requirements/frameworks/", frameworks.framework_list, name="framework-list"),
    path("requirements/frameworks/<slug:slug>/", frameworks.framework_detail, name="framework-detail"),
    path("requirements/<uuid:pk>/", requirements.enrolment_detail, name="enrolment-detail"),
    path("requirements/<uuid:pk>/cycles/<str:first>/", requirements.cycle_detail, name="cycle-detail"),
]

artefact_urls = [
    path("requirements/<uuid:pk>/<slug:kind>/new/", artefacts.artefact_create, name="artefact-create"),
    path("artefacts/<uuid:pk>/", artefacts.artefact_detail, name="artefact-detail"),
    path("artefacts/<uuid:pk>/edit/", artefacts.artefact_update, name="artefact-update"),
    path("artefacts/<uuid:pk>/delete/", artefacts.artefact_delete, name="artefact-delete"),
    path("artefacts/<uuid:pk>/restore/", artefacts.artefact_restore, name="artefact-restore"),
]

reminder_urls = [
    path("reminders/", reminders.reminders, name="reminders"),
    path("reminders/stop/<str:signed>/", reminders.reminders_stop, name="reminders-stop"),
    path("calendar/<slug:token>.ics", reminders.calendar, name="calendar"),
]

notice_urls = [
    path("notices/", notices.notice_list, name="notice-list"),
    path("notices/<uuid:pk>/", notices.notice_detail, name="notice-detail"),
    path("notices/<uuid:pk>/dismiss/", notices.notice_dismiss, name="notice-dismiss"),
]

draft_urls = [
    path("drafts/", drafts.draft_list, name="draft-list"),
    path("drafts/<uuid:subject>/", drafts.draft, name="draft"),
    path("drafts/<uuid:subject>/give-way/", drafts.draft_give_way, name="draft-give-way"),
    path("drafts/<uuid:pk>/discard/", drafts.draft_discard, name="draft-discard"),
    path("drafts/<uuid:pk>/restore/", drafts.draft_restore, name="draft-restore"),
]

plan_urls = [
    path("plan/", plan.plan, name="plan"),
    path("plan/carry/", plan.plan_carry, name="plan-carry"),
    path("plan/goals/new/", plan.goal_create, name="goal-create"),
    path("plan/goals/<uuid:pk>/", plan.goal_detail, name="goal-detail"),
    path("plan/goals/<uuid:pk>/edit/", plan.goal_update, name="goal-update"),
    path("plan/goals/<uuid:pk>/delete/", plan.goal_delete, name="goal-delete"),
    path("plan/goals/<uuid:pk>/restore/", plan.goal_restore, name="goal-restore"),
    path("plan/goals/<uuid:pk>/activities/", plan.goal_activities, name="goal-activities"),
    path("activities/<uuid:pk>/goals/", plan.activity_goals, name="activity-goals"),
    path("activities/<uuid:pk>/change/", impact.activity_impact, name="activity-impact"),
    path("change/<slug:token>/", impact.impact_answer, name="impact-answer"),
]

reading_code_urls = [
    path("reading/code/", reading_codes.code, name="reading-code"),
    path("reading/claim/", reading_codes.claim, name="reading-claim"),
    path("reading/forget/", reading_codes.forget, name="reading-forget"),
]

discussion_urls = [
    path("discussions/", discussions.discussion_list, name="discussion-list"),
    path("discussions/new/", discussions.discussion_create, name="discussion-create"),
    path("discussions/join/", discussions.discussion_join, name="discussion-join"),
    path("discussions/invited/<str:token>/", discussions.discussion_invited, name="discussion-invited"),
    path("discussions/<uuid:pk>/", discussions.discussion_detail, name="discussion-detail"),
    path("discussions/<uuid:pk>/people/", discussions.discussion_people, name="discussion-people"),
    path("discussions/<uuid:pk>/invite/", discussions.discussion_invite, name="discussion-invite"),
    path("discussions/<uuid:pk>/leave/", discussions.discussion_leave, name="discussion-leave"),
    path("discussions/<uuid:pk>/stay/", discussions.discussion_stay, name="discussion-stay"),
    path("discussions/<uuid:pk>/end/", discussions.discussion_end, name="discussion-end"),
    path("discussions/<uuid:pk>/cancel/", discussions.discussion_cancel, name="discussion-cancel"),
    path("discussions/<uuid:pk>/restore/", discussions.discussion_restore, name="discussion-restore"),
    path("discussions/<uuid:pk>/minutes/", discussion_outcome.discussion_minutes, name="discussion-minutes"),
    path("discussions/<uuid:pk>/confirm/", discussion_outcome.discussion_confirm, name="discussion-confirm"),
    path("discussions/<uuid:pk>/notes/", discussion_outcome.discussion_notes, name="discussion-notes"),
    path("discussions/<uuid:pk>/add/", discussion_outcome.discussion_add, name="discussion-add"),
]

import_urls = [
    path("portfolio/import/", imports.start, name="import-start"),
    path("portfolio/import/sample.csv", imports.sample, name="import-sample"),
    path("portfolio/import/<uuid:pk>/", imports.detail, name="import-detail"),
    path("portfolio/import/<uuid:pk>/progress/", imports.progress, name="import-progress"),
    path("portfolio/import/<uuid:pk>/columns/", imports.columns, name="import-columns"),
    path("portfolio/import/<uuid:pk>/sheet/", imports.sheet, name="import-sheet"),
    path("portfolio/import/<uuid:pk>/run/", imports.run, name="import-run"),
    path("portfolio/import/<uuid:pk>/discard/", imports.discard, name="import-discard"),
    path("portfolio/import/<uuid:pk>/undo/", imports.undo, name="import-undo"),
    path("portfolio/import/<uuid:pk>/restore/", imports.restore, name="import-restore"),
]

pack_urls = [
    path("portfolio/", packs.portfolio, name="portfolio"),
    path("portfolio/preview/", packs.preview, name="portfolio-preview"),
    path("portfolio/<uuid:pk>/", packs.pack_detail, name="pack-detail"),
    path("portfolio/<uuid:pk>/delete/", packs.pack_delete, name="pack-delete"),
    path("portfolio/<uuid:pk>/<slug:ending>/make/", packs.file_make, name="pack-file-make"),
    path("portfolio/<uuid:pk>/<slug:ending>/progress/", packs.file_progress, name="pack-file-progress"),
    path("portfolio/<uuid:pk>.<slug:ending>", packs.file_download, name="pack-file"),
]

own_record_urls = [
    path("activities/quick/", quick.activity_quick, name="activity-quick"),
    path("activities/unfinished/", quick.unfinished_list, name="unfinished-list"),
    path("activities/<uuid:pk>/finish/", quick.activity_finish, name="activity-finish"),
    path("activities/<uuid:pk>/highlight/", highlights.activity_highlight, name="activity-highlight"),
    path("activities/<uuid:pk>/template/", activity_templates.template_create, name="template-create"),
    path("templates/", activity_templates.template_list, name="template-list"),
    path("templates/<uuid:pk>/edit/", activity_templates.template_update, name="template-update"),
    path("templates/<uuid:pk>/delete/", activity_templates.template_delete, name="template-delete"),
    path("templates/<uuid:pk>/restore/", activity_templates.template_restore, name="template-restore"),
]

evidence_urls = [
    path("evidence/of/<uuid:pk>/", evidence.evidence_of, name="evidence-of"),
    path("evidence/uploads/", evidence.upload_begin, name="evidence-upload-begin"),
    path("evidence/uploads/<uuid:pk>/", evidence.upload_part, name="evidence-upload"),
    path("evidence/uploads/<uuid:pk>/finish/", evidence.upload_finish, name="evidence-upload-finish"),
    path("evidence/uploads/<uuid:pk>/cancel/", evidence.upload_cancel, name="evidence-upload-cancel"),
    path("evidence/<uuid:pk>/", evidence.evidence_download, name="evidence-download"),
    path("evidence/<uuid:pk>/use/", evidence.evidence_use, name="evidence-use"),
    path("evidence/<uuid:pk>/delete/", evidence.evidence_delete, name="evidence-delete"),
    path("evidence/<uuid:pk>/restore/", evidence.evidence_restore, name="evidence-restore"),
]

device_urls = [
    path("device/", device.device, name="device"),
    path("activities/recent.json", device.recent, name="activity-recent"),
]

leaving_urls = [
    path("leaving/", leaving.leaving, name="leaving"),
    path("leaving/read-only/", leaving.read_only, name="leaving-read-only"),
    path("leaving/open-again/", leaving.open_again, name="leaving-open-again"),
    path("leaving/close/", leaving.close, name="leaving-close"),
    path("leaving/stay/", leaving.stay, name="leaving-stay"),
    path("leaving/exports/", archives.create, name="archive-create"),
    path("leaving/bring-back/", archives.bring, name="archive-bring"),
    path("leaving/exports/<uuid:pk>/", archives.detail, name="archive-detail"),
    path("leaving/exports/<uuid:pk>/progress/", archives.progress, name="archive-progress"),
    path("leaving/exports/<uuid:pk>/download/", archives.download, name="archive-download"),
    path("leaving/exports/<uuid:pk>/retry/", archives.retry, name="archive-retry"),
    path("leaving/exports/<uuid:pk>/delete/", archives.delete, name="archive-delete"),
    path("log/", log.log, name="log"),
]

certificate_urls = [
    path("activities/<uuid:pk>/certificate/", certificates.certificate_make, name="certificate-make"),
    path("certificates/", certificates.certificate_list, name="certificate-list"),
    path("certificates/<uuid:pk>/", certificates.certificate_detail, name="certificate-detail"),
    path("certificates/<uuid:pk>/certificate.pdf", certificates.certificate_pdf, name="certificate-pdf"),
    path("certificates/<uuid:pk>/withdraw/", certificates.certificate_withdraw, name="certificate-withdraw"),
    path("certificates/<uuid:pk>/restore/", certificates.certificate_restore, name="certificate-restore"),
]

identifier_urls = [
    path("identifier-check/", identifiers.identifier_check, name="identifier-check"),
]

share_urls = [
    path("shares/", shares.share_list, name="share-list"),
    path("shares/new/", shares.share_create, name="share-create"),
    path("shares/<uuid:pk>/", shares.share_detail, name="share-detail"),
    path("shares/<uuid:pk>/edit/", shares.share_update, name="share-update"),
    path("shares/<uuid:pk>/entries/", shares.share_entries, name="share-entries"),
    path("shares/<uuid:pk>/preview/", shares.share_preview, name="share-preview"),
    path("shares/<uuid:pk>/start/", shares.share_start, name="share-start"),
    path("shares/<uuid:pk>/stop/", shares.share_stop, name="share-stop"),
]

urlpatterns = [
    path("", tracker.tracker, name="tracker"),
    *activity_urls,
    *reading_urls,
    *enrolment_urls,
    *requirement_urls,
    *artefact_urls,
    *reminder_urls,
    *notice_urls,
    *draft_urls,
    *plan_urls,
    *reading_code_urls,
    *discussion_urls,
    *import_urls,
    *pack_urls,
    *own_record_urls,
    *evidence_urls,
    *device_urls,
    *certificate_urls,
    *identifier_urls,
    *leaving_urls,
    *share_urls,
    path("readership/<slug:slug>/", readership.readership, name="readership"),
]
