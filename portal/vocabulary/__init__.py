"""The words of the field, in all languages."""
