"""The tutorial's chat with the channel layer the tutorial names, where there is a Redis."""

from benchmarks.portal_settings import *  # noqa: F403  a settings module is a namespace; the names are Django settings
from config.settings.redis import REDIS_URL

if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}},
    }
