"""The portal as it runs on a bare machine, except that one visitor may ask as often as a benchmark does."""

from config.settings.dev import *  # noqa: F403  a settings module is a namespace; the names are Django settings
from config.settings.dev import RATE_LIMITS

# The limit is still counted on every request: its cost belongs to the page.
RATE_LIMITS = dict.fromkeys(RATE_LIMITS, "100000000/h")
