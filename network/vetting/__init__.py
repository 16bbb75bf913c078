"""Who is let in, by whom and why."""
