"""Django's settings, composed of the typed environment; anything that a person may set is in `env.py`."""

from __future__ import annotations

from typing import Any

from okno.config.env import PACKAGE_DIR, database_settings, environment, read_secret_key
from okno.lib.logs import logging_settings

ENVIRONMENT = environment()

DATA_DIR = ENVIRONMENT.data
DEBUG = ENVIRONMENT.debug
SECRET_KEY = ENVIRONMENT.secret_key or read_secret_key(DATA_DIR)
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
PUBLIC_URL = ENVIRONMENT.url

# --- Parts -----------------------------------------------------------------------------------------

OKNO_APPS: list[str] = [
    "okno.tenancy",
    "okno.spine",
    "okno.accounts",
    "okno.team",
    "okno.people",
    "okno.channels.email",
    "okno.tickets",
    "okno.reactors",
    "okno.reactors.notify",
    "okno.reactors.webhooks",
    "okno.reactors.samples",
    "okno.api",
    "okno.ui",
    "okno.console",
    "okno.portal",
    "okno.modules.form",
    "okno.modules.phone",
    "okno.modules.portal",
]

INSTALLED_APPS = [
    *OKNO_APPS,
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "django_cotton",
    "django_htmx",
    "django_vite",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "okno.config.headers.SecurityHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "okno.config.request_log.RequestLogMiddleware",
    "okno.tenancy.middleware.WorkspaceMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "okno.console.identity.MemberMiddleware",
]

ROOT_URLCONF = "okno.config.urls"
WSGI_APPLICATION = "okno.config.wsgi.application"
ASGI_APPLICATION = "okno.config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE_DIR / "ui" / "templates"],
        "OPTIONS": {
            "builtins": ["django_cotton.templatetags.cotton"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "okno.ui.context.theme",
                "okno.console.context.console",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]

FORM_RENDERER = "okno.ui.forms.Renderer"

# --- Data ------------------------------------------------------------------------------------------

POOL = {"min_size": 1, "max_size": 6, "timeout": 10}


def _database(url: str | None, *, pool: dict[str, int] | None = None) -> dict[str, Any]:
    """Return one entry of DATABASES; without an address only what tools need that never connect."""
    settings = database_settings(url or "postgresql:///okno")
    pooling = {"pool": pool} if pool else {}
    return settings | {"OPTIONS": settings["OPTIONS"] | pooling, "CONN_HEALTH_CHECKS": True}


DATABASES = {"default": _database(ENVIRONMENT.database_url, pool=POOL)}
if ENVIRONMENT.database_owner_url:
    DATABASES["owner"] = _database(ENVIRONMENT.database_owner_url)

# Limits on attempts must hold over all processes, so the cache is a table; its rows expire by themselves.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# Files go where they stay, not through a temporary folder, and a member must send them.
FILE_UPLOAD_HANDLERS = ["okno.console.ticket.uploads.StoreUploadHandler"]

# --- Language --------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ru", "Русский")]
LOCALE_PATHS = [PACKAGE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Sign-in ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_ADAPTER = "okno.accounts.adapters.AccountAdapter"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_FORMS = {
    "login": "okno.accounts.forms.LoginForm",
    "reauthenticate": "okno.accounts.forms.ReauthenticateForm",
    "change_password": "okno.accounts.forms.ChangePasswordForm",
    "set_password": "okno.accounts.forms.SetPasswordForm",
}
# Attempts / time / whom they count for: the address they come from, or the account that is tried.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/15m/key",
    "reset_password": "20/h/ip,3/h/key",
    "reset_password_from_key": "20/m/ip",
    "invitation": "20/m/ip",
    "first_administrator": "20/m/ip",
    "portal_sign_in": "30/h/ip,5/h/key",
}
MFA_ADAPTER = "okno.accounts.adapters.MfaAdapter"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "okno.accounts.forms.CodeForm",
    "reauthenticate": "okno.accounts.forms.CodeAgainForm",
    "activate_totp": "okno.accounts.forms.ActivateCodeForm",
    "add_webauthn": "okno.accounts.forms.AddPasskeyForm",
    "edit_webauthn": "okno.accounts.forms.EditPasskeyForm",
    "authenticate_webauthn": "okno.accounts.forms.AskPasskeyForm",
    "login_webauthn": "okno.accounts.forms.LoginPasskeyForm",
    "reauthenticate_webauthn": "okno.accounts.forms.ConfirmPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
SESSION_COOKIE_NAME = "okno_session"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
CSRF_COOKIE_NAME = "okno_csrf"
CSRF_FAILURE_VIEW = "okno.console.errors.csrf_failed"

# --- Safety ----------------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = ENVIRONMENT.is_https
CSRF_COOKIE_SECURE = ENVIRONMENT.is_https
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if ENVIRONMENT.is_https else 0
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.url] if ENVIRONMENT.url else []

# --- Static files: the build names them by content, so they may be kept for ever -------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE_DIR / "ui" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+/dist/.+-[0-9A-Za-z_-]{8}\.[0-9a-z]+$"
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "manifest_path": PACKAGE_DIR / "ui" / "static" / "ui" / "dist" / "manifest.json",
        "static_url_prefix": "ui/dist",
    }
}

# --- Logs ------------------------------------------------------------------------------------------

LOGGING = logging_settings(form=ENVIRONMENT.log_format, level=ENVIRONMENT.log_level)
