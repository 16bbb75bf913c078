"""The roof: puts the house together."""
