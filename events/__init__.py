"""Meetings, recommendations and what becomes of them."""
