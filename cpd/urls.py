"""Addresses of the record."""

from django.urls import path

from cpd.views import (
    activities,
    activity_templates,
    artefacts,
    device,
    enrolments,
    frameworks,
    highlights,
    history,
    notices,
    quick,
    readership,
    reading,
    reminders,
    requirements,
    tracker,
)

app_name = "cpd"

activity_urls = [
    path("activities/", activities.activity_list, name="activity-list"),
    path("activities/new/", activities.activity_create, name="activity-create"),
    path("activities/<uuid:pk>/", activities.activity_detail, name="activity-detail"),
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

device_urls = [
    path("device/", device.device, name="device"),
    path("activities/recent.json", device.recent, name="activity-recent"),
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
    *own_record_urls,
    *device_urls,
    path("readership/<slug:slug>/", readership.readership, name="readership"),
]
