"""People, agencies, permissions."""
