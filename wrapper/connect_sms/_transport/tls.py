"""The certificate authorities that are trusted when the caller names none."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

import httpx

from connect_sms._validation.wording import shown_path
from connect_sms.errors.base import ConfigurationError


def default_context() -> ssl.SSLContext:
    """The authorities in ``SSL_CERT_FILE`` or ``SSL_CERT_DIR``, or the usual public ones.

    httpx reads the same two variables, in this order; here a wrong one is named.

    Raises:
        ConfigurationError: The file holds no certificates, or the folder is none.
    """
    if file := os.environ.get("SSL_CERT_FILE"):
        try:
            return ssl.create_default_context(cafile=file)
        except (OSError, ValueError) as error:
            problem = type(error).__name__
        raise ConfigurationError(
            f"SSL_CERT_FILE names {shown_path(file)}, which cannot be read as certificates in PEM "
            f"({problem}); correct or unset it, or pass tls="
        )
    if folders := os.environ.get("SSL_CERT_DIR"):
        if not any(Path(folder).is_dir() for folder in folders.split(os.pathsep)):
            shown = shown_path(folders)
            raise ConfigurationError(
                f"SSL_CERT_DIR names {shown}, which is no folder; correct or unset it, or pass tls="
            )
        return ssl.create_default_context(capath=folders)
    return httpx.create_ssl_context(trust_env=False)
