"""Every write of the desk, by what it is about."""

from articles.actions.images import PictureInUse, add_image, delete_image
from articles.actions.publishing import AlreadyLive, NotReady, publish, sign_with_own_name, unpublish

__all__ = [
    "AlreadyLive",
    "NotReady",
    "PictureInUse",
    "add_image",
    "delete_image",
    "publish",
    "sign_with_own_name",
    "unpublish",
]
