"""Addresses of the app."""

from django.urls import path

from articles.feeds import Atom, Rss
from articles.views import feeds, pages, sharing

app_name = "articles"
urlpatterns = [
    path("", pages.article_list, name="article-list"),
    # Longer ones first only for the eye: a slug holds no slash, so none of these can be mistaken for an article.
    path("topics/<slug:slug>/", pages.topic_detail, name="topic-detail"),
    path("authors/<slug:slug>/", pages.author_detail, name="author-detail"),
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
    path("<slug:slug>/", pages.article_detail, name="article-detail"),
]
