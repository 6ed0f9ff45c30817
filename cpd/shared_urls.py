"""Addresses by which somebody without an account reads a part of a record. Each begins with the secret of one link."""

from django.urls import path

from cpd.views import shared, shared_pack

app_name = "shared"

urlpatterns = [
    path("<str:token>/", shared.record, name="record"),
    path("<str:token>/code/", shared.code, name="code"),
    path("<str:token>/log.csv", shared.table, name="table"),
    path("<str:token>/record.pdf", shared.paper, name="paper"),
    path("<str:token>/portfolio.<slug:ending>", shared_pack.pack_file, name="pack-file"),
    path("<str:token>/files/<uuid:pk>/", shared.file, name="file"),
    path("<str:token>/who/", shared.who, name="who"),
    path("<str:token>/who/<uuid:pk>/", shared.confirm, name="confirm"),
    path("<str:token>/comment/", shared.comment, name="comment"),
    path("<str:token>/comment/<uuid:pk>/", shared.comment, name="comment-entry"),
]
