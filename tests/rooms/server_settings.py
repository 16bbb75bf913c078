"""A server that tests start and kill: the tests' world, without limits on how fast its few people write."""

from config.settings.test import *  # noqa: F403  a settings module is a namespace

RATE_LIMITS: dict[str, str] = {}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
