"""A client set up by the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_sms import REGIONS, AsyncSmsClient, ConfigurationError, SmsClient, Timeout
from connect_sms.environment import from_environment
from tests.support import KEY, SUB_ACCOUNT, Caller

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Env = Callable[..., None]


PREFIX = "CONNECT_SMS_"


def client_of(caller: Caller) -> Any:
    return SmsClient if caller.colour == "sync" else AsyncSmsClient


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch) -> Env:
    """Sets variables of the environment, by their names without the prefix."""

    def set_all(**values: str) -> None:
        for name, value in {"API_KEY": KEY, "SUB_ACCOUNT_ID": SUB_ACCOUNT, **values}.items():
            monkeypatch.setenv(PREFIX + name, value)

    return set_all


class TestFromEnv:
    """A client set up by the environment."""

    def test_key_and_sub_account_are_enough(self, caller: Caller, env: Env) -> None:
        env()
        settings = client_of(caller).from_env().settings
        assert settings.api_key.reveal() == KEY
        assert settings.sub_account_id == SUB_ACCOUNT
        assert settings.base_url == REGIONS["asia-pacific"]
        assert settings.timeout == Timeout(5, 30)

    def test_everything_it_reads(self, env: Env) -> None:
        env(REGION="europe", TIMEOUT=" 12.5 ", SENDER="ACME")
        settings = SmsClient.from_env().settings
        assert (settings.base_url, settings.timeout) == (REGIONS["europe"], Timeout(5, 12.5, 12.5))
        assert settings.sender == "ACME"

    def test_space_around_values_is_not_meant(self, env: Env) -> None:
        env(API_KEY=f" {KEY}\n", REGION="  ")
        settings = SmsClient.from_env().settings
        assert settings.api_key.reveal() == KEY
        assert settings.base_url == REGIONS["asia-pacific"]

    @pytest.mark.parametrize("content", [KEY, f"{KEY}\n", f"\ufeff{KEY}\r\n"])
    def test_the_key_from_a_file(self, env: Env, tmp_path: Path, content: str) -> None:
        file = tmp_path / "key"
        file.write_text(content, encoding="utf-8")
        file.chmod(0o600)
        env(API_KEY="", API_KEY_FILE=str(file))
        assert SmsClient.from_env().settings.api_key.reveal() == KEY

    @pytest.mark.parametrize(
        ("content", "said"),
        [(None, "does not exist"), (b" \n", "is empty"), (b"\xff\xfe", "UnicodeDecodeError")],
    )
    def test_a_key_file_that_is_none(
        self, env: Env, tmp_path: Path, content: bytes | None, said: str
    ) -> None:
        file = tmp_path / "key"
        if content is not None:
            file.write_bytes(content)
        env(API_KEY="", API_KEY_FILE=str(file))
        with pytest.raises(ConfigurationError, match=said) as caught:
            SmsClient.from_env()
        assert str(file) in str(caught.value)

    def test_the_key_itself_goes_before_a_file(self, env: Env) -> None:
        env(API_KEY_FILE="/nowhere")
        assert SmsClient.from_env().settings.api_key.reveal() == KEY

    def test_arguments_go_before_the_environment(self, env: Env) -> None:
        env(API_KEY="", API_KEY_FILE="/nowhere", REGION="europe", TIMEOUT="soon", SENDER="ACME")
        settings = SmsClient.from_env(api_key="another-key", timeout=7, sender="SHOP", max_parts=2).settings
        assert settings.api_key.reveal() == "another-key"
        assert (settings.timeout.read, settings.sender, settings.max_parts) == (7, "SHOP", 2)

    def test_an_argument_that_is_none_leaves_it_to_the_environment(self, env: Env) -> None:
        """As a command line passes on what was not given to it."""
        env(REGION="europe", SENDER="ACME")
        settings = SmsClient.from_env(region=None, base_url=None, sender=None, api_key=None).settings
        assert (settings.base_url, settings.sender) == (REGIONS["europe"], "ACME")

    @pytest.mark.parametrize(
        ("given", "where"),
        [
            ({"region": "indonesia"}, REGIONS["indonesia"]),
            ({"base_url": "https://other.example"}, "https://other.example"),
        ],
    )
    @pytest.mark.parametrize("said", [{"REGION": "europe"}, {"BASE_URL": "https://sms.example.com"}])
    def test_a_place_given_replaces_a_place_said(
        self, env: Env, given: Any, where: str, said: dict[str, str]
    ) -> None:
        env(**said)
        assert SmsClient.from_env(**given).settings.base_url == where

    def test_two_places_said_are_one_too_many(self, env: Env) -> None:
        env(REGION="europe", BASE_URL="https://sms.example.com")
        with pytest.raises(ConfigurationError, match="not both"):
            SmsClient.from_env()

    @pytest.mark.parametrize("missing", ["API_KEY", "SUB_ACCOUNT_ID"])
    def test_what_is_missing_is_named(self, env: Env, missing: str) -> None:
        env(**{missing: ""})
        with pytest.raises(ConfigurationError, match=PREFIX + missing):
            SmsClient.from_env()

    @pytest.mark.parametrize("timeout", ["soon", "1,5", "0", "-1", "nan", "inf"])
    def test_a_timeout_that_is_none(self, env: Env, timeout: str) -> None:
        env(TIMEOUT=timeout)
        with pytest.raises(ConfigurationError, match=r"(?i)timeout must be a number of seconds"):
            SmsClient.from_env()

    @given(st.dictionaries(st.sampled_from(["API_KEY", "TIMEOUT", "REGION", "SENDER", "X"]), st.text()))
    def test_any_environment_gives_arguments_or_a_declared_error(self, values: dict[str, str]) -> None:
        environ = {PREFIX + name: value for name, value in values.items()}
        try:
            found = from_environment(environ=environ)
        except ConfigurationError:
            assert "TIMEOUT" in values
        else:
            assert found.keys() <= {"api_key", "timeout", "region", "sender"}
