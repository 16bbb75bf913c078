"""Elasticsearch for `make services`: fetched by Maven, checked against its hash, unpacked, started."""

from __future__ import annotations

import os
import shutil
import subprocess
import urllib.error
import urllib.request
from hashlib import file_digest, sha256
from pathlib import Path
from zipfile import ZipFile

import packages
from console import PlainError, run, step
from server import HOST, Service, give, unprivileged

VERSION = "8.19.21"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
SHA256 = "215d5f3dbf0609a149f6218a9e47b6ae2df34ebbff3c5754e35f15a5e5393c8a"
MAVEN_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"


class Elasticsearch(Service):
    """The search engine: Elastic's own distribution for integration tests, the one that a package registry carries."""

    name = "Elasticsearch"
    variable = "ELASTICSEARCH_URL"
    usual_port = 9240

    @property
    def program(self) -> Path:
        """The folder of the unpacked distribution."""
        return self.folder / f"elasticsearch-{VERSION}"

    def provide(self, log: Path) -> None:
        """Java and Maven from Debian, the distribution by Maven, checked against its hash, unpacked."""
        packages.provide({"default-jre-headless": packages.java_home}, log)
        if (self.program / "bin" / "elasticsearch").is_file():
            return
        packages.provide({"maven": lambda: shutil.which("mvn")}, log)
        self.folder.mkdir(parents=True, exist_ok=True)
        with step(f"Downloading Elasticsearch {VERSION} (107 MB)"):
            copy = ["mvn", "--batch-mode", MAVEN_COPY, f"-Dartifact={ARTIFACT}"]
            run([*copy, f"-DoutputDirectory={self.folder}"], log=log, doing="Downloading Elasticsearch")
        archive = self.folder / f"elasticsearch-{VERSION}.zip"
        with archive.open("rb") as stream:
            if (found := file_digest(stream, sha256).hexdigest()) != SHA256:
                raise PlainError(f"{archive} has SHA-256 {found}, not {SHA256}: it is not what was pinned.")
        with ZipFile(archive) as zipped:
            zipped.extractall(self.folder)
        for program in (self.program / "bin").iterdir():
            program.chmod(0o755)
        archive.unlink()

    def address_on(self, port: int) -> str:
        """Without a password: it listens on loopback only."""
        return f"http://{HOST}:{port}"

    def launch(self) -> None:
        """Half a gigabyte of memory; what it is told lies beside its data, not in the distribution."""
        configuration, temporary = self.folder / "config", self.folder / "tmp"
        shutil.copytree(self.program / "config", configuration, dirs_exist_ok=True)
        lines = "".join(f"{name}: {value}\n" for name, value in self.settings().items())
        (configuration / "elasticsearch.yml").write_text(lines, "utf-8")
        temporary.mkdir(exist_ok=True)
        give(self.folder)
        self.call("elasticsearch", "-d", "-p", str(self.pid_file))

    def settings(self) -> dict[str, object]:
        """One node, on loopback, without security, and without refusing work when the machine's disk runs full."""
        return {
            "cluster.name": "portal",
            "discovery.type": "single-node",
            "http.host": HOST,
            "http.port": self.port,
            "transport.host": HOST,
            "transport.port": f"{self.port + 100}-{self.port + 199}",
            "path.data": self.folder / "data",
            "path.logs": self.folder / "logs",
            "xpack.security.enabled": "false",
            "cluster.routing.allocation.disk.threshold_enabled": "false",
        }

    def call(self, program: str, *arguments: str) -> None:
        """Run one of the distribution's programs as the services' user; its output goes to the log."""
        env = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.folder),
            "ES_PATH_CONF": str(self.folder / "config"),
            "ES_TMPDIR": str(self.folder / "tmp"),
            "ES_JAVA_HOME": str(packages.java_home()),
            "ES_JAVA_OPTS": "-Xms512m -Xmx512m",
        }
        command = [str(self.program / "bin" / program), *arguments]
        with self.log.open("ab") as log:
            code = subprocess.call(command, stdout=log, stderr=log, cwd=self.folder, env=env, **unprivileged())
        if code:
            raise PlainError(f"Elasticsearch's {program} failed. The reason is in {self.log}")

    def answers(self) -> bool:
        """Its cluster is at least yellow: every index can be read and written."""
        try:
            address = f"{self.url}/_cluster/health?wait_for_status=yellow&timeout=1s"
            with urllib.request.urlopen(address, timeout=5) as response:  # noqa: S310  our own http address
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False
