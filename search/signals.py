"""What search tells others."""

from django.dispatch import Signal

#: The index shows other things than before: cached result pages are stale. No arguments.
index_changed = Signal()
