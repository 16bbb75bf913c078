"""Audiences, base page, files, mail, audit trail, page cache."""
