"""Addresses of the app."""

from django.urls import path

from articles.feeds import Atom, Rss
from articles.views import assessments, feeds, pages, revisions, saved, sharing, shelves

app_name = "articles"
urlpatterns = [
    path("", pages.article_list, name="article-list"),
    # Longer ones first only for the eye: a slug holds no slash, so none of these can be mistaken for an article.
    path("topics/", shelves.topic_list, name="topic-list"),
    path("topics/<slug:slug>/", shelves.topic_detail, name="topic-detail"),
    path("authors/", shelves.author_list, name="author-list"),
    path("authors/<slug:slug>/", shelves.author_detail, name="author-detail"),
    path("archive/", shelves.archive_index, name="archive"),
    path("archive/<int:year>/", shelves.archive_year, name="archive-year"),
    path("archive/<int:year>/<int:month>/", shelves.archive_month, name="archive-month"),
    path("saved/", saved.saved_list, name="saved"),
    path("saved/<slug:slug>/", saved.saved_article, name="saved-article"),
    path("preview/<str:token>/", pages.article_preview, name="article-preview"),
    path("images/<str:name>", pages.image, name="image"),
    path("feed/", feeds.site_feed, {"kind": Atom}, name="feed"),
    path("feed/rss/", feeds.site_feed, {"kind": Rss}, name="feed-rss"),
    path("topics/<slug:slug>/feed/", feeds.topic_feed, {"kind": Atom}, name="topic-feed"),
    path("topics/<slug:slug>/feed/rss/", feeds.topic_feed, {"kind": Rss}, name="topic-feed-rss"),
    path("authors/<slug:slug>/feed/", feeds.author_feed, {"kind": Atom}, name="author-feed"),
    path("authors/<slug:slug>/feed/rss/", feeds.author_feed, {"kind": Rss}, name="author-feed-rss"),
    path("<slug:slug>/cite.bib", sharing.cite_bibtex, name="cite-bibtex"),
    path("<slug:slug>/cite.ris", sharing.cite_ris, name="cite-ris"),
    path("<slug:slug>/card-<str:key>.png", sharing.card, name="card"),
    path("<slug:slug>/revisions/<int:number>/", revisions.article_revision, name="article-revision"),
    path("assessments/passed/", assessments.passed_assessments, name="passed-assessments"),
    path("<slug:slug>/assessment/", assessments.assessment, name="assessment"),
    path("<slug:slug>/assessment/<uuid:pk>/", assessments.attempt, name="attempt"),
    path("<slug:slug>/", pages.article_detail, name="article-detail"),
]
