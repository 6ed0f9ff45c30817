"""Every write of the desk, by what it is about."""

from articles.actions.images import PictureInUse, add_image, delete_image
from articles.actions.publishing import AlreadyLive, NotReady, publish, sign_with_own_name, unpublish
from articles.actions.restoring import restore
from articles.actions.retiring import NotPublished, bring_back, retire
from articles.actions.reviewing import (
    AlreadyDecided,
    AskedAlready,
    CannotReview,
    WordsChanged,
    ask_for_changes,
    comment,
    may_review,
    resolve_comment,
    send_to_review,
    sign_off,
    take_back,
    withdraw_review,
)

__all__ = [
    "AlreadyDecided",
    "AlreadyLive",
    "AskedAlready",
    "CannotReview",
    "NotPublished",
    "NotReady",
    "PictureInUse",
    "WordsChanged",
    "add_image",
    "ask_for_changes",
    "bring_back",
    "comment",
    "delete_image",
    "may_review",
    "publish",
    "resolve_comment",
    "restore",
    "retire",
    "send_to_review",
    "sign_off",
    "sign_with_own_name",
    "take_back",
    "unpublish",
    "withdraw_review",
]
