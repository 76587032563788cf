"""Options of a client from environment variables."""

from __future__ import annotations

import os
import shlex
import stat
import warnings
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._validation.wording import shown_path
from .config import ENV_PREFIX
from .errors.base import ConfigurationError
from .models.private import Secret, clears_locals
from .models.redaction import shown_value

if TYPE_CHECKING:
    from collections.abc import Container, Mapping


class ExposedKeyFile(UserWarning):
    """Other users of the machine may read the file that holds the key."""


@clears_locals
def from_environment(
    *, without: Container[str] = (), environ: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The environment's settings, as arguments for a client.

    Args:
        without: Arguments the caller gives; the variables they replace are not read.
        environ: Used instead of the process's environment.

    Warns:
        ExposedKeyFile: Others may read the key file.

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
        found["timeout"] = seconds_of(found["timeout"])
    key_file = env.get(ENV_PREFIX + "API_KEY_FILE", "").strip()
    if key_file and "api_key" not in found and "api_key" not in without:
        found["api_key"] = read_key_file(key_file)
        if advice := key_file_advice(key_file):
            # The frames between: this function and `from_env`, each with its wrapper.
            message = f"other users of this machine may read the key file: {advice}"
            warnings.warn(message, ExposedKeyFile, stacklevel=5)
    if isinstance(key := found.get("api_key"), str):
        found["api_key"] = Secret(key)
    return found


def read_key_file(path: str) -> Secret:
    """The key in a file: its whole content, stripped.

    Raises:
        ConfigurationError: It cannot be read, or is empty.
    """
    try:
        key = key_file_path(path).read_text(encoding="utf-8-sig").strip()
    except FileNotFoundError:
        problem = "does not exist; a setting of that name takes the path of a file, never the key"
    except (OSError, UnicodeDecodeError) as error:
        problem = f"cannot be read ({type(error).__name__})"
    else:
        if key:
            return Secret(key)
        problem = "is empty"
    # Raised here: inside `except`, the error would be its context, and that holds the content.
    raise ConfigurationError(f"the key file {problem}: {shown_path(path)}")


def is_key_file(path: str) -> bool:
    """Whether there is such a file, as far as this user may look."""
    try:
        return key_file_path(path).is_file()
    except OSError:
        return False


def key_file_advice(path: str) -> str | None:
    """The command that hides a key file from other users of the machine; None when they cannot read it."""
    if os.name != "posix" or not key_file_path(path).stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        return None
    return f"chmod 600 {shlex.quote(path)}"


def key_file_path(path: str) -> Path:
    """The path of a key file, with the home of ``~``."""
    try:
        return Path(path).expanduser()
    except RuntimeError:  # a user without a home: there is no such file
        return Path(path)


def seconds_of(value: str) -> float:
    """The value of ``CONNECT_SMS_TIMEOUT``.

    Raises:
        ConfigurationError: It is not a number.
    """
    with suppress(ValueError):
        return float(value)
    # Raised here: inside `except`, the other error would be its context, and that holds the value.
    raise ConfigurationError(f"{ENV_PREFIX}TIMEOUT must be a number of seconds, not {shown_value(value)}")
