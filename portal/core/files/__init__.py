"""Uploaded files: what is taken, what is kept of it, and who gets it."""
