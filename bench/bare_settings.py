"""Django with nothing: no middleware, no apps, no database. What any page of ours is measured against."""

SECRET_KEY = "bare"  # noqa: S105 (nothing is signed)
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "bench.bare"
MIDDLEWARE: list[str] = []
USE_TZ = True
