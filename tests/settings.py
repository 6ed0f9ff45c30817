"""The settings of every test run: those of the site, in the mode that touches nothing of yours."""

import os

# Whatever the shell says: a test run must never be a demonstration or, worse, production.
os.environ["MEDUCATION_MODE"] = "test"

from meducation.settings import *  # noqa: F403 (a settings module is its names)
