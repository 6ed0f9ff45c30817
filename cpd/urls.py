"""Addresses of the record."""

from django.urls import URLPattern, path

from cpd.views import activities, reading, tracker

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
    path("reading/dismiss/", reading.dismiss, name="reading-dismiss"),
    path("reading/beats/", reading.beat, name="reading-beat"),
    path("reading/log/", reading.log, name="reading-log"),
    path("reading/context/<slug:slug>/", reading.context, name="reading-context"),
]

enrolment_urls: list[URLPattern] = []

placement_urls: list[URLPattern] = []

requirement_urls: list[URLPattern] = []

artefact_urls: list[URLPattern] = []

reminder_urls: list[URLPattern] = []

urlpatterns = [
    path("", tracker.tracker, name="tracker"),
    *activity_urls,
    *reading_urls,
    *enrolment_urls,
    *placement_urls,
    *requirement_urls,
    *artefact_urls,
    *reminder_urls,
]
