"""Leaving with everything, and coming back: one ZIP of all that is held about a person (docs/archive-format.md).

`kinds` says what goes in, `writing` writes it, `reading` checks it, `restoring` puts it back.
"""
