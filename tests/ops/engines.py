"""Servers of the tests' own from the distribution that `make services` unpacked: another folder, another port."""

from __future__ import annotations

import os
import ssl
import urllib.error
import urllib.request
from base64 import b64encode
from pathlib import Path
from zipfile import ZipFile

import elasticsearch_server
from server import give

from .conftest import ROOT

PASSWORD = "correct-horse/7@railway"

#: What docs/operations.md tells to give the portal, and nothing more.
ROLE = """
portal:
  cluster: [monitor]
  indices:
    - names: ["portal-secured*"]
      privileges: [all]
"""


def distribution() -> Path | None:
    """The unpacked Elasticsearch: where the test run says, else where `make services` puts it in this checkout."""
    kept = ROOT / "var" / "services" / "elasticsearch" / f"elasticsearch-{elasticsearch_server.VERSION}"
    found = Path(os.environ.get("ELASTICSEARCH_HOME") or kept)
    return found if (found / "bin" / "elasticsearch").is_file() else None


class OwnElasticsearch(elasticsearch_server.Elasticsearch):
    """A server from a distribution that was unpacked elsewhere."""

    usual_port = 9280

    def __init__(self, home: Path, program: Path) -> None:
        super().__init__(home)
        self.unpacked = program

    @property
    def program(self) -> Path:
        return self.unpacked


class SecuredElasticsearch(OwnElasticsearch):
    """With TLS from an authority of its own, users and roles in files: what a network of agencies would run."""

    usual_port = 9260

    @property
    def authority(self) -> Path:
        return self.folder / "config" / "ca" / "ca.crt"

    def address_on(self, port: int) -> str:
        return f"https://localhost:{port}"

    def settings(self) -> dict[str, object]:
        tls = self.folder / "config" / "instance"
        return {
            **super().settings(),
            "xpack.security.enabled": "true",
            "xpack.security.authc.realms.file.file1.order": 0,
            "xpack.security.http.ssl.enabled": "true",
            "xpack.security.http.ssl.key": tls / "instance.key",
            "xpack.security.http.ssl.certificate": tls / "instance.crt",
        }

    def call(self, program: str, *arguments: str) -> None:
        """Before the server itself: its certificates, its role, its user."""
        configuration = self.folder / "config"
        if program == "elasticsearch":
            ours = ("--ca-cert", str(self.authority), "--ca-key", str(self.authority.with_suffix(".key")))
            names = ("--dns", "localhost", "--ip", "127.0.0.1", *ours)
            for made in (("ca",), ("cert", *names)):
                archive = configuration / f"{made[0]}.zip"
                super().call("elasticsearch-certutil", *made, "--silent", "--pem", "--out", str(archive))
                with ZipFile(archive) as zipped:
                    zipped.extractall(configuration)
                give(configuration)
            (configuration / "roles.yml").write_text(ROLE)
            super().call("elasticsearch-users", "useradd", "portal", "-p", PASSWORD, "-r", "portal")
        super().call(program, *arguments)

    def answers(self) -> bool:
        request = urllib.request.Request(f"{self.url}/_cluster/health")
        request.add_header("Authorization", f"Basic {b64encode(f'portal:{PASSWORD}'.encode()).decode()}")
        try:
            trust = ssl.create_default_context(cafile=str(self.authority))
            with urllib.request.urlopen(request, timeout=5, context=trust) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False
