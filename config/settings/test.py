"""Tests: production's strictness with fast hashing. The same suite runs embedded and, with the URLs set, grown up."""

from .isolation import database_name, isolate

_world = isolate()  # before base reads the environment

from .base import *  # noqa: E402, F403  a settings module is a namespace; the names are Django settings

DATABASES["default"]["TEST"] = {"NAME": database_name(_world, DATABASES["default"]["ENGINE"])}
DEBUG = False
SECRET_KEY = "only-for-tests-" + "x" * 50
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "portal.core.files.storage.UploadStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Every page saved says so: what nobody reads costs a tenth of the tests' time.
LOGGING["root"]["level"] = "WARNING"
WAGTAILSEARCH_BACKENDS["default"] |= {"AUTO_UPDATE": False}  # but for tests marked `cms_indexes` (tests/conftest.py)
PORTAL_DEV_PAGES = True
