"""Every write of the desk, by what it is about."""

from articles.actions.images import PictureInUse, add_image, delete_image
from articles.actions.importing import Outcome, bring_posts
from articles.actions.publishing import AlreadyLive, NotReady, publish, sign_with_own_name, unpublish

__all__ = [
    "AlreadyLive",
    "NotReady",
    "Outcome",
    "PictureInUse",
    "add_image",
    "bring_posts",
    "delete_image",
    "publish",
    "sign_with_own_name",
    "unpublish",
]
