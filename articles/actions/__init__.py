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
from articles.actions.copies import (
    SavedMeanwhile,
    claim_version,
    finish_words,
    keep_replaced,
    keep_words,
    throw_away,
)
from articles.actions.images import PictureInUse, add_image, add_smaller_copies, delete_image
from articles.actions.importing import Outcome, bring_posts
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
from articles.actions.saving import save_for_later, take_off_list

__all__ = [
    "AlreadyDecided",
    "AlreadyLive",
    "AskedAlready",
    "CannotReview",
    "NoTurn",
    "NotPublished",
    "NotReady",
    "NotTheirs",
    "Outcome",
    "PictureInUse",
    "SavedMeanwhile",
    "Unanswered",
    "WordsChanged",
    "add_image",
    "add_smaller_copies",
    "ask_for_changes",
    "begin_attempt",
    "bring_back",
    "bring_posts",
    "claim_version",
    "comment",
    "delete_image",
    "finish_attempt",
    "finish_words",
    "keep_replaced",
    "keep_words",
    "may_review",
    "publish",
    "put_questions_back",
    "resolve_comment",
    "restore",
    "retire",
    "save_for_later",
    "send_to_review",
    "sign_off",
    "sign_with_own_name",
    "take_back",
    "take_off_list",
    "throw_away",
    "unpublish",
    "withdraw_review",
    "write_choices",
]
