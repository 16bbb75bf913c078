"""For a container's health check: `python deploy/healthcheck.py PORT` exits 0 when the portal on PORT answers.

Asks for its life, not its readiness: a restart does not mend a database that is down.
"""

import http.client
import os
import sys

host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=5)
connection.request("GET", "/health/live", headers={"Host": host})
sys.exit(connection.getresponse().status != 200)
