"""What is wrong with a whole file."""


class Unreadable(Exception):
    """The file cannot be read. The message is a sentence for the person who brought it."""
