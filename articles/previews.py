"""Addresses at which an unpublished text can be read for a week by whoever is given them."""

from django.core import signing
from django.urls import reverse

from articles.models import Article

SALT = "articles.previews"
LIFETIME_SECONDS = 7 * 24 * 60 * 60


def preview_address(article: Article) -> str:
    """A fresh address, good for seven days, always showing the words as they are then saved."""
    return reverse("articles:article-preview", args=[signing.dumps(article.pk, salt=SALT)])


def previewed_pk(token: str) -> int | None:
    """The article a token stands for; None when it is forged or more than a week old."""
    try:
        return int(signing.loads(token, salt=SALT, max_age=LIFETIME_SECONDS))
    except (signing.BadSignature, ValueError, TypeError):
        return None
