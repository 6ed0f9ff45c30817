"""Addresses of the app."""

from django.urls import path

from articles import views

app_name = "articles"
urlpatterns = [
    path("", views.article_list, name="article-list"),
    # Longer ones first only for the eye: a slug holds no slash, so none of these can be mistaken for an article.
    path("topics/<slug:slug>/", views.topic_detail, name="topic-detail"),
    path("authors/<slug:slug>/", views.author_detail, name="author-detail"),
    path("preview/<str:token>/", views.article_preview, name="article-preview"),
    path("images/<str:name>", views.image, name="image"),
    path("<slug:slug>/", views.article_detail, name="article-detail"),
]
