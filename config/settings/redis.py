"""REDIS_URL: cache and channel layer live in memory by default, in Redis grown up."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from .env import address, env

REDIS_URL = address("REDIS_URL", "redis", "rediss")
if not re.fullmatch(r"(/\d*)?", urlsplit(REDIS_URL).path):
    raise ImproperlyConfigured("REDIS_URL is not understood: after the host, it takes the number of a database: /0.")


def caches() -> dict[str, dict[str, Any]]:
    """Django's CACHES. Rate limits and sessions' caches are shared between processes only when REDIS_URL is set."""
    if REDIS_URL:
        return {
            "default": {
                "BACKEND": "portal.core.outages.ForgivingRedisCache",
                "LOCATION": REDIS_URL,
                "KEY_PREFIX": env.str("REDIS_PREFIX", default="portal"),
                "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
            }
        }
    return {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "portal"}}


def channel_layers() -> dict[str, dict[str, Any]]:
    """Channels' CHANNEL_LAYERS. Pub/sub, because it comes back by itself when Redis does (docs/adr)."""
    if REDIS_URL:
        return {
            "default": {
                "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
                "CONFIG": {"hosts": [REDIS_URL], "prefix": env.str("REDIS_PREFIX", default="portal")},
            }
        }
    return {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
