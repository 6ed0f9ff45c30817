"""Every write of the desk and of readers' lists, by what it is about."""

from articles.actions.assessments import (
    NotTheirs,
    NoTurn,
    Unanswered,
    begin_attempt,
    finish_attempt,
    put_questions_back,
    write_choices,
)
from articles.actions.images import PictureInUse, add_image, delete_image
from articles.actions.publishing import AlreadyLive, NotReady, publish, sign_with_own_name, unpublish
from articles.actions.saving import save_for_later, take_off_list

__all__ = [
    "AlreadyLive",
    "NoTurn",
    "NotReady",
    "NotTheirs",
    "PictureInUse",
    "Unanswered",
    "add_image",
    "begin_attempt",
    "delete_image",
    "finish_attempt",
    "publish",
    "put_questions_back",
    "save_for_later",
    "sign_with_own_name",
    "take_off_list",
    "unpublish",
    "write_choices",
]
