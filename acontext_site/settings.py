"""Every setting, read from the environment with a default that works. `.env.example` lists them."""

import secrets
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.utils.csp import CSP
from environs import FileAwareEnv, validate
from whitenoise.compress import Compressor

from acontext_site.embedded import paths
from acontext_site.logs import logging_config

env = FileAwareEnv()
BASE_DIR = Path(__file__).resolve().parent.parent
env.read_env(str(BASE_DIR / ".env"), override=False)

# --- core ---------------------------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", False)
DATA_DIR = paths.data_dir()
# `manage.py up` keeps a key in the data folder and hands it to its children; a key made here lives one process long.
SECRET_KEY = env.str("SECRET_KEY", "") or secrets.token_urlsafe(50)
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
ROOT_URLCONF = "acontext_site.urls"
WSGI_APPLICATION = "acontext_site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LANGUAGE_COOKIE_AGE = 31_536_000
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["acontext_site.formats"]
USE_I18N = True

# --- apps ---------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "acontext_site",
    "sessions",
    "tasks",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_structlog",
    "heroicons",
    "ninja",  # for Swagger's files from our own static folder
]

# --- middleware: pages and API are two stacks (acontext_site/wsgi.py) ------------------------------------------------
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "acontext_site.compression.CompressPages",
    "acontext_site.preloading.preload_styles",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "sessions.local_time.in_local_time",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "acontext_site.login.LoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "sessions.toasts.toasts_beside_fragments",
    "acontext_site.not_allowed.draw_not_allowed",
]
API_MIDDLEWARE = ["acontext_site.api_middleware.ApiMiddleware"]

DRAWN_BY_DJANGO: dict[str, Any] = {
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "DIRS": [BASE_DIR / "templates"],
    "APP_DIRS": True,
    "OPTIONS": {
        "context_processors": [
            "django.template.context_processors.request",
            "django.contrib.auth.context_processors.auth",
            "django.contrib.messages.context_processors.messages",
            "django.template.context_processors.csp",
        ],
    },
}
# Our own pages are drawn by the fast engine where it is installed (ADR 0010); the admin's always by Django's.
DRAWN_FAST = {**DRAWN_BY_DJANGO, "BACKEND": "django_rust_templates.RustTemplates", "APP_DIRS": False}
FAST_TEMPLATES = env.bool("FAST_TEMPLATES", find_spec("django_rust_templates") is not None)
if FAST_TEMPLATES:
    FORM_RENDERER = "django_rust_templates.forms.RustFormRenderer"
TEMPLATES = [DRAWN_FAST, DRAWN_BY_DJANGO] if FAST_TEMPLATES else [DRAWN_BY_DJANGO]

# --- database: embedded unless DATABASE_URL says otherwise -----------------------------------------------------------
EMBEDDED_POSTGRES = not env.str("DATABASE_URL", "")
EMBEDDED_DATABASE = {
    "ENGINE": "django.db.backends.postgresql",
    "NAME": "acontext",
    "USER": "acontext",
    "HOST": str(paths.run_dir(DATA_DIR)),
}
DATABASE: dict[str, Any] = EMBEDDED_DATABASE if EMBEDDED_POSTGRES else dict(env.dj_db_url("DATABASE_URL"))
# A new connection costs more than a request; a health check hides a restart of the server.
DATABASE |= {
    "CONN_MAX_AGE": None,
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": {**DATABASE.get("OPTIONS", {}), "prepare_threshold": 5},
}
DATABASES = {"default": DATABASE}

# --- jobs: embedded broker unless CELERY_BROKER_URL says otherwise ----------------------------------------------------
EMBEDDED_VALKEY = not env.str("CELERY_BROKER_URL", "")
CELERY_BROKER_URL = (
    f"redis+socket://{paths.valkey_socket(DATA_DIR)}" if EMBEDDED_VALKEY else env.str("CELERY_BROKER_URL")
)
CELERY_WORKER_CONCURRENCY = env.int("WORKER_CONCURRENCY", 8)

# --- static files ---------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "acontext_site.bundles.BundleFinder",
]
STATIC_ROOT = env.path("STATIC_ROOT", DATA_DIR / "static")
STORAGES = {
    # Files of messages, under `assets/`. Another backend must overwrite and keep the names that it is given.
    "default": {
        "BACKEND": "sessions.assets.storage.DurableFileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "files"},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
# A first start collects and compresses; maps and pictures gain nothing by it and take a second.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map", "ico")

# --- login ----------------------------------------------------------------------------------------------------------
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
SESSION_ENGINE = "sessions.logins"
AUTHENTICATION_BACKENDS = ["sessions.logins.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

# --- security: no inline script or style, nothing from another host ---------------------------------------------------
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "media-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "form-action": [CSP.SELF],
}
# Behind TLS set HTTPS=true: cookies and redirects are then for https only.
HTTPS = env.bool("HTTPS", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"

# --- logging --------------------------------------------------------------------------------------------------------
LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
LOGGING_CONFIG = None
LOGGING = logging_config(level=LOG_LEVEL, as_json=env.bool("LOG_JSON", False))

# --- API ------------------------------------------------------------------------------------------------------------
API_KEY_PREFIX = "sk-ac-"
ROOT_API_BEARER_TOKEN = env.str("ROOT_API_BEARER_TOKEN", "")
API_MAX_BODY_BYTES = env.int("API_MAX_BODY_BYTES", 32 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = API_MAX_BODY_BYTES
# Where clients and providers reach this server, for links to files; by default the host that a request came to.
EXTERNAL_URL = env.str("EXTERNAL_URL", "")
# Below the official SDK's time-out of 30 s, so that it hears an answer and not a cut line.
FLUSH_TIMEOUT_SECONDS = env.float("FLUSH_TIMEOUT_SECONDS", 25.0)
# How many flushes may wait in one web process, each in a thread of its own; fewer than WEB_THREADS.
FLUSH_MAX_WAITERS = env.int("FLUSH_MAX_WAITERS", 10)

# --- LLM: without a key or an address the offline extractor works ----------------------------------------------------
LLM_API_KEY = env.str("LLM_API_KEY", "")
LLM_BASE_URL = env.str("LLM_BASE_URL", "")
LLM_SDK = env.str("LLM_SDK", "openai", validate=validate.OneOf(["openai", "anthropic"]))
LLM_SIMPLE_MODEL = env.str("LLM_SIMPLE_MODEL", "gpt-4.1" if LLM_SDK == "openai" else "claude-haiku-4-5")
LLM_RESPONSE_TIMEOUT = env.float("LLM_RESPONSE_TIMEOUT", 60.0)
# The most tokens of one answer; 0 leaves it to the window's size (4,096 and more). Small models need a bound.
LLM_ANSWER_TOKENS = env.int("LLM_ANSWER_TOKENS", 0)
# Of all processes together, for a model at an address; 0 is no limit.
LLM_REQUESTS_PER_MINUTE = env.int("LLM_REQUESTS_PER_MINUTE", 0)
# How long the ledger keeps the words of an exchange; 0 keeps none.
LLM_KEEP_EXCHANGES_DAYS = env.int("LLM_KEEP_EXCHANGES_DAYS", 7)

# --- extraction: when a session is due (seconds, messages, tokens) ----------------------------------------------------
EXTRACTION_TURN_END_SECONDS = env.float("EXTRACTION_TURN_END_SECONDS", 5.0)
EXTRACTION_SILENCE_SECONDS = env.float("EXTRACTION_SILENCE_SECONDS", 20.0)
EXTRACTION_MAX_WAIT_SECONDS = env.float("EXTRACTION_MAX_WAIT_SECONDS", 180.0)
EXTRACTION_BUFFER_MESSAGES = env.int("EXTRACTION_BUFFER_MESSAGES", 24)
EXTRACTION_BUFFER_TOKENS = env.int("EXTRACTION_BUFFER_TOKENS", 8_000)
EXTRACTION_LEASE_SECONDS = env.float("EXTRACTION_LEASE_SECONDS", 60.0)
EXTRACTION_SWEEP_SECONDS = env.float("EXTRACTION_SWEEP_SECONDS", 1.0)
# Sessions at work at once, over all workers: with several workers, the sum of their WORKER_CONCURRENCY.
EXTRACTION_CONCURRENCY = env.int("EXTRACTION_CONCURRENCY", CELERY_WORKER_CONCURRENCY)
