"""Why a file is not taken. Each message is a sentence for the person who sent it."""


class Refused(Exception):
    """The file is not taken, whoever sends it and whenever."""


class CannotJustNow(Exception):
    """The file may be fine; something of ours is not. The message says what, and when to try again."""


class NoRoom(CannotJustNow):
    """The disk is full."""


class OverQuota(Refused):
    """This person, or this activity, has as many files as there may be."""


TOO_LARGE = "The file has more than 25 MB. Make it smaller, or cut it into parts, and try again."
EMPTY = "The file is empty. Choose it again, or another one."
CUT_SHORT = "The file is damaged, or only a part of it arrived. Choose it again, or save it anew."
TAKEN = "PDF, a photograph or picture (JPEG, PNG, WebP, HEIC), or a Word, Excel, PowerPoint or OpenDocument file"
NO_ROOM = (
    "There is no room left to store files just now. Nothing was saved. Try again later; your file is still with you."
)
