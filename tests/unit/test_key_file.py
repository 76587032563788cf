"""The file that holds the key: who may read it, and where it is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from connect_sms import AsyncSmsClient, ConfigurationError, ExposedKeyFile, SmsClient
from connect_sms.environment import is_key_file
from tests.support import SUB_ACCOUNT
from tests.support.canaries import KEY, chain, leaks, leaks_in_frames

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with the key, that its owner alone may read, named in the environment."""
    file = tmp_path / "the key"
    file.write_text(KEY, encoding="utf-8")
    file.chmod(0o600)
    monkeypatch.delenv("CONNECT_SMS_API_KEY", raising=False)
    monkeypatch.setenv("CONNECT_SMS_API_KEY_FILE", str(file))
    monkeypatch.setenv("CONNECT_SMS_SUB_ACCOUNT_ID", SUB_ACCOUNT)
    return file


@pytest.mark.skipif(os.name != "posix", reason="it is about POSIX permissions")
@pytest.mark.parametrize("kind", [SmsClient, AsyncSmsClient])
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_one_that_others_may_read_is_warned_of(
    key_file: Path, kind: type[SmsClient | AsyncSmsClient], mode: int
) -> None:
    key_file.chmod(mode)
    with pytest.warns(ExposedKeyFile, match=f"chmod 600 '{key_file}'") as caught:
        assert kind.from_env().settings.api_key.reveal() == KEY
    [warning] = caught
    assert warning.filename == __file__
    assert leaks(str(warning.message)) == []


def test_one_that_its_owner_alone_may_read_is_not_warned_of(key_file: Path) -> None:
    assert SmsClient.from_env().settings.api_key.reveal() == KEY


def test_one_in_a_folder_that_may_not_be_entered(monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> os.stat_result:
        raise PermissionError

    monkeypatch.setattr(os, "stat", denied)
    assert not is_key_file("folder/key")


def test_a_key_given_otherwise_needs_no_file(key_file: Path) -> None:
    key_file.chmod(0o644)
    assert SmsClient.from_env(api_key="another-key").settings.api_key.reveal() == "another-key"


def test_one_below_a_home_that_there_is_not(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def expanduser(_: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", expanduser)
    monkeypatch.setenv("CONNECT_SMS_API_KEY_FILE", "~/key")
    with pytest.raises(ConfigurationError, match="does not exist"):
        SmsClient.from_env()


def _not_utf8(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_bytes(KEY.encode() + b"\xff")


def _with_a_space(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text(f"{KEY} {KEY}", encoding="utf-8")


def _beside_a_wrong_timeout(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONNECT_SMS_API_KEY", KEY)
    monkeypatch.setenv("CONNECT_SMS_TIMEOUT", "soon")


@pytest.mark.parametrize("broken", [_not_utf8, _with_a_space, _beside_a_wrong_timeout])
def test_what_is_wrong_is_told_without_the_key(
    key_file: Path, broken: Callable[[Path, pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(key_file, monkeypatch)
    with pytest.raises(ConfigurationError) as caught:
        SmsClient.from_env()
    assert leaks_in_frames(caught.value) == []
    assert leaks(*(repr(one) for one in chain(caught.value))) == []
