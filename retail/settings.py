"""Settings of every Meridian process.

Each value comes from the environment and has a default that runs on a fresh machine.

``MERIDIAN_MODE`` is ``demo`` (the default: a machine that shows the product), ``test`` or ``production``. Production asks
for a ``SECRET_KEY`` and refuses a shifted clock; demo keeps a generated key in the data folder.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
import pghistory
import structlog
from csp.constants import NONCE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy

from retail import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("MERIDIAN_VAR") or BASE_DIR / "var").resolve()

MODE = os.environ.get("MERIDIAN_MODE") or "demo"
if MODE not in {"demo", "test", "production"}:
    raise ImproperlyConfigured(f"MERIDIAN_MODE is {MODE!r}: use demo, test or production")
DEBUG = False
PRODUCTION = MODE == "production"

CLOCK_OFFSET_SECONDS = float(os.environ.get("MERIDIAN_CLOCK_OFFSET") or 0)
if PRODUCTION and CLOCK_OFFSET_SECONDS:
    raise ImproperlyConfigured("MERIDIAN_CLOCK_OFFSET shifts business time and is refused in production: unset it")


def _kept_secret(name: str) -> str:
    """A random value made once and kept in the data folder, readable by its owner only (demo and test)."""
    path = VAR / "secrets" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f"{name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)  # the first of two racing processes wins, both read the same value
        draft.unlink()
    return path.read_text()


SECRET_KEY = os.environ.get("SECRET_KEY") or ("" if PRODUCTION else _kept_secret("secret_key"))
# Seals of credentials and contacts are derived from it, unless they have keys of their own.
if PRODUCTION and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("Production needs a SECRET_KEY of at least 50 random characters")
ALLOWED_HOSTS = (os.environ.get("ALLOWED_HOSTS") or "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in (os.environ.get("CSRF_TRUSTED_ORIGINS") or "").split(",") if origin]

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # without its own site: ours extends it
    "retail.apps.SiteConfig",  # django.contrib.admin, with the site of stores.dashboard
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "pgtrigger",
    "pghistory",
    "axes",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "stores",
]

MIDDLEWARE = [
    # Answers /api/v1/ and the health checks itself: they need no session, form protection or page policy.
    "stores.api.passage.ApiPassage",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

# `manage.py bench` serves plain views beside our own, to compare with.
BENCH = bool(os.environ.get("MERIDIAN_BENCH"))
if PRODUCTION and BENCH:
    raise ImproperlyConfigured(
        "MERIDIAN_BENCH adds addresses that compute nothing and is refused in production: unset it"
    )
ROOT_URLCONF = "stores.api.floors" if BENCH else "retail.urls"
WSGI_APPLICATION = "retail.wsgi.application"
AUTH_USER_MODEL = "stores.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if MODE == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = reverse_lazy("admin:login")
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
            "libraries": {"meridian": "stores.dashboard.words"},
        },
    }
]

# --- data -------------------------------------------------------------------------------------------------------------

# Processes run as this role, which owns no table; only migrations run as the login itself, the owner. An installation that
# wants two logins names the owner's in DATABASE_OWNER_URL.
APP_ROLE = "meridian_app"
AS_OWNER = sys.argv[1:2] in (["migrate"], ["makemigrations"])

DATABASES = {
    "default": dj_database_url.parse(
        (AS_OWNER and os.environ.get("DATABASE_OWNER_URL"))
        or os.environ.get("DATABASE_URL")
        or embedded.database_url(),
        conn_max_age=60,
        conn_health_checks=True,
    )
}
_options: dict[str, Any] = DATABASES["default"].setdefault("OPTIONS", {})
_options["connect_timeout"] = 5
# pgtrigger asks in every trigger whether it is ignored; while nothing was ever said, asking raises and catches an error,
# which makes writes of many rows thirty times slower. An empty list is an answer.
_options["options"] = f"{_options.get('options', '')} -c pgtrigger.ignore={{}}".strip()
# For stores.models.queries.prepared, never for the ORM. Off behind a pooler that does not follow prepared statements.
_options["prepare_threshold"] = None if os.environ.get("DATABASE_PREPARE") == "off" else 0
if not AS_OWNER:
    _options["assume_role"] = APP_ROLE
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": os.environ.get("REDIS_URL") or embedded.valkey_url(1),
        "KEY_PREFIX": "meridian",
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# History: one statement-level trigger per table and operation; who and why come from the transaction's settings, so that
# bulk COPY and raw SQL are covered as well (stores/actions/transaction.py sets them).
PGHISTORY_LEVEL = pghistory.Statement
PGHISTORY_APPEND_ONLY = True
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(related_name="history")

# --- jobs: a message is a hint, rows are the truth (no results, no ETA) ------------------------------------------------

CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL") or embedded.valkey_url(0)
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a broker may be away for a night
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 180,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    # A hung broker may hold a web request for one second, not for the client's default of twenty-five. A worker waits
    # for messages in blocking reads of ten seconds.
    "socket_timeout": 15 if "worker" in sys.argv else 1,
    "socket_connect_timeout": 1,
}
if "worker" not in sys.argv:
    # Without these a publish to a broker that is away takes six seconds: task_publish_retry does not cover connecting.
    # One attempt; zero would mean without end.
    CELERY_BROKER_TRANSPORT_OPTIONS |= {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
    CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "run" / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    name: {"task": name, "schedule": timedelta(seconds=every), "options": {"expires": expires}}
    for name, every, expires in (
        ("sync.tick", 2, 10), ("imports.tick", 15, 15), ("sync.sweep", 600, 300), ("lifecycle.turn", 300, 240),
        ("stores.closed", 60, 60), ("partners.quality", 60, 60), ("partners.confirmations", 21_600, 21_600),
        ("hours.propose", 600, 300), ("imports.forget", 600, 300),
    )
}  # fmt: skip

# --- languages and time: the dashboard speaks the manager's language, data has its own --------------------------------

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("ja", "日本語"), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文")]
LOCALE_PATHS = [BASE_DIR / "stores" / "locale"]

# --- mail: shown on the terminal until a server is named; links in it begin with PUBLIC_URL -----------------------------

EMAIL_HOST, EMAIL_PORT = os.environ.get("EMAIL_HOST") or "localhost", int(os.environ.get("EMAIL_PORT") or 587)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = (os.environ.get(f"EMAIL_HOST_{name}") or "" for name in ("USER", "PASSWORD"))
EMAIL_USE_TLS, EMAIL_TIMEOUT = os.environ.get("EMAIL_USE_TLS") != "0", 20
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if os.environ.get('EMAIL_HOST') else 'console'}.EmailBackend"
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM") or "meridian@localhost"
CONFIRMATION_MAILS = os.environ.get("CONFIRMATION_MAILS") == "1"
PUBLIC_URL = (os.environ.get("PUBLIC_URL") or f"http://127.0.0.1:{os.environ.get('PORT') or 8000}").rstrip("/")

# --- files ------------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
# npm puts the packages of package.json here; browsers get the few files of them that pages name.
NODE_MODULES = BASE_DIR / "node_modules"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "retail.packages.PackageFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# The first one stops an upload at its bound while it arrives; the others keep it, small in memory and large on disk.
FILE_UPLOAD_HANDLERS = ["stores.dashboard.imports.uploads.Bounded"] + [
    f"django.core.files.uploadhandler.{name}FileUploadHandler" for name in ("Memory", "Temporary")
]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000  # a list may have a thousand columns, and the page that maps them sends each

# --- security ---------------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # Unfold's Alpine evaluates expressions in attributes, so the dashboard needs unsafe-eval; no outside origin does.
        "script-src": [SELF, NONCE, "'unsafe-eval'"],
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "worker-src": [SELF],  # the map computes its clusters beside the page
        "frame-ancestors": ["'none'"],
        "form-action": [SELF],
        "base-uri": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if os.environ.get("BEHIND_PROXY") else None
AXES_FAILURE_LIMIT, AXES_LOCKOUT_TEMPLATE = 10, "locked.html"
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_ENABLED = MODE != "test"
SILENCED_SYSTEM_CHECKS = ["axes.W006"]  # the lockout is per account and address together: one office shares an address

# --- REST API ---------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["stores.api.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["stores.api.permissions.HasApiKey"],
    "DEFAULT_THROTTLE_CLASSES": ["stores.api.throttling.KeyThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "stores.api.problems.handle",
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
API_RATE_PER_MINUTE = int(os.environ.get("API_RATE_PER_MINUTE") or 6000)
IMPORT_KEEP_DAYS = int(os.environ.get("IMPORT_KEEP_DAYS") or 90)
SPECTACULAR_SETTINGS = {
    "TITLE": "Meridian storefront API",
    "DESCRIPTION": "Stores, live promotions, services and channels of a brand, for web shops, apps and assistants.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# --- dashboard --------------------------------------------------------------------------------------------------------

SHADES = map(str, (50, *range(100, 1000, 100), 950))
TEAL = (
    "240 253 250", "204 251 241", "153 246 228", "94 234 212", "45 212 191", "20 184 166",
    "11 122 113", "15 118 110", "17 94 89", "19 78 74", "4 47 46",
)  # fmt: skip
UNFOLD = {
    "SITE_TITLE": "Meridian",
    "SITE_HEADER": "Meridian",
    "SITE_SYMBOL": "storefront",
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "LANGUAGES": {"action": reverse_lazy("admin:language")},
    "SITE_URL": None,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("stores/icon.svg")}],
    "STYLES": [lambda request: static("stores/dashboard.css")],
    "DASHBOARD_CALLBACK": "stores.dashboard.home.context",
    "SIDEBAR": {
        "show_search": True,
        "show_all_applications": False,
        "navigation": "stores.dashboard.navigation.sections",
    },
    "COLORS": {"primary": dict(zip(SHADES, TEAL, strict=True))},
}

# --- sync -------------------------------------------------------------------------------------------------------------

# How often each channel is read back in full. A wiped shop is noticed within this time.
SYNC_READBACK_SECONDS = int(os.environ.get("SYNC_READBACK_SECONDS") or 45)
# Outbound calls are https only, except to loopback outside production (the sandbox shops).
SYNC_ALLOW_LOOPBACK_HTTP = not PRODUCTION
SANDBOX_URL = f"http://127.0.0.1:{os.environ.get('SANDBOX_PORT') or 8100}"

# --- logs -------------------------------------------------------------------------------------------------------------

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer()
                if PRODUCTION
                else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
            ],
            "foreign_pre_chain": [
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "meridian": {"level": os.environ.get("LOG_LEVEL") or "INFO"},
        "django.request": {"level": "ERROR"},
        "celery": {"level": "INFO"},
        # A tick every two seconds would print four lines each; failures are errors and still show.
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "httpx2": {"level": "WARNING"},  # every call is in the journal already
        "axes": {"level": "ERROR"},
    },
}
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
