"""All settings of Meducation. Each comes from the environment, is checked on read, and is listed in `.env.example`.

`MEDUCATION_MODE` says what kind of run this is. Production is the default, so that forgetting it is safe: it then
refuses to start with a missing or a known secret.
"""

import os
from email.utils import parseaddr
from pathlib import Path

import dj_database_url
from django.utils.csp import CSP
from js_asset.js import static_lazy  # type: ignore[import-untyped]  # it has no types, and needs none here

from meducation.lib.env import EnvError, env_bool, env_choice, env_int, env_list, env_mailer, env_storage, env_str

BASE_DIR = Path(__file__).resolve().parent.parent

MODE = env_choice("MEDUCATION_MODE", ("production", "demo", "development", "test"), "production")
PRODUCTION = MODE == "production"
DEMO = MODE == "demo"
DEBUG = MODE == "development"

# openpyxl writes other bytes where lxml happens to be installed; a portfolio's workbook has the same bytes everywhere.
# It reads this when it is first imported, which is after the settings.
os.environ["OPENPYXL_LXML"] = "False"

# --- Secrets, addresses, folders -------------------------------------------------------------------------------------

KNOWN_SECRET = "not-a-secret-only-for-development-demo-and-tests-of-meducation"  # noqa: S105 (refused in production)
SECRET_KEY = env_str("SECRET_KEY", None if PRODUCTION else KNOWN_SECRET)
SECRET_KEY_FALLBACKS = env_list("SECRET_KEY_FALLBACKS")
if PRODUCTION and (SECRET_KEY == KNOWN_SECRET or len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5):
    raise EnvError("SECRET_KEY must be at least 50 random characters of your own in production.")

# The one address of the site, for links in mail and canonical links. No slash at the end.
SITE_URL = env_str("SITE_URL", None if PRODUCTION else f"http://localhost:{env_int('PORT', 8000)}").rstrip("/")
if PRODUCTION and not SITE_URL.startswith("https://"):
    raise EnvError("SITE_URL must begin with https:// in production.")
SITE_NAME = "Meducation"

ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,[::1],testserver")
if not ALLOWED_HOSTS:
    raise EnvError("Set ALLOWED_HOSTS to the host names of the site, separated by commas.")
if "*" in ALLOWED_HOSTS:
    raise EnvError("ALLOWED_HOSTS must name the hosts; * would let anybody choose the address in our mail.")

# Where the embedded database, uploaded images, evidence files and the demo's mail are kept.
DATA_DIR = Path(env_str("DATA_DIR", str(BASE_DIR / "var")))

# How many proxies of yours stand in front: rate limits, by client address, believe X-Forwarded-For only this far.
TRUSTED_PROXY_COUNT = env_int("TRUSTED_PROXY_COUNT", 0)

# --- Applications ----------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "meducation.apps.MeducationAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    # Before staticfiles: the development server then serves files as production does, policy headers included.
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "crispy_forms",
    "django_countries",
    "django_prose_editor",
    "django_tasks_db",
    "pgtrigger",
    "pghistory",
    "accounts",
    "articles",
    "cpd",
]

MIDDLEWARE = [
    # First: a page that is the same for everybody is answered from memory, headers included.
    "meducation.lib.page_cache.PageCacheMiddleware",
    # Then the headers, so that nothing below (static files, early refusals) goes out without them.
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "meducation.middleware.ResponseHeadersMiddleware",
    "meducation.middleware.RequestGuardMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "meducation.middleware.SignedInHintMiddleware",
    "meducation.middleware.PersonalTimeMiddleware",
    # Private by default: a public view says so with @login_not_required.
    "meducation.middleware.KeepWordsLoginRequiredMiddleware",
    # Who is leaving, or wants it so for ever, has a record in which nothing is written.
    "cpd.read_only.ReadOnlyMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "pghistory.middleware.HistoryMiddleware",
]

ROOT_URLCONF = "meducation.urls"
WSGI_APPLICATION = "meducation.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "meducation.context_processors.site",
            ],
        },
    }
]

# --- Database, cache, tasks ------------------------------------------------------------------------------------------


def _database() -> dict[str, object]:
    url = env_str("DATABASE_URL", None if PRODUCTION else "embedded")
    if url == "embedded":
        # The launcher and the tests start the embedded server first and put its address into the environment.
        from meducation.lib.embedded import database_url

        url = database_url(DATA_DIR)
    try:
        return dict(dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True))
    except (dj_database_url.ParseError, dj_database_url.UnknownSchemeError) as error:
        raise EnvError("DATABASE_URL must look like postgresql://user:password@host:5432/name.") from error


DATABASES = {"default": _database()}
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise EnvError("DATABASE_URL must name a PostgreSQL database: postgresql://user:password@host:5432/name.")

CACHES = {
    # Rate limits live here: they must be one count for all worker processes.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "meducation_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# Who changed the record, and by which page: kept with each version of a row. Only requests that may change something.
PGHISTORY_MIDDLEWARE_METHODS = ("POST",)

# --- People ----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.AccountBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "cpd:tracker"
LOGOUT_REDIRECT_URL = "home"
# Whoever came to do something else (`next`) goes on with that.
ACCOUNT_SIGNUP_REDIRECT_URL = "cpd:enrolment-start"

ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupDetailsForm"
ACCOUNT_FORMS = {
    "signup": "accounts.entrance_forms.ShortSignupForm",
    "reset_password_from_key": "accounts.entrance_forms.ChoosePasswordForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# A code typed into the same browser: reading done before signing up is then carried over, whatever device has the mail.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
# allauth can offer "use a different address" for a new account only, which would tell a known address from a new one.
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = False
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
# Changing an e-mail address or a second step asks for the password again, as an unlocked screen is not its owner.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = None  # The person is asked: "Keep me logged in on this device".
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
# Beside allauth's own limits: browsers that begin to be timed without a login. A whole hospital may share one address.
ACCOUNT_RATE_LIMITS = {
    "new_browser": "600/h/ip",
    # Of codes for reading on a shared computer: making them, and trying them.
    "make_reading_code": "300/h/ip",
    "try_reading_code": "30/h/user,300/h/ip",
    # Codes of discussions that somebody tries, and the times they send invitations.
    "discussion_code": "10/5m/user,300/5m/ip",
    "discussion_invite": "20/h/user",
    # Codes of certificates, right or wrong: an office may check a pack of them, a guesser gets nowhere.
    "check_certificate": "60/5m/ip",
    # Of links to a part of a record: addresses that show nothing, codes tried, and codes mailed to appraisers.
    "share_guess": "30/5m/ip",
    "share_code": "10/5m/key,60/5m/ip",
    "share_mail": "20/h/key,60/h/ip",
    "share_mail_to": "5/h/key",
    # Papers of one link: each takes a processor for a second.
    "share_paper": "10/5m/key",
}

ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # Browsers allow passkeys on http://localhost.
MFA_TOTP_ISSUER = SITE_NAME
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "add_webauthn": "accounts.passkey_forms.AddPasskeyForm",
    "authenticate_webauthn": "accounts.passkey_forms.SecondStepPasskeyForm",
    "login_webauthn": "accounts.passkey_forms.LoginPasskeyForm",
    "reauthenticate_webauthn": "accounts.passkey_forms.ReauthenticatePasskeyForm",
}
USERSESSIONS_TRACK_ACTIVITY = False
SOCIALACCOUNT_ADAPTER = "accounts.adapters.SocialAccountAdapter"
SOCIALACCOUNT_ONLY = False

# People who can change what others read need a second step to reach the admin. The demo's logins have none.
ADMIN_SECOND_FACTOR = env_bool("ADMIN_SECOND_FACTOR", PRODUCTION)

# --- Sessions and cookies --------------------------------------------------------------------------------------------

SESSION_ENGINE = "meducation.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# __Host- ties a cookie to this very host over TLS; browsers refuse the prefix on plain http, where only the demo runs.
SESSION_COOKIE_NAME = "__Host-sessionid" if PRODUCTION else "sessionid"
SESSION_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrftoken" if PRODUCTION else "csrftoken"
CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "meducation.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Headers ---------------------------------------------------------------------------------------------------------

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "worker-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 60 * 60 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# An hour of typing is 20 kB; an author's article with tables a few hundred.
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# What is larger than this goes to the disk as it comes, up to the limit that the second handler holds.
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "meducation.lib.uploads.LimitedFileUploadHandler",
]
# Where files are while they come, by a form or in parts. Never /tmp, which in a container is memory.
UPLOADS_DIR = DATA_DIR / "uploads"

# --- Words, time, files ----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/London"  # For visitors; people who are signed in have their own (accounts.Profile.time_zone).

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # What people keep as evidence. Not under MEDIA_ROOT: no address leads there.
    "evidence": env_storage("EVIDENCE_STORAGE", DATA_DIR / "evidence"),
    # Exports of everything somebody has, until they fetched them. No address leads here.
    "archives": {
        "BACKEND": "meducation.lib.whole_storage.WholeFileStorage",
        "OPTIONS": {"location": str(DATA_DIR / "archives")},
    },
    "staticfiles": {"BACKEND": "meducation.static_storage.StaticStorage"},
    # Portfolios and packs that were made. Each can be made again.
    "papers": env_storage("PAPERS_STORAGE", DATA_DIR / "papers"),
    # Files people bring from elsewhere, until they are read. No address leads here.
    "imports": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": DATA_DIR / "imports",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
}
if MODE in ("development", "test"):
    # Served straight from the source folders, unhashed: no collectstatic while working.
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True
    WHITENOISE_AUTOREFRESH = True
WHITENOISE_MAX_AGE = 60 if DEBUG else 3600

# How much evidence somebody may keep, and how many files with one activity.
EVIDENCE_MB_A_PERSON = env_int("EVIDENCE_MB_A_PERSON", 2000, at_least=1)
EVIDENCE_FILES_AN_ACTIVITY = env_int("EVIDENCE_FILES_AN_ACTIVITY", 100, at_least=1)
# ClamAV's daemon, where there is one: /path/of/its.socket or host:port. It then checks every file before it is stored.
CLAMAV_ADDRESS = env_str("CLAMAV_ADDRESS", "")
if CLAMAV_ADDRESS and not (CLAMAV_ADDRESS.startswith("/") or CLAMAV_ADDRESS.rpartition(":")[2].isdecimal()):
    raise EnvError("CLAMAV_ADDRESS must be the path of a socket, as /run/clamav/clamd.ctl, or host:port.")

# Additions of ours to the editor of articles. What may be stored is decided elsewhere (articles/sanitising.py).
DJANGO_PROSE_EDITOR_EXTENSIONS = [
    {
        "js": [static_lazy("js/admin/editor-additions.js")],
        "extensions": {"TidyPaste": "django_prose_editor.config.html_tags"},
    }
]

CRISPY_ALLOWED_TEMPLATE_PACKS = ["meducation"]
CRISPY_TEMPLATE_PACK = "meducation"

# --- Mail ------------------------------------------------------------------------------------------------------------

DEMO_MAIL_DIR = DATA_DIR / "mail"
MAILERS = {
    "default": env_mailer(
        "MAIL_URL",
        None if PRODUCTION else DEMO_MAIL_DIR.resolve().as_uri() if DEMO else "console:",
    )
}
DEFAULT_FROM_EMAIL = env_str("MAIL_FROM", None if PRODUCTION else "Meducation <hello@meducation.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Where somebody writes who found a weakness (security.txt): an address as in a link. Otherwise as on the privacy page.
SECURITY_CONTACT = env_str("SECURITY_CONTACT", f"mailto:{parseaddr(DEFAULT_FROM_EMAIL)[1]}")
if not SECURITY_CONTACT.startswith(("mailto:", "https://", "tel:")) or len(SECURITY_CONTACT.split()) != 1:
    raise EnvError("SECURITY_CONTACT must be one address that begins with mailto:, https:// or tel:.")

# --- Logs ------------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "meducation.logs.JsonFormatter"},
        "plain": {"()": "meducation.logs.PlainFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json" if PRODUCTION else "plain"}},
    "root": {"handlers": ["console"], "level": env_str("LOG_LEVEL", "INFO")},
    "loggers": {
        # Django's own default would mail tracebacks, with what people typed, to ADMINS.
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "django.db.backends": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}
