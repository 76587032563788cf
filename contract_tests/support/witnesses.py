"""Whether a request is valid under a document, told by openapi-core, which knows nothing of this project."""

import functools
import json
from typing import Any
from urllib.parse import unquote

import httpx
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers

from contract_tests.contract import load
from contract_tests.support.vendor import is_present, load_vendor


@functools.cache
def _witness(name: str) -> OpenAPI:
    document = load() if name == "our contract" else load_vendor()
    # The vendor's file is not sound in every corner; what is asked of it here is.
    config = Config(spec_validator_cls=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    return OpenAPI.from_dict(document, config=config)


class _Request:
    """A request of httpx's in the form that openapi-core reads."""

    def __init__(self, request: httpx.Request) -> None:
        self.host_url = f"{request.url.scheme}://{request.url.netloc.decode('ascii')}"
        raw = request.url.raw_path.decode("ascii")
        # As a server sees it: each segment decoded, and a slash inside one still no separator.
        self.path = "/".join(unquote(part).replace("/", "%2F") for part in raw.split("/"))
        self.method = request.method.lower()
        self.content_type = request.headers.get("content-type", "")
        self.body = request.content or None
        self.parameters = RequestParameters(header=Headers(list(request.headers.items())))


def complaints(request: httpx.Request) -> list[str]:
    """What either witness has against a request; nothing when it is valid under both.

    The catalogue's batch path is known to our contract alone, so only that is asked about it.
    """
    names = ["our contract"]
    known_to_both = not request.url.path.endswith("/batch") or request.url.path.endswith("/messages/batch")
    if is_present() and known_to_both:
        names.append("the vendor's file")
    return [complaint for name in names if (complaint := _complaint(name, request))]


def _complaint(name: str, request: httpx.Request) -> str:
    try:
        _witness(name).validate_request(_Request(request))
    except OpenAPIError as error:
        details = [str(fault) for fault in getattr(error.__cause__, "schema_errors", ())]
        return f"{name}: {error!r} {error.__cause__!r} {details}"
    return ""


def body_of(request: httpx.Request) -> Any:
    """The JSON of a request."""
    return json.loads(request.content)
