"""Every write of the desk, by what it is about."""

from articles.actions.copies import (
    SavedMeanwhile,
    claim_version,
    finish_words,
    keep_replaced,
    keep_words,
    throw_away,
)
from articles.actions.images import PictureInUse, add_image, add_smaller_copies, delete_image
from articles.actions.publishing import AlreadyLive, NotReady, publish, sign_with_own_name, unpublish

__all__ = [
    "AlreadyLive",
    "NotReady",
    "PictureInUse",
    "SavedMeanwhile",
    "add_image",
    "add_smaller_copies",
    "claim_version",
    "delete_image",
    "finish_words",
    "keep_replaced",
    "keep_words",
    "publish",
    "sign_with_own_name",
    "throw_away",
    "unpublish",
]
