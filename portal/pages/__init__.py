"""The home page and plain pages."""
