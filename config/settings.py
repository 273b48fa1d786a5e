"""One settings file; what differs between places comes from the environment (see env.py)."""

import os
import tempfile
from pathlib import Path

from csp.constants import NONE, SELF

from config import env

ROOT = Path(__file__).resolve().parent.parent
DATA_DIR = env.data_dir()
VENDOR_DIR = ROOT / "build" / "vendor"

DEBUG = env.flag("DEBUG")
SECRET_KEY = env.secret_key() or ("only-for-debug" if DEBUG else "")
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("TRUSTED_ORIGINS", "").split(",") if o]
BEHIND_TLS = env.flag("BEHIND_TLS")
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("SECRET_KEY_FALLBACKS", "").split(",") if key]
# So many proxies in front write X-Forwarded-For; without any the header is nobody's word.
TRUSTED_PROXIES = env.at_least("TRUSTED_PROXIES", 0, least=0)

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "org.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "csp",
    "procrastinate.contrib.django",
    "guanxi.base.ui",
    "guanxi.base.audit",
    "guanxi.base.org",
    "guanxi.base.records",
    "guanxi.core.customers",
    "guanxi.core.privacy",
    "guanxi.core.activities",
    "guanxi.core.documents",
    "guanxi.core.messaging",
    "guanxi.core.rulebooks",
    "guanxi.domain.archive",
    "guanxi.edge.api",
    "guanxi.edge.ops",
]

MIDDLEWARE = [
    "guanxi.edge.ops.logs.AccessLog",
    "guanxi.base.ui.headers.Headers",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "guanxi.base.ui.errors.ErrorPages",
    "guanxi.base.ui.bodies.Bodies",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "guanxi.base.org.middleware.Language",
    "django.middleware.csrf.CsrfViewMiddleware",
    "guanxi.base.org.middleware.SignedIn",
    "guanxi.edge.ops.governance.networks.Watched",
    "allauth.account.middleware.AccountMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": False,
        "DIRS": [str(p) for p in sorted((ROOT / "guanxi").glob("*/*/templates"))],
        "OPTIONS": {"environment": "guanxi.base.ui.jinja.environment"},
    },
    # Django's own engine serves only the texts that libraries bring along.
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {}},
]

DATABASES = {"default": env.database(os.environ.get("DATABASE_URL", "postgresql:///guanxi"))}
DATABASES["default"] |= {"CONN_MAX_AGE": 300, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}

AUTHENTICATION_BACKENDS = ["guanxi.base.org.signin.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["login"]},
    },
    {"NAME": "guanxi.base.org.passwords.Guessable"},
]

ACCOUNT_ADAPTER = "guanxi.base.org.signin.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PRESERVE_USERNAME_CASING = False
# Counted in PostgreSQL by our own limits: a per-process cache would multiply them by the number of workers.
ACCOUNT_RATE_LIMITS = False
ACCOUNT_SESSION_REMEMBER = False
# "" asks the roles; see docs/how-to/second-factor.md.
REQUIRE_SECOND_FACTOR = env.one_of("REQUIRE_SECOND_FACTOR", "", "privileged", "all", "none")
SIGN_IN_PROFILE = env.one_of("PASSWORD_PROFILE", "modern", "mlps")
if SIGN_IN_PROFILE == "mlps":
    AUTH_PASSWORD_VALIDATORS.append({"NAME": "guanxi.base.org.passwords.Mixed"})
PASSWORD_DAYS = env.at_least("PASSWORD_DAYS", 90 if SIGN_IN_PROFILE == "mlps" else 0, least=0)
# Accounts nobody signed in with for so long are closed at night; 0: never.
DORMANT_DAYS = env.at_least("DORMANT_DAYS", 90, least=0)
# So many failed sign-ins within ten minutes, from wherever, are told to the administrators.
SIGN_IN_ALERT = env.at_least("SIGN_IN_ALERT", 50, least=5)
API_CALLS_A_MINUTE = env.at_least("API_CALLS_A_MINUTE", 600, least=1)
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/sign-in"

# Every room that has jobs keeps them in jobs.py; the worker imports all of these.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

SESSION_ENGINE = "guanxi.base.org.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
# Behind TLS browsers take these from this very host and no other place alone.
HOST_ONLY = "__Host-" if BEHIND_TLS else ""
SESSION_COOKIE_NAME = f"{HOST_ONLY}guanxi_session{env.cookie_suffix()}"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_IDLE_MINUTES = env.number("SESSION_IDLE_MINUTES", 30 if SIGN_IN_PROFILE == "mlps" else 240)
DEVICE_COOKIE_NAME = f"{HOST_ONLY}guanxi_device{env.cookie_suffix()}"
CSRF_FAILURE_VIEW = "guanxi.base.ui.errors.csrf_failure"
# The script puts the token into each request; after a renewed sign-in it reads the new one from this cookie.
CSRF_COOKIE_HTTPONLY = False
CSRF_COOKIE_NAME = f"{HOST_ONLY}guanxi_csrf{env.cookie_suffix()}"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
if BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31536000

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]
LANGUAGE_COOKIE_NAME = f"{HOST_ONLY}guanxi_language"
THEME_COOKIE_NAME = f"{HOST_ONLY}guanxi_theme"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", ROOT / "build" / "static"))
STATICFILES_DIRS = [("vendor", VENDOR_DIR)] if VENDOR_DIR.exists() else []
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
WHITENOISE_ALLOW_ALL_ORIGINS = False

# clamd at unix:/path or host:port; empty: files are kept as they come (core/documents/scanning.py).
VIRUS_SCANNER = os.environ.get("VIRUS_SCANNER", "")
IMPORT_MAX_BYTES = env.number("IMPORT_MAX_MB", 50) * 1024 * 1024
EXPORT_WITHOUT_PERMIT = env.number("EXPORT_WITHOUT_PERMIT", 500)
# Allocation of new customers (CUS-23): who counts as new, and that each so-many-th form is theirs.
ALLOCATION_NEWCOMER_MONTHS = env.number("ALLOCATION_NEWCOMER_MONTHS", 6)
ALLOCATION_NEWCOMER_EVERY = env.number("ALLOCATION_NEWCOMER_EVERY", 5)
EXPORT_WITHOUT_PERMIT_A_DAY = env.number("EXPORT_WITHOUT_PERMIT_A_DAY", 2000)
EXPORT_MAX_ROWS = env.number("EXPORT_MAX_ROWS", 1_000_000)
# Half a year at least: what the law asks of network logs. A shorter time is refused, not rounded.
AUDIT_KEPT_DAYS = env.at_least("AUDIT_KEPT_DAYS", 365, least=180)
AUDIT_SYSLOG = env.flag("AUDIT_SYSLOG")
EXPORT_KEPT_DAYS = env.number("EXPORT_KEPT_DAYS", 7)
# How many days each class of data is kept beside its purpose (core/privacy/keeping.py); the last two only remind.
KEPT_DAYS = {
    "imports": env.number("IMPORT_KEPT_DAYS", 90),
    "files": env.number("PERSON_FILE_KEPT_DAYS", 7),
    "applicants": env.number("APPLICANT_KEPT_DAYS", 180),
    "searched": env.number("SEARCHED_KEPT_DAYS", 90),
    "bulk": env.number("BULK_KEPT_DAYS", 90),
    "bin": env.number("BIN_KEPT_DAYS", 180),
    "inactive": env.number("INACTIVE_DAYS", 1095),
}
# Whether a promotional contact without live consent is only spoken of ("warn") or not recorded ("refuse").
PROMOTION_NEEDS_CONSENT = env.one_of("PROMOTION_NEEDS_CONSENT", "warn", "refuse")
# So many days after a consequence was confirmed the person concerned can appeal against it.
APPEAL_DAYS = env.number("APPEAL_DAYS", 7)
# Who may do what is gone through every so many months; data incidents are told to whom the law names within so many
# hours of being noticed.
ACCESS_REVIEW_MONTHS = env.at_least("ACCESS_REVIEW_MONTHS", 6, least=1)
DATA_INCIDENT_REPORT_HOURS = env.at_least("DATA_INCIDENT_REPORT_HOURS", 24, least=1)
# A process reads the list of refused networks again after so many seconds (edge/ops/governance/networks.py).
NETWORKS_READ_EVERY = 5
# Nothing leaves the installation until an administrator sets up a channel; see docs/reference/settings.md.
OUTGOING_ALLOW = os.environ.get("OUTGOING_ALLOW", "")
OUTGOING_CA = os.environ.get("OUTGOING_CA", "")
PUBLIC_ADDRESS = os.environ.get("PUBLIC_ADDRESS", "").rstrip("/")
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_PORT = env.number("EMAIL_PORT", 587)
EMAIL_HOST_USER = os.environ.get("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_PASSWORD", "")
EMAIL_SECURITY = os.environ.get("EMAIL_SECURITY", "starttls")
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", "")
EMAIL_TIMEOUT = 10
DOCUMENT_MAX_BYTES = env.number("DOCUMENT_MAX_MB", 50) * 1024 * 1024
DOCUMENTS_AT_ONCE = 20
DOCUMENTS_AT_ONCE_BYTES = max(DOCUMENT_MAX_BYTES, 200 * 1024 * 1024)
DOCUMENTS_PER_RECORD = env.number("DOCUMENTS_PER_RECORD", 200)
DOCUMENTS_RECORD_MAX_BYTES = env.number("DOCUMENTS_RECORD_MAX_MB", 1024) * 1024 * 1024
# Of documents so secret that copies carry a mark: those of kinds that cannot.
UNMARKED_SECRETS = env.one_of("UNMARKED_SECRETS", "allow", "refuse")
# Below this, what fills disks rests (kernel/space.py).
SPACE_LEAST_PERCENT = env.number("SPACE_LEAST_PERCENT", 10)
SPACE_LEAST_BYTES = env.number("SPACE_LEAST_MB", 2048) * 1024 * 1024
SPACE_PLACES = {
    "data": DATA_DIR,
    "database": env.embedded_database(DATA_DIR),
    "files": DATA_DIR / "files",
    "backups": env.backup_folder(DATA_DIR),
    "temporary": Path(tempfile.gettempdir()),
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None

# Personal data stays out of the log: only route patterns, status, time and account id (edge/ops/logs.py).
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "guanxi.edge.ops.logs.Formatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "filters": {"scrubbed": {"()": "guanxi.edge.ops.logs.Scrubbed"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["scrubbed"]}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.db.backends": {"level": "ERROR"},
        "procrastinate.blueprints": {"level": "WARNING"},
        "procrastinate.periodic": {"level": "WARNING"},
    },
}
