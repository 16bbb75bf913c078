"""ELASTICSEARCH_URL: a tantivy index under var/ by default, Elasticsearch grown up."""

import re
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from .env import VAR_DIR, address, env, seconds


def search() -> dict[str, Any]:
    """The SEARCH setting: BACKEND (dotted path) and its OPTIONS.

    Raises ImproperlyConfigured for an index no Elasticsearch would make, and for a certificate authority without https.
    """
    url = address("ELASTICSEARCH_URL", "https", "http")
    if url:
        index = env.str("ELASTICSEARCH_INDEX", default="portal")
        authority = env.str("ELASTICSEARCH_CA_CERTS", default="")
        if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]{0,200}", index):
            raise ImproperlyConfigured(
                f"ELASTICSEARCH_INDEX={index} is no name for an index: use small letters, digits and hyphens."
            )
        if authority and not url.startswith("https://"):
            raise ImproperlyConfigured(
                "ELASTICSEARCH_CA_CERTS is set, but ELASTICSEARCH_URL does not begin with https://."
            )
        return {
            "BACKEND": "search.backends.elasticsearch.ElasticsearchBackend",
            "OPTIONS": {
                "url": url,
                "index": index,
                "api_key": env.str("ELASTICSEARCH_API_KEY", default=""),
                "ca_certs": authority,
                "timeout": seconds("ELASTICSEARCH_TIMEOUT", 5.0),
            },
        }
    return {
        "BACKEND": "search.backends.embedded.EmbeddedBackend",
        "OPTIONS": {"path": str(VAR_DIR / "search")},
    }
