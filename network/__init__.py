"""People and their conversations."""
