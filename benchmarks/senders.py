"""Other vendors' SDKs, and bare HTTP clients, each behind one function that sends one message.

Every SDK is made as its own documentation shows and keeps its own settings for retries; all that is changed
is where its requests go and, for the fault table, how long it waits. Nothing is imported before it is used,
for what is imported when is among the things measured.
"""

from __future__ import annotations

from importlib import import_module

from benchmarks.answers import ACCOUNT, DESTINATION, SENDER, SUB_ACCOUNT, TEXT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from typing import Any, Final

    import httpx
    import requests

    Send = Callable[[], object]
    AsyncSend = Callable[[], Awaitable[object]]

OURS: Final = "connect-sms"
KEY: Final = "not-a-real-key"

URL_PATH: Final = f"/8x8/{SUB_ACCOUNT}/messages"
HEADERS: Final = {"Authorization": f"Bearer {KEY}"}


def document() -> dict[str, Any]:
    """The body that `send` of connect-sms comes to."""
    return {"destination": DESTINATION, "text": TEXT, "source": SENDER, "clientMessageId": "booking-7731"}


def _connect_sms(origin: str, timeout: int | None) -> Send:
    sms = import_module("connect_sms").SmsClient(
        api_key=KEY, sub_account_id=SUB_ACCOUNT, base_url=f"{origin}/8x8", timeout=timeout
    )
    return lambda: sms.send(DESTINATION, TEXT, sender=SENDER)


def _httpx(origin: str, timeout: int | None) -> Send:
    client = import_module("httpx").Client(timeout=timeout or 30)
    url = origin + URL_PATH
    return lambda: client.post(url, json=document(), headers=HEADERS).raise_for_status().json()


def _requests(origin: str, timeout: int | None) -> Send:
    session = import_module("requests").Session()
    url = origin + URL_PATH

    def send() -> object:
        response = session.post(url, json=document(), headers=HEADERS, timeout=timeout or 30)
        response.raise_for_status()
        return response.json()

    return send


def _twilio(origin: str, timeout: int | None) -> Send:
    http_client = import_module("twilio.http.http_client").TwilioHttpClient(timeout=timeout)
    _lead(http_client.session, "https://api.twilio.com", origin)
    client = import_module("twilio.rest").Client(ACCOUNT, KEY, http_client=http_client)
    return lambda: client.messages.create(to=DESTINATION, from_=SENDER, body=TEXT)


def _vonage(origin: str, timeout: int | None) -> Send:
    vonage, sms = import_module("vonage"), import_module("vonage_sms")
    options = {} if timeout is None else {"timeout": timeout}
    auth = vonage.Auth(api_key=ACCOUNT, api_secret=KEY)
    client = vonage.Vonage(auth, vonage.HttpClientOptions(**options))
    # It insists on https, and offers no other way to its connections.
    _lead(client.http_client._session, "https://rest.nexmo.com", origin)  # noqa: SLF001
    return lambda: client.sms.send(sms.SmsMessage(to=DESTINATION[1:], from_=SENDER[1:], text=TEXT))


def _sinch(origin: str, timeout: int | None) -> Send:
    client = import_module("sinch").SinchClient(service_plan_id=ACCOUNT, sms_api_token=KEY, sms_region="eu")
    client.configuration.sms_domain_with_service_plan_id = origin
    if timeout is not None:
        client.configuration.connection_timeout = timeout
    return lambda: client.sms.batches.send_sms(to=[DESTINATION], from_=SENDER, body=TEXT)


def _plivo(origin: str, timeout: int | None) -> Send:
    plivo = import_module("plivo")
    options = {} if timeout is None else {"timeout": timeout}
    client = plivo.RestClient(ACCOUNT, KEY, **options)
    _lead(client.session, "https://api.plivo.com", origin)
    return lambda: client.messages.create(src=SENDER, dst=DESTINATION, text=TEXT)


def _telnyx(origin: str, timeout: int | None) -> Send:
    options = {} if timeout is None else {"timeout": timeout}
    client = import_module("telnyx").Telnyx(api_key=KEY, base_url=f"{origin}/v2", **options)
    return lambda: client.messages.send(to=DESTINATION, from_=SENDER, text=TEXT)


def _lead(session: requests.Session, address: str, origin: str) -> None:
    """Lead a session of `requests` to the loopback server; its adapter keeps its retries and its pool."""
    adapter = session.get_adapter(address)
    usual = adapter.send

    def send(request: requests.PreparedRequest, **options: Any) -> requests.Response:
        request.url = origin + request.path_url
        return usual(request, **options)

    adapter.send = send  # type: ignore[assignment,method-assign]


async def _connect_sms_async(origin: str) -> AsyncSend:
    sms = import_module("connect_sms").AsyncSmsClient(
        api_key=KEY, sub_account_id=SUB_ACCOUNT, base_url=f"{origin}/8x8"
    )
    return lambda: sms.send(DESTINATION, TEXT, sender=SENDER)


async def _httpx_async(origin: str) -> AsyncSend:
    return bare_async(import_module("httpx").AsyncClient(), origin)


async def _httpx_aiohttp(origin: str) -> AsyncSend:
    return bare_async(import_module("httpx_aiohttp").HttpxAiohttpClient(), origin)


def bare_async(client: httpx.AsyncClient, origin: str) -> AsyncSend:
    """The same request through an asynchronous client of httpx's."""
    url = origin + URL_PATH

    async def send() -> object:
        response = await client.post(url, json=document(), headers=HEADERS)
        return response.raise_for_status().json()

    return send


async def _twilio_async(origin: str) -> AsyncSend:
    http_client = import_module("twilio.http.async_http_client").AsyncTwilioHttpClient()
    usual = http_client.request

    async def request(method: str, url: str, **options: Any) -> object:
        return await usual(method, url.replace("https://api.twilio.com", origin), **options)

    http_client.request = request
    client = import_module("twilio.rest").Client(ACCOUNT, KEY, http_client=http_client)
    return lambda: client.messages.create_async(to=DESTINATION, from_=SENDER, body=TEXT)


async def _telnyx_async(origin: str) -> AsyncSend:
    client = import_module("telnyx").AsyncTelnyx(api_key=KEY, base_url=f"{origin}/v2")
    return lambda: client.messages.send(to=DESTINATION, from_=SENDER, text=TEXT)


async def _telnyx_aiohttp(origin: str) -> AsyncSend:
    telnyx = import_module("telnyx")
    client = telnyx.AsyncTelnyx(
        api_key=KEY, base_url=f"{origin}/v2", http_client=telnyx.DefaultAioHttpClient()
    )
    return lambda: client.messages.send(to=DESTINATION, from_=SENDER, text=TEXT)


#: What has no policy of its own, to measure from.
BARE: Final[Mapping[str, Callable[[str, int | None], Send]]] = {
    "bare httpx": _httpx,
    "bare requests": _requests,
}
SDKS: Final[Mapping[str, Callable[[str, int | None], Send]]] = {
    OURS: _connect_sms,
    "twilio": _twilio,
    "vonage": _vonage,
    "sinch": _sinch,
    "plivo": _plivo,
    "telnyx": _telnyx,
}
BLOCKING: Final = {**BARE, **SDKS}
ASYNCHRONOUS: Final[Mapping[str, Callable[[str], Awaitable[AsyncSend]]]] = {
    "bare httpx": _httpx_async,
    "bare httpx-aiohttp": _httpx_aiohttp,
    OURS: _connect_sms_async,
    "twilio": _twilio_async,
    "telnyx": _telnyx_async,
    "telnyx on aiohttp": _telnyx_aiohttp,
}

#: How each is imported by those who send with it.
IMPORTS: Final = {
    OURS: "from connect_sms import SmsClient",
    "twilio": "from twilio.rest import Client",
    "vonage": "from vonage import Auth, Vonage; from vonage_sms import SmsMessage",
    "sinch": "from sinch import SinchClient",
    "plivo": "from plivo import RestClient",
    "telnyx": "from telnyx import Telnyx",
}
