"""Settings: one file, read from the environment; in production a missing secret refuses to boot."""

from __future__ import annotations

import base64
import hashlib
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
import pgtrigger
from csp.constants import NONCE, SELF
from django.core.exceptions import ImproperlyConfigured

from hub.engines import ensure

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- Mode -----------------------------------------------------------------------------------------------------------
VAR = Path(env.str("PACTE_VAR", str(BASE_DIR / "var")))
_marker = VAR / "mode"  # left by the demo, so that commands typed beside it know they talk to a demo
_default = (
    "test" if "PYTEST_VERSION" in os.environ else _marker.read_text().strip() if _marker.exists() else "development"
)
MODE = env.str("PACTE_MODE", _default)
if MODE not in {"production", "demo", "test", "development"}:
    raise ImproperlyConfigured(f"PACTE_MODE={MODE}: production, demo, test or development")
PRODUCTION = MODE == "production"
DEMO = MODE == "demo"
DEBUG = False


def required(name: str) -> str:
    """A secret: from the environment in production, derived from the checkout elsewhere."""
    value = env.str(name, "")
    if not value and PRODUCTION:
        raise ImproperlyConfigured(f"{name} is required in production")
    return value or base64.b64encode(hashlib.sha256(f"{name}:{VAR}".encode()).digest()).decode()


SECRET_KEY = required("SECRET_KEY")
NIR_KEY = base64.b64decode(required("NIR_KEY"))
NIR_HASH_KEY = base64.b64decode(required("NIR_HASH_KEY"))
if len(NIR_KEY) != 32:
    raise ImproperlyConfigured("NIR_KEY must be 32 bytes in base64")

# --- Engines: PostgreSQL and Redis are real everywhere; without addresses they are the embedded ones ----------------
EMBEDDED = not env.str("DATABASE_URL", "")
if EMBEDDED:
    if PRODUCTION:
        raise ImproperlyConfigured("DATABASE_URL is required in production")
    _engines = ensure(VAR, durable=MODE != "test")
    os.environ["DATABASE_URL"] = _engines.database_url
    os.environ["OWNER_DATABASE_URL"] = _engines.owner_database_url
    os.environ["KEEPER_DATABASE_URL"] = _engines.keeper_database_url
    os.environ.setdefault("REDIS_URL", _engines.redis_url)

REDIS_URL = env.str("REDIS_URL")


def database(variable: str, **options: object) -> dict[str, object]:
    """One alias of the one database; `CONN_MAX_AGE=0` because requests run in many threads."""
    config: dict[str, Any] = env.db_url(variable)
    # Only `hub.core.prepared` prepares: Django's own cursor never does. Imports work in temporary tables, which fit in
    # memory (taken when used); compiling a plan costs more than the longest of our statements.
    session = "-c temp_buffers=64MB -c jit=off"
    merged = {"prepare_threshold": 2, "options": session, **config.get("OPTIONS", {}), **options}
    return {**config, "ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": 0, "OPTIONS": merged}


POOL = {"min_size": 1, "max_size": env.int("DATABASE_POOL", 12), "timeout": 20}
DATABASES = {
    "default": {
        **database("DATABASE_URL", **({} if MODE == "test" else {"pool": POOL})),
        "TEST": {"MIRROR": "owner"},
    },
}
if env.str("OWNER_DATABASE_URL", ""):  # in production only the migration knows the owner
    DATABASES["owner"] = database("OWNER_DATABASE_URL", assume_role="hub_owner")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

PGHISTORY_LEVEL = pgtrigger.Statement  # an import writes thousands of rows: one trigger call a statement

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "pacte-" + env.str("PYTEST_XDIST_WORKER", MODE),
    }
}
SESSION_ENGINE = "hub.core.sessions"
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
CHANNEL_PREFIX = env.str("PYTEST_XDIST_WORKER", MODE)  # two test workers share one Redis and must not meet

# --- Applications ---------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "django_structlog",
    "django_prometheus",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "js_lib_bootstrap5",
    "lucide",
    "pgtrigger",
    "pghistory",
    "channels",
    "hub.core",
    "partners",
    "referrals",
    "collective_actions",
    "volunteering",
    "notifications",
    "hub",
]

MIDDLEWARE = [
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "hub.middleware.NoStoreMiddleware",
    "hub.core.middleware.GateMiddleware",
    "hub.middleware.WrongMethodMiddleware",
]
ROOT_URLCONF = "hub.urls"
ASGI_APPLICATION = "hub.asgi.application"
WSGI_APPLICATION = "hub.wsgi.application"
ACTOR_PROVIDER = "partners.actors.actor_of"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "hub" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["hub.templatetags.pacte", "lucide.templatetags.lucide"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "hub.context.frame",
            ],
        },
    }
]
FORM_RENDERER = "hub.forms.FieldRenderer"

# --- Accounts -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "partners.User"
AUTHENTICATION_BACKENDS = ["partners.accounts.Accounts"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 14}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "partners.accounts.ClosedSignup"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # invitations already prove the address
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
# By account first: a social centre shares one address.
ACCOUNT_RATE_LIMITS = {"login_failed": "60/m/ip,5/5m/key", "reset_password": "20/m/ip,3/h/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_TOTP_ISSUER = "Pacte"
MFA_FORMS = {"add_webauthn": "hub.passkeys.PasskeyForm"}
ACCOUNT_SESSION_REMEMBER = False  # desks are shared
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
SESSION_COOKIE_AGE = 12 * 3600

# --- Security -------------------------------------------------------------------------------------------------------
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]", "testserver"]
)
if PRODUCTION and not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS is required in production")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 1 if PRODUCTION else 0)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "hub.home.csrf_failure"
# Tiles behind the map of the directory, such as https://data.geopf.fr/…/{z}/{x}/{y}; without them it draws its points.
MAP_TILES_URL = env.str("MAP_TILES", "").removeprefix("no")
MAP_ATTRIBUTION = env.str("MAP_ATTRIBUTION", "")
_tiles = [f"{urlsplit(MAP_TILES_URL).scheme}://{urlsplit(MAP_TILES_URL).netloc}"] if MAP_TILES_URL else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *_tiles],
        "connect-src": [SELF],
        "frame-ancestors": ["'none'"],
        "form-action": [SELF],
        "base-uri": [SELF],
        "object-src": ["'none'"],
    }
}
# Routes of libraries, by view name: who may open them (see hub/core/urls.py).
THIRD_PARTY_ACCESS = {
    "account_login": "public",
    "account_logout": "public",
    "account_signup": "public",
    "account_inactive": "public",
    "account_reset_password": "public",
    "account_reset_password_done": "public",
    "account_reset_password_from_key": "public",
    "account_reset_password_from_key_done": "public",
    "account_reauthenticate": "account",
    "account_change_password": "account",
    "account_set_password": "account",
    "mfa_authenticate": "public",
    "mfa_trust": "public",
    "mfa_login_webauthn": "public",
    "mfa_index": "account",
    "mfa_reauthenticate": "account",
    "mfa_reauthenticate_webauthn": "account",
    "mfa_activate_totp": "account",
    "mfa_deactivate_totp": "account",
    "mfa_view_recovery_codes": "account",
    "mfa_generate_recovery_codes": "account",
    "mfa_download_recovery_codes": "account",
    "mfa_list_webauthn": "account",
    "mfa_add_webauthn": "account",
    "mfa_edit_webauthn": "account",
    "mfa_remove_webauthn": "account",
}

# --- Files ----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", "") or None  # collected in the production image only
# Of django-leaflet only its files: installed as an application it asks for GDAL.
_leaflet = find_spec("leaflet")
assert _leaflet is not None and _leaflet.origin is not None
STATICFILES_DIRS = [
    BASE_DIR / "hub" / "static",
    ("leaflet", str(Path(_leaflet.origin).parent / "static" / "leaflet")),
]
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = MODE == "test"  # each client of the tests would list every file first
if PRODUCTION:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(VAR / "files")))
MAX_UPLOAD_BYTES = env.int("MAX_UPLOAD_BYTES", 200 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- Language and time ----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"
USE_THOUSAND_SEPARATOR = True

# --- E-mail ---------------------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Pacte <ne-pas-repondre@pacte.invalid>")
EMAIL_FILE_PATH = VAR / "mail"
vars().update(env.email_url("EMAIL_URL", default="filemail:///" if not PRODUCTION else "smtp://localhost:25"))
EMAIL_FILE_PATH = VAR / "mail"

# --- API ------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["hub.api.authentication.ActorAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "hub.api.problems.problem_handler",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Pacte",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # Open, so many doors would be drawn only as one scrolls.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "docExpansion": "none"},
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# --- Background work ------------------------------------------------------------------------------------------------
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 1200
CELERY_TASK_TIME_LIMIT = 1500
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 30,
    "health_check_interval": 25,
    "global_keyprefix": f"{CHANNEL_PREFIX}:",
}

# --- Logs: structured, and never a person ---------------------------------------------------------------------------
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "hub.logs.formatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING")},
}
