"""What every installation shares. Bare default: embedded parts under var/; each grows up by one URL."""

from django.utils.translation import gettext_lazy as _

from .database import databases
from .env import BASE_DIR, VAR_DIR, choice, megabytes, origin, own_address, proxies
from .languages import *  # noqa: F403  a settings module is a namespace; the names are Django settings
from .languages import LANGUAGES
from .logs import logging
from .mail import email, office, sender
from .redis import REDIS_URL, caches, channel_layers
from .search import search
from .security import *  # noqa: F403  a settings module is a namespace; the names are Django settings

INSTALLED_APPS = [
    "events.apps.EventsConfig",
    "library.indicators.apps.IndicatorsConfig",
    "library.practices.apps.PracticesConfig",
    "network.rooms.apps.RoomsConfig",
    "network.vetting.apps.VettingConfig",
    "network.members.apps.MembersConfig",
    "portal.finding.apps.FindingConfig",
    "portal.pages.apps.PagesConfig",
    "portal.vocabulary.apps.VocabularyConfig",
    "portal.core.apps.CoreConfig",
    "search.apps.SearchConfig",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.embeds",
    "wagtail.sites",
    "network.members.apps.CmsUsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.locales",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "channels",
    "csp",
    "django_countries",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "portal.core.request_id.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.core.middleware.SecurityHeadersMiddleware",
    "portal.core.middleware.PathContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "network.members.middleware.ViewerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "network.members.middleware.UnsentFormMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "network.members.middleware.CmsDoorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.core.ratelimit.RateLimitMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "portal" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "portal.core.context_processors.portal",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = databases()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = caches()
CHANNEL_LAYERS = channel_layers()
SEARCH = search()
SEARCH_AUDIENCES = "network.members.selectors.audiences_for"
globals().update(email())
DEFAULT_FROM_EMAIL = sender()
CONTACT_EMAIL = office()
LOGGING = logging("plain")

# In process after commit by default; `TASKS_BACKEND=database` hands work to `manage.py db_worker`.
TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend"
        if choice("TASKS_BACKEND", "immediate", "database") == "database"
        else "django_tasks.backends.immediate.ImmediateBackend",
        "ENQUEUE_ON_COMMIT": True,
    }
}

AUTH_USER_MODEL = "members.User"
# allauth's alone, which is Django's with an e-mail address: with both, every wrong password is checked twice.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "network.members.passwords.StolenPasswordValidator"},
    {"NAME": "network.members.passwords.GuessablePasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "members:own_profile"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_ADAPTER = "network.members.adapter.AccountAdapter"
ACCOUNT_FORMS = {"signup": "network.members.forms.SignupForm"}

USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Sarajevo"
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
WAGTAIL_I18N_ENABLED = True
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
COUNTRIES_OVERRIDE = {"XK": _("Kosovo*"), "MK": _("North Macedonia")}

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "portal" / "static"]
# Uploads: never an open folder. Every address under MEDIA_URL is a view that asks the audience.
MEDIA_URL = "/files/"
MEDIA_ROOT = VAR_DIR / "files"
STORAGES = {
    "default": {"BACKEND": "portal.core.files.storage.UploadStorage"},
    "staticfiles": {"BACKEND": "portal.core.staticfiles.PortalStaticFilesStorage"},
}
# Seconds a browser may keep an uploaded file: short, so that a narrowed audience takes hold.
FILES_MAX_AGE = 300
# Whose X-Real-IP, X-Forwarded-For and X-Forwarded-Proto are believed.
TRUSTED_PROXIES = proxies("TRUSTED_PROXIES")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

WAGTAIL_SITE_NAME = "Return network"
WAGTAILADMIN_BASE_URL = origin("BASE_URL", "https", "http", default=own_address())
WAGTAILIMAGES_IMAGE_MODEL = "core.PortalImage"
WAGTAILDOCS_DOCUMENT_MODEL = "core.PortalDocument"
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_MAX_UPLOAD_SIZE = megabytes("MAX_DOCUMENT_MB", 20)
WAGTAILIMAGES_IMAGE_FORM_BASE = "portal.core.files.forms.PictureForm"
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = megabytes("MAX_PICTURE_MB", 10)
# Unpacked a pixel takes four bytes: the largest picture takes 200 MB while it is looked at.
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 50_000_000
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
# Address and password are changed in one place, where the new address is confirmed.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_FRONTEND_LOGIN_URL = "/en/accounts/login/"
WAGTAILSEARCH_BACKENDS: dict[str, dict[str, object]] = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAIL_APPEND_SLASH = True
TAGGIT_CASE_INSENSITIVE = True

# Whole anonymous pages are kept until anything they could show changes. These models never show on one.
PAGE_CACHE_SECONDS = 3600
PAGE_CACHE_GENERATION_FILE = VAR_DIR / "page-cache-generation"
PAGE_CACHE_REDIS_URL = REDIS_URL
PAGE_CACHE_IGNORES = {
    "account.emailaddress",
    "account.emailconfirmation",
    "admin.logentry",
    "core.auditentry",
    "core.outgoingmail",
    "core.sentform",
    "django_tasks_database.dbtaskresult",
    "members.membership",
    "members.profile",
    "members.profile_stages",
    "members.profile_themes",
    "members.profilelanguage",
    "members.user",
    "members.user_groups",
    "members.workinggroup_people",
    "rooms.message",
    "rooms.readmark",
    "rooms.room",
    "rooms.room_audiences",
    "search.outboxrow",
    "sessions.session",
    "vetting.application",
    "vetting.decision",
    "wagtailadmin.editingsession",
    "wagtailcore.modellogentry",
    "wagtailcore.pagelogentry",
    "wagtailcore.referenceindex",
    "wagtailcore.revision",
    "wagtailcore.task",
    "wagtailcore.taskstate",
    "wagtailcore.workflowstate",
    "wagtailsearch.indexentry",
    "wagtailusers.userprofile",
}

# The living component sheet and the mail reader: for development and the demo, never in production.
PORTAL_DEV_PAGES = False
