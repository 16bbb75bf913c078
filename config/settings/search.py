"""ELASTICSEARCH_URL: a tantivy index under var/ by default, Elasticsearch grown up."""

from typing import Any

from .env import VAR_DIR, address, env, seconds


def search() -> dict[str, Any]:
    """The SEARCH setting: BACKEND (dotted path) and its OPTIONS."""
    url = address("ELASTICSEARCH_URL", "https", "http")
    if url:
        return {
            "BACKEND": "search.backends.elasticsearch.ElasticsearchBackend",
            "OPTIONS": {
                "url": url,
                "index": env.str("ELASTICSEARCH_INDEX", default="portal"),
                "api_key": env.str("ELASTICSEARCH_API_KEY", default=""),
                "ca_certs": env.str("ELASTICSEARCH_CA_CERTS", default=""),
                "timeout": seconds("ELASTICSEARCH_TIMEOUT", 5.0),
            },
        }
    return {
        "BACKEND": "search.backends.embedded.EmbeddedBackend",
        "OPTIONS": {"path": str(VAR_DIR / "search")},
    }
