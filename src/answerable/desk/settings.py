"""How is the web framework set up? Everything comes from one folder, `ANSWERABLE_HOME`; no secret has a default."""

import os
from pathlib import Path

from answerable.desk.home import Home

_folder = os.environ.get("ANSWERABLE_HOME", "")
HOME = Home(Path(_folder)) if _folder else Home.missing()

SECRET_KEY = HOME.secret_key()
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *filter(None, os.environ.get("ANSWERABLE_HOSTS", "").split(","))]
ROOT_URLCONF = "answerable.desk.urls"
WSGI_APPLICATION = "answerable.desk.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "answerable.desk",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "answerable.desk.middleware.content_security_policy",
    "answerable.desk.middleware.large_bodies_refused",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "answerable.desk.middleware.zone_of_the_provider",
    "answerable.desk.middleware.permission_required",
    "answerable.desk.middleware.explained_errors",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "answerable.desk.wording.for_pages",
            ],
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": HOME.database,
        "OPTIONS": {
            # IMMEDIATE: two writers wait for each other instead of failing in the middle of a move.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
    }
}
AUTH_USER_MODEL = "desk.Account"
AUTHENTICATION_BACKENDS = ["answerable.desk.agency_entrance.Accounts"]
LOGIN_URL = "sign-in"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = True

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

SESSION_COOKIE_NAME = "answerable_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Loopback has no certificate; everywhere else the cookie travels over TLS alone.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = bool(os.environ.get("ANSWERABLE_HOSTS"))
CSRF_COOKIE_SAMESITE = "Strict"
SECURE_CONTENT_TYPE_NOSNIFF = True
# Browsers send `Origin: null` with a form under "no-referrer", and the check against forged forms would refuse it.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
FILE_UPLOAD_TEMP_DIR = HOME.uploads
FILE_UPLOAD_PERMISSIONS = 0o600
LARGEST_BODY = 110 * 1024 * 1024
# The framework's own log lines carry addresses, and the address of a sign-in link is a secret: `middleware` writes ours.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "loggers": {
        "django": {"handlers": ["nowhere"], "propagate": False},
        "django.server": {"handlers": ["nowhere"], "propagate": False},
        "answerable": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}
