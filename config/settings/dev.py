"""The bare machine: embedded parts, a secret of its own under var/, readable mail, the component sheet."""

from .base import *  # noqa: F403  a settings module is a namespace; the names are Django settings
from .env import VAR_DIR, env
from .secret import local_secret_key

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or local_secret_key(VAR_DIR)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
PORTAL_DEV_PAGES = True
