"""Current figures."""
