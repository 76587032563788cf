"""``doctor``: what is configured, from where, what is missing, and the command to run.

The key itself is never shown.
"""

from __future__ import annotations

import os
import re
import ssl
import sys
from functools import partial
from importlib import metadata
from typing import TYPE_CHECKING, Final

import attrs

from connect_sms._lazy import LazyModule
from connect_sms._validation.fields import check_sender, check_sub_account_id
from connect_sms.cli.exit_codes import Exit
from connect_sms.config import REGIONS, as_timeout, check_base_url
from connect_sms.environment import seconds_of
from connect_sms.errors.base import ConfigurationError, InvalidArgument
from connect_sms.models.redaction import shown_value

from .doctor_findings import Finding

if TYPE_CHECKING:
    from collections.abc import Callable

    from connect_sms.cli.account import Account, Key
    from connect_sms.cli.output import Output

    from . import doctor_online
else:  # it loads httpx
    doctor_online = LazyModule("connect_sms.cli.commands.doctor_online")

#: The length of a sub-account's id from which it is shown in part.
_LONG: Final = 20
_DEFAULT_REGION: Final = "asia-pacific"
_DEFAULT_TIMEOUT: Final = "30 s, and 5 s to connect"


def doctor(account: Account, out: Output, *, online: bool) -> int:
    """Show what is configured and what is missing; with `online`, check the network too."""
    key = account.key()
    settings = [_key(key), _sub_account(account), *_region_or_url(account), _sender(), _timeout(account)]
    settings.append(_tls())
    if not any(finding.state in {"missing", "wrong"} for finding in settings):
        settings += _all_together(account)
    broken = any(finding.state in {"missing", "wrong"} for finding in settings)
    extras = _extras()
    found: list[Finding] | None = None
    _say(out, settings)
    out.say("")
    _say(out, extras)
    if online:
        found = [] if broken else doctor_online.ask_the_network(account)
        out.say("")
        if broken:
            out.say("Not gone online: put the above right first.")
        _say(out, found)
    unreachable = any(finding.state == "wrong" for finding in found or [])
    code = Exit.CONFIGURATION if broken else Exit.NETWORK if unreachable else Exit.DONE
    return out.end(
        code,
        settings=[attrs.asdict(finding) for finding in settings],
        extras=[attrs.asdict(finding) for finding in extras],
        online=None if found is None else [attrs.asdict(finding) for finding in found],
    )


def _say(out: Output, findings: list[Finding]) -> None:
    for finding in findings:
        for line in finding.lines():
            out.say(line)


def _key(key: Key) -> Finding:
    if key.problem is not None:
        return Finding("API key", "wrong", key.problem)
    if key.secret is None:
        said = "not set" if key.source == "nowhere" else key.source
        return Finding("API key", "missing", said, fix="export CONNECT_SMS_API_KEY=...")
    said = f"set, {len(key.secret.reveal())} characters"
    if key.advice is not None:
        return Finding("API key", "note", f"{said}; others may read the file", key.source, key.advice)
    return Finding("API key", "ok", said, key.source)


def _sub_account(account: Account) -> Finding:
    found = account.sub_account_id
    if found is None:
        return Finding("sub-account", "missing", "not set", fix="export CONNECT_SMS_SUB_ACCOUNT_ID=...")
    source = _source(account.sub_account, "--sub-account", "SUB_ACCOUNT_ID")
    # A long one may be a key that was given in its place.
    shown = found if len(found) <= _LONG else f"{found[:4]}... ({len(found)} characters)"
    return _checked("sub-account", shown, source, partial(check_sub_account_id, found))


def _region_or_url(account: Account) -> list[Finding]:
    region, url = _env("REGION"), _env("BASE_URL")
    if account.base_url or account.region:
        region, url = account.region, account.base_url
    if region and url:
        return [Finding("region", "wrong", "a region and a base URL are both set", fix=_one_of(account))]
    if url:
        source = _source(account.base_url, "--base-url", "BASE_URL")
        return [_checked("base URL", url, source, partial(check_base_url, url))]
    if region and region not in REGIONS:
        fix = f"export CONNECT_SMS_REGION={_DEFAULT_REGION}   (or {', '.join(list(REGIONS)[1:])})"
        return [
            Finding("region", "wrong", f"{shown_value(region)} is none of 8x8's", "CONNECT_SMS_REGION", fix)
        ]
    source = _source(account.region, "--region", "REGION") if region else "default"
    return [Finding("region", "ok", region or _DEFAULT_REGION, source)]


def _one_of(account: Account) -> str:
    if account.region or account.base_url:
        return "give --region or --base-url, not both"
    return "unset CONNECT_SMS_BASE_URL   (or CONNECT_SMS_REGION)"


def _sender() -> Finding:
    sender = _env("SENDER")
    if sender is None:
        return Finding("sender ID", "note", "not set: the sub-account's own, unless --sender is given")
    return _checked("sender ID", sender, "CONNECT_SMS_SENDER", partial(check_sender, sender))


def _timeout(account: Account) -> Finding:
    given = _env("TIMEOUT") if account.timeout is None else f"{account.timeout:g}"
    if given is None:
        return Finding("timeout", "ok", _DEFAULT_TIMEOUT, "default")
    source = _source(account.timeout, "--timeout", "TIMEOUT")
    return _checked("timeout", f"{given} s", source, lambda: as_timeout(seconds_of(given)))


def _checked(name: str, shown: str, source: str, check: Callable[[], object]) -> Finding:
    """A setting, shown when the library takes it."""
    try:
        check()
    except (ConfigurationError, InvalidArgument) as wrong:
        return Finding(name, "wrong", str(wrong), source)
    return Finding(name, "ok", shown, source)


def _tls() -> Finding:
    """Whether this Python offers TLS 1.3: 8x8 answers 426 to messages for Singapore without it."""
    newest = ssl.create_default_context().maximum_version
    if ssl.HAS_TLSv1_3 and newest in {ssl.TLSVersion.MAXIMUM_SUPPORTED, ssl.TLSVersion.TLSv1_3}:
        return Finding("TLS", "ok", f"1.3 is offered, by {ssl.OPENSSL_VERSION}")
    return Finding(
        "TLS",
        "wrong",
        f"1.3 is not offered, by {ssl.OPENSSL_VERSION}; without it 8x8 refuses messages to Singapore",
        fix="look for MaxProtocol in openssl.cnf, or use a Python with a newer OpenSSL",
    )


def _all_together(account: Account) -> list[Finding]:
    """The library's check of all settings together."""
    try:
        account.dry_run_context()
    except ConfigurationError as wrong:
        return [Finding("settings", "wrong", str(wrong))]
    return []


def _env(name: str) -> str | None:
    return os.environ.get(f"CONNECT_SMS_{name}", "").strip() or None


def _source(given: object, option: str, variable: str) -> str:
    return option if given else f"CONNECT_SMS_{variable}"


def _extras() -> list[Finding]:
    """The optional parts that are installed, as the package itself declares them."""
    findings = [Finding("Python", "ok", f"{sys.version.split()[0]} at {sys.executable}")]
    try:
        needs = metadata.requires("connect-sms") or []
        findings.append(Finding("connect-sms", "ok", metadata.version("connect-sms")))
    except metadata.PackageNotFoundError:
        return [*findings, Finding("extras", "note", "not known: connect-sms runs without being installed")]
    extras: dict[str, list[str]] = {}
    for need in needs:
        found = re.fullmatch(r"""([\w.-]+)[^;]*;.*extra\s*==\s*['"]([\w-]+)['"].*""", need)
        if found:
            extras.setdefault(found[2], []).append(found[1])
    return findings + [_extra(name, packages) for name, packages in sorted(extras.items())]


def _extra(name: str, packages: list[str]) -> Finding:
    versions: list[str] = []
    for package in packages:
        try:
            versions.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            fix = f"pip install 'connect-sms[{name}]'"
            return Finding(f"[{name}]", "note", f"not installed ({', '.join(packages)})", fix=fix)
    return Finding(f"[{name}]", "ok", ", ".join(versions))
