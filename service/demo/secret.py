"""The demo's one secret, and what is made of it."""

import hashlib
import os
import secrets
from pathlib import Path


def kept_secret(path: Path) -> str:
    """The demo's own secret, made once, so that readers' tokens outlive a restart."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secrets.token_hex(32))
    return path.read_text(encoding="utf-8").strip()


def derived(secret: str, purpose: str) -> str:
    return hashlib.sha256(f"{purpose}:{secret}".encode()).hexdigest()[:32]
