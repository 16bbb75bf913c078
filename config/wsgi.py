"""Pages: Django's WSGI application behind the whole-page cache."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
_django = get_wsgi_application()

from portal.core.pagecache import PageCache  # noqa: E402  needs Django set up, which the line above does

application = PageCache(_django)
