"""The library of good practices."""
