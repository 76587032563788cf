"""Options of a client from environment variables."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .config import ENV_PREFIX
from .errors.base import ConfigurationError
from .models.private import Secret, clears_locals, private_settings

if TYPE_CHECKING:
    from collections.abc import Container, Mapping


@clears_locals
def from_environment(
    *, without: Container[str] = (), environ: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The environment's settings, as arguments for a client.

    Args:
        without: Arguments the caller gives; the variables they replace are not read.
        environ: Used instead of the process's environment.

    Raises:
        ConfigurationError: The key file cannot be read, or the timeout is not a number.
    """
    env = os.environ if environ is None else environ
    found: dict[str, Any] = {
        name.lower(): value
        for name in ("API_KEY", "SUB_ACCOUNT_ID", "REGION", "BASE_URL", "SENDER", "TIMEOUT")
        if name.lower() not in without and (value := env.get(ENV_PREFIX + name, "").strip())
    }
    if "region" in without:
        found.pop("base_url", None)
    if "base_url" in without:
        found.pop("region", None)
    if "timeout" in found:
        found["timeout"] = _number(found["timeout"])
    key_file = env.get(ENV_PREFIX + "API_KEY_FILE", "").strip()
    if key_file and "api_key" not in found and "api_key" not in without:
        found["api_key"] = read_key_file(key_file)
    return private_settings(found)


def read_key_file(path: str) -> Secret:
    """The key in a file: its whole content, stripped.

    Raises:
        ConfigurationError: It cannot be read, or is empty.
    """
    try:
        key = Path(path).expanduser().read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigurationError(f"the key file cannot be read ({type(problem).__name__}): {path}") from None
    if not key:
        raise ConfigurationError(f"the key file is empty: {path}")
    return Secret(key)


def _number(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise ConfigurationError(f"{ENV_PREFIX}TIMEOUT must be a number of seconds, not {value!r}") from None
