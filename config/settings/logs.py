"""Logs: one JSON object a line with the request's id in production, plain lines elsewhere."""

from typing import Any


def logging(formatter: str) -> dict[str, Any]:
    """Django's LOGGING. `formatter` is "json" or "plain"."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": "portal.core.request_id.RequestIdFilter"}},
        "formatters": {
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "datefmt": "%Y-%m-%dT%H:%M:%S%z",
                "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s",
                "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
            },
            "plain": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"},
        },
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": formatter, "filters": ["request_id"]},
        },
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
            # A server that is away is said once, by `search.backends`, and not with a traceback for each try.
            "elastic_transport": {"level": "ERROR"},
            "django_tasks": {"level": "WARNING"},
        },
    }
