"""The site's own settings, with one address more: the yardstick of a beat."""

from meducation.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
