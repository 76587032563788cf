"""8x8's API codes, each with its cause and advice.

The numbers are those of 8x8's public documentation; names and sentences are ours. For an unknown code
`ApiCode.find` returns None, and the error shows 8x8's own message.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Self


class ApiCode(IntEnum):
    """The ``code`` in an answer of 400 and above.

    Codes of 3000 and above concern one message; ``MESSAGE_`` distinguishes them from general ones.

    Attributes:
        cause: What went wrong, in one sentence.
        advice: What to do about it, in one sentence.
    """

    _value_: int
    cause: str
    advice: str

    # The defaults are never used; without them a type checker refuses ApiCode(1002).
    def __new__(cls, code: int, cause: str = "", advice: str = "") -> Self:  # noqa: D102  see the class
        member = int.__new__(cls, code)
        member._value_ = code
        member.cause = cause
        member.advice = advice
        return member

    INVALID_PARAMETER = (
        1000,
        "A parameter is missing, misspelt or of the wrong type.",
        "Compare the request with the contract; the error's server_message often names the field.",
    )
    ILLEGAL_SUB_ACCOUNT = (
        1001,
        "The sub-account does not exist or does not belong to this key.",
        "Check the sub-account id, the key and the region, which must all belong together.",
    )
    INVALID_MSISDN = (
        1002,
        "The destination is not a phone number.",
        "Write it in international form with + and country code, or give its country.",
    )
    INVALID_ENCODING = (
        1003,
        "The encoding is not known, or cannot hold this text.",
        "Use AUTO, or UCS2 for a text with characters outside GSM-7.",
    )
    INVALID_TEXT = (
        1004,
        "The text is missing or cannot be sent.",
        "Give a text that is not empty and fits into 10 parts.",
    )
    INVALID_SOURCE = (
        1005,
        "The sender ID is malformed or not allowed for this sub-account or country.",
        "Use a sender ID that is registered for the destination's country, or leave it out.",
    )
    INVALID_EXPIRY = (
        1006,
        "The expiry cannot be read or has passed.",
        "Give a time to come, with its offset from UTC, after the scheduled time if there is one.",
    )
    INVALID_TEMPLATE = (
        1007,
        "The template of the batch is missing or malformed.",
        "Give a template with a text, or a text in every message.",
    )
    INVALID_ID = (
        1008,
        "An id in the request is malformed.",
        "Copy the id from the answer to the send, without changing it.",
    )
    INVALID_COUNTRY_CODE = (
        1009,
        "The country is not a known code.",
        "Give two letters of ISO 3166-1 alpha-2, such as GB, or drop it and write international numbers.",
    )
    OUT_OF_RANGE = (
        1010,
        "A value lies outside its limits.",
        "Compare lengths, counts and times in the request with the limits in the contract.",
    )
    INVALID_SCHEDULE_TIME = (
        1011,
        "The scheduled time cannot be read, has passed, or is too far away.",
        "Give a time with its offset from UTC, at most 7 days ahead.",
    )
    INVALID_IP_ADDRESS = (
        1012,
        "The client IP address is malformed.",
        "Give one IPv4 or IPv6 address, or leave it out.",
    )
    INSECURE_PROTOCOL = (
        1014,
        "The connection used a TLS version that 8x8 no longer takes; messages to Singapore need TLS 1.3.",
        "Offer TLS 1.3, and look for an old proxy on the way: connect-sms doctor --online checks both.",
    )
    BULK_LIMIT_REACHED = (
        1100,
        "The limit on bulk messages is used up.",
        "Wait, send smaller batches, or ask 8x8 to raise the limit.",
    )
    UNAUTHORIZED = (
        1200,
        "The key is missing, wrong or withdrawn.",
        "Check the API key and that it belongs to this region.",
    )
    FORBIDDEN = (
        1201,
        "The key is good, but not allowed to do this.",
        "Check the key's rights to the sub-account and the account's list of allowed addresses.",
    )
    NOT_FOUND = (
        1300,
        "8x8 does not know what was asked for.",
        "Check UMID, sub-account and region; a new message may not be there yet, an old one have expired.",
    )
    RESENDING_INTERVAL_VIOLATION = (
        1400,
        "Something was sent again sooner than 8x8 allows; it documents no more than this.",
        "Wait before sending the like again, and ask 8x8 for the interval.",
    )
    INTERNAL_ERROR = (
        2000,
        "8x8 failed to process the request.",
        "Find out whether it was sent before sending it again, and give 8x8 the errorId.",
    )
    NOT_IMPLEMENTED = (
        2001,
        "8x8 does not offer this operation.",
        "Check the path and the region, which may lag behind the others.",
    )
    INVALID_API_VERSION = (
        2002,
        "The API version in the path is not known, or was retired.",
        "Check the path of the base URL, and whether a newer connect-sms is made for a newer version.",
    )
    INVALID_PRODUCT = (
        2003,
        "The account does not have the product this request needs.",
        "Ask 8x8 to enable SMS for this sub-account.",
    )
    MISSING_MSISDN = (3002, "A message has no destination.", "Give every message a destination.")
    MESSAGE_INVALID_MSISDN = (
        3003,
        "The destination of a message is not a phone number.",
        "Write it in international form with + and country code, or give its country.",
    )
    MISSING_TEXT = (
        3005,
        "A message has no text, and no template gives one.",
        "Give a text in every message or one in the template.",
    )
    TEXT_TOO_LONG = (
        3006,
        "The text of a message is too long.",
        "Shorten it to 10 parts or fewer; segments() counts them.",
    )
    CLIENT_MESSAGE_ID_TOO_LONG = (3009, "A clientMessageId is too long.", "Use at most 350 characters.")
    SOURCE_TOO_LONG = (
        3011,
        "A sender ID is too long.",
        "Use at most 11 characters for a name and 16 for a number.",
    )
    MISSING_MESSAGES = (3012, "The batch holds no messages.", "Give at least one message or destination.")
    TOO_MANY_MESSAGES = (
        3013,
        "The batch holds too many messages.",
        "Send at most 10,000 in one request; send_batch() divides longer ones.",
    )
    CLIENT_BATCH_ID_TOO_LONG = (
        3014,
        "The clientBatchId is too long.",
        "Use at most 20 characters; a UUID does not fit.",
    )
    MESSAGE_INVALID_COUNTRY_CODE = (
        3018,
        "The country of a message is not a known code.",
        "Give two letters of ISO 3166-1 alpha-2, such as GB, or drop it and write international numbers.",
    )
    INVALID_DLR_CALLBACK_URL = (
        3020,
        "The receipt URL of a message cannot be used.",
        "Give an absolute https URL that 8x8 can reach from the internet.",
    )
    MISSING_UMID = (3029, "The request names no UMID.", "Give the UMID from the answer to the send.")
    UNKNOWN_EXPORT = (
        4018,
        "There is no log export with this id.",
        "Give the job_id from the answer that ordered it, in the same sub-account.",
    )

    @classmethod
    def find(cls, code: int) -> ApiCode | None:
        """The code with this number, or None when it is unknown."""
        try:
            return cls(code)
        except ValueError:
            return None
