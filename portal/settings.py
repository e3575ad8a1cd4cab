"""One settings module. Everything a site may choose comes from the environment: docs/configuration.md."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from portal.environment import (
    BACKENDS,
    cache,
    database,
    env,
    env_bool,
    env_choice,
    env_int,
    env_list,
    env_port,
    env_site,
    private_storage,
)

BASE_DIR = Path(__file__).resolve().parent.parent


DATA_DIR = Path(env("DATA_DIR", str(BASE_DIR / "var"))).absolute()
TESTING = env_bool("PORTAL_TESTING")
# A folder that holds the demo's data is a demo, whatever command opens it.
DEMO = env_bool("PORTAL_DEMO", not TESTING and (DATA_DIR / "demo-loaded").exists())
DEBUG = env_bool("DEBUG")
INSECURE_SECRET_KEY = "insecure-only-for-demo-and-tests"  # noqa: S105  refused by checks outside demo
SECRET_KEY = env("SECRET_KEY", INSECURE_SECRET_KEY)
TRAIL_KEY = env("TRAIL_KEY", SECRET_KEY)
# Keys of encrypted fields: id:key,… (32 bytes, URL-safe base64); the first encrypts, all decrypt.
INSECURE_FIELD_KEY = "demo:Y2h1YW5neWktZGVtby1vbmx5LWZpZWxkLWtleS0wMDE="
FIELD_KEYS = env_list("FIELD_KEYS", INSECURE_FIELD_KEY)
FIELD_INDEX_KEY = env("FIELD_INDEX_KEY", INSECURE_SECRET_KEY)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver")
SITE_URL = env_site("SITE_URL", "http://127.0.0.1:8000")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "home",
    "grants.desk",
    "grants.api",
    "grants.exports",
    "grants.stats",
    "grants.audits",
    "grants.payments",
    "grants.spending",
    "grants.monitoring",
    "grants.agreements",
    "grants.awards",
    "grants.publicity",
    "grants.review",
    "grants.applications",
    "grants.calls",
    "grants.needs",
    "grants.funds",
    "orgs.incubation",
    "orgs.registry",
    "portal",
    "portal.redaction",
    "portal.search",
    "portal.spreadsheets",
    "portal.documents",
    "portal.dynforms",
    "portal.notices",
    "portal.files",
    "portal.jobs",
    "portal.accounts",
    "portal.regions",
    "portal.workdays",
    "portal.trail",
    "portal.access",
    "portal.components",
    "portal.fields",
    "portal.pages",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.admin",
    "wagtail",
    "modelsearch",
    "taggit",
    "treebeard",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "guardian",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
]

MIDDLEWARE = [
    "portal.middleware.visitor",
    "portal.middleware.arrival",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.middleware.chosen_language",
    "portal.middleware.chosen_look",
    "django.middleware.common.CommonMiddleware",
    "portal.middleware.readable_form",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.middleware.kept_text",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.middleware.content_security_policy",
    "portal.middleware.second_factor",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ],
        },
    },
]


DATABASES = {"default": database(env("DATABASE_URL", f"sqlite:///{quote(str(DATA_DIR / 'portal.sqlite3'))}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": cache(env("CACHE_URL", "locmem://" if TESTING else "db://portal_cache"))}
TASKS = {
    # Search indexing must never wait for a worker: it stays immediate.
    "default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"},
    "jobs": {
        "BACKEND": BACKENDS[env_choice("TASKS_BACKEND", "immediate" if TESTING else "database", tuple(BACKENDS))],
    },
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if TESTING
    else ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
# No user name: a taken one would tell that it exists. The system makes one of the address.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none" if DEMO or TESTING else "mandatory"
ACCOUNT_ADAPTER = "portal.accounts.forms.Adapter"
ACCOUNT_SIGNUP_FORM_CLASS = "portal.accounts.forms.signup.SignupForm"
ACCOUNT_FORMS = {
    "login": "portal.accounts.forms.entrance.LoginForm",
    "signup": "portal.accounts.forms.entrance.NewAccountForm",
    "add_email": "portal.accounts.forms.entrance.AddEmailForm",
    "change_password": "portal.accounts.forms.entrance.ChangePasswordForm",
    "reset_password": "portal.accounts.forms.entrance.ResetPasswordForm",
    "reset_password_from_key": "portal.accounts.forms.entrance.ResetPasswordKeyForm",
    "reauthenticate": "portal.accounts.forms.entrance.ReauthenticateForm",
}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
# "login" counts the right passwords too: a whole office signs in through one address.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "5/15m/key,100/15m/ip"}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Sensitive moves ask for the password again; the demo does only when told to.
REAUTHENTICATE = env_bool("REAUTHENTICATE", not (DEMO or TESTING))
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_ADAPTER = "portal.accounts.forms.entrance.FactorAdapter"
MFA_FORMS = {
    "add_webauthn": "portal.accounts.forms.entrance.AddKeyForm",
    "activate_totp": "portal.accounts.forms.entrance.ActivateTOTPForm",
}
# Paying, publishing and administering roles cannot work without a second factor; the demo only offers it.
REQUIRE_SECOND_FACTOR = env_bool("REQUIRE_SECOND_FACTOR", not (DEMO or TESTING))
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO or TESTING
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True

SECURE = not (DEMO or DEBUG or TESTING)
SECURE_SSL_REDIRECT = env_bool("SECURE_SSL_REDIRECT", SECURE)
BEHIND_PROXY = env_bool("BEHIND_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# Proxies of ours before the portal: portal.middleware.visitor puts the visitor's address into REMOTE_ADDR,
# where everything that asks for an address reads it, allauth's limits among it.
TRUSTED_PROXIES = env_int("TRUSTED_PROXIES", 1 if BEHIND_PROXY else 0)
OBJECTIONS_PER_HOUR = env_int("OBJECTIONS_PER_HOUR", 20)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
X_FRAME_OPTIONS = "SAMEORIGIN"  # the editor shows its preview in a frame of the same site
SILENCED_SYSTEM_CHECKS = ["security.W019"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'self'"],
    }
}
CSRF_FAILURE_VIEW = "portal.access.views.stale_form"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]  # one office, one clock: nothing to choose

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
PRIVATE_ROOT = DATA_DIR / "private"


STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": private_storage(env("STORAGE_URL", f"file://{quote(str(PRIVATE_ROOT))}")),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG
WHITENOISE_MAX_AGE = 3600

WAGTAIL_SITE_NAME = "创益"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAILADMIN_LOGIN_URL = "/cms/login/"
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILEMBEDS_FINDERS: list = []
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAIL_FINISH_WORKFLOW_ACTION = "portal.pages.commands.publish_approved"
WAGTAILDOCS_EXTENSIONS = ["pdf", "doc", "docx", "xls", "xlsx", "zip"]
WAGTAILDOCS_DOCUMENT_FORM_BASE = "portal.files.forms.PublicDocumentForm"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png"]
WAGTAILIMAGES_IMAGE_FORM_BASE = "portal.files.forms.PublicImageForm"

EMAIL_BACKEND = env(
    "EMAIL_BACKEND",
    "django.core.mail.backends.filebased.EmailBackend" if DEMO else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_HOST = env("EMAIL_HOST", "localhost")
EMAIL_PORT = env_port("EMAIL_PORT", 25)
EMAIL_HOST_USER = env("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", "创益 <noreply@example.org>")

NOTICE_CHANNELS = env_list("NOTICE_CHANNELS", "email", ("email", "sms", "wecom", "dingtalk"))
SMS_URL = env("SMS_URL")
SMS_TOKEN = env("SMS_TOKEN")
WECOM_WEBHOOK = env("WECOM_WEBHOOK")
DINGTALK_WEBHOOK = env("DINGTALK_WEBHOOK")
DINGTALK_SECRET = env("DINGTALK_SECRET")
CLAMAV_HOST = env("CLAMAV_HOST")
CLAMAV_PORT = env_port("CLAMAV_PORT", 3310)

LOG_LEVEL = env_choice("LOG_LEVEL", "WARNING", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "portal.trail.rules.JsonLines"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "level": LOG_LEVEL,  # here too: the worker of the queue raises its own loggers to INFO
            "formatter": env_choice("LOG_FORMAT", "line", ("line", "json")),
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}
