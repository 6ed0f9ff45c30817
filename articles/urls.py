"""Addresses of the app."""

from django.urls import path

from articles.views import assessments, pages, revisions

app_name = "articles"
urlpatterns = [
    path("", pages.article_list, name="article-list"),
    # Longer ones first only for the eye: a slug holds no slash, so none of these can be mistaken for an article.
    path("topics/<slug:slug>/", pages.topic_detail, name="topic-detail"),
    path("authors/<slug:slug>/", pages.author_detail, name="author-detail"),
    path("preview/<str:token>/", pages.article_preview, name="article-preview"),
    path("images/<str:name>", pages.image, name="image"),
    path("<slug:slug>/revisions/<int:number>/", revisions.article_revision, name="article-revision"),
    path("assessments/passed/", assessments.passed_assessments, name="passed-assessments"),
    path("<slug:slug>/assessment/", assessments.assessment, name="assessment"),
    path("<slug:slug>/assessment/<uuid:pk>/", assessments.attempt, name="attempt"),
    path("<slug:slug>/", pages.article_detail, name="article-detail"),
]
