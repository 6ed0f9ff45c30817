"""What every test of logging in shares: hashing that costs nothing, answers that are not held back."""

import pytest
from pytest_django.fixtures import Settings

from accounts import timing


@pytest.fixture(autouse=True)
def quick(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both cost a quarter of a second a login; `test_timing.py` puts them back."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr(timing, "STEP_SECONDS", 0)
