"""Python packages that say how many parts a text takes, each behind one function.

Each is asked in the way its own documentation shows; the one that only encodes gets the division it leaves to
its users. Left out: ``pygsm7`` and ``smspdudecoder`` (pack bits, count nothing) and ``smshelper`` (Python 2).
"""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_NUMBER: Final = "+447700900123"


def load() -> dict[str, Callable[[str], int]]:
    """Parts of a text, by name of the package.

    Raises:
        ImportError: One of them is not installed.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # old packages on a new Python
        # python-messaging before smsutil: both register a codec of one name, and the first one stays.
        submit = import_module("messaging.sms").SmsSubmit
        split = import_module("smsutil").split
        encode_pdu = import_module("gsmmodem.pdu").encodeSmsSubmitPdu
        message = import_module("py_smsify").SmsMessage
        count = import_module("sms.counter").SMSCounter().count
        import_module("gsm0338")  # registers its codec

    def by_codec(text: str) -> int:
        units = len(text.encode("gsm03.38"))
        return 1 if units <= 160 else -(-units // 153)

    return {
        "smsutil": lambda text: len(split(text).parts),
        "sms-counter": lambda text: int(count(text).segment),
        "py-smsify": lambda text: int(message(text, twilio=True).segments),
        "gsm0338": by_codec,
        "python-gsmmodem-new": lambda text: len(encode_pdu(_NUMBER, text)),
        "python-messaging": lambda text: len(submit(_NUMBER, text).to_pdu()),
    }


NOTES: Final = {
    "smsutil": "splits",
    "sms-counter": "counts",
    "py-smsify": "transliterates to GSM-7 first, so it never counts UCS-2",
    "gsm0338": "a codec, which refuses what is outside GSM-7; the division is ours",
    "python-gsmmodem-new": "builds the whole PDU",
    "python-messaging": "builds the whole PDU",
}
