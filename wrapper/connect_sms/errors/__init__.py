"""Every error this library raises, and what each says about the message.

::

    ConnectSmsError
    ├── ConfigurationError          a setting is missing or wrong; nothing was sent
    │   └── MissingExtra            an optional part is not installed; the line to type is in the message
    ├── InvalidArgument             a wrong argument (also a ValueError); nothing was sent
    │   ├── InvalidDestination
    │   ├── InvalidSender
    │   ├── InvalidText             empty, or too long to go out whole
    │   ├── InvalidSchedule         naive, past or too far away
    │   └── InvalidBatch            messages of a batch are wrong; names each of them
    ├── ApiError                    8x8 answered 4xx (on a read also 5xx): the request was refused
    │   ├── BadRequest              400, 422 and any other 4xx
    │   ├── AuthenticationFailed    401
    │   ├── PermissionDenied        403
    │   ├── NotFound                404
    │   ├── Gone                    410
    │   ├── InsecureProtocol        426
    │   ├── RateLimited             429, after the last retry
    │   └── ServerError             5xx on a read, after the last retry
    ├── NetworkError
    │   ├── ConnectionFailed        no connection was made; nothing was sent
    │   └── NoAnswer                a read went out and no usable answer came back
    ├── OutcomeUnknown              a send went out and its fate is not known: do not send again blindly
    ├── MessageRejected             8x8 answered 200 and refused the message
    ├── UnreadableAnswer            2xx to a read that cannot be understood
    ├── StoreUnavailable            receipts could not be kept or read now; nothing is claimed to be durable
    ├── ExportFailed                a log export ended without a log, or not in time
    ├── WaitTimeout                 no final state within the time given; carries the last status seen
    └── BatchInterrupted            a batch stopped half-way; carries what is known of every recipient

``may_have_been_sent`` on each of them answers the one question that matters before trying again.

No message, repr or pickle of these holds a key, a phone number or a text: what 8x8 wrote back is kept in
``response`` in memory, and left behind when an error is pickled.
"""
