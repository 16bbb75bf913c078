"""Pages: Django's WSGI application behind the whole-page cache."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
try:
    _django = get_wsgi_application()
except ImproperlyConfigured as error:
    sys.stderr.write(f"The portal does not start: {error}\n")
    sys.exit(3)  # tells gunicorn not to try again

from portal.core.pagecache import PageCache  # needs Django set up, which get_wsgi_application does
from portal.core.proxies import TrustedProxies

application = TrustedProxies(PageCache(_django))
