"""The site's own settings, with one address more: the yardstick of a beat."""

from meducation.settings import *  # noqa: F403 (a settings module is its names)

ROOT_URLCONF = "bench.urls"
