"""A secret key for a machine that was given none."""

import os
import secrets
from pathlib import Path


def local_secret_key(var_dir: Path) -> str:
    """The key kept in `var_dir`/secret-key, made on first use and readable by its owner only."""
    path = var_dir / "secret-key"
    if not path.is_file():
        var_dir.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"secret-key.{os.getpid()}")
        temporary.touch(mode=0o600)
        temporary.write_text(secrets.token_urlsafe(50), "ascii")
        # link, not rename: the first of two processes wins and the other reads what stands.
        try:
            os.link(temporary, path)
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
    return path.read_text("ascii")
