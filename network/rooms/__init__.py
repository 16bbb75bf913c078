"""Discussion rooms."""
