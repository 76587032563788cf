"""The commands: their arguments and options, and which module does the work.

What is imported here is imported for `--help` too, so it is typer and nothing else.
"""

# typer reads the annotations when it runs, and a command has as many options as it has.
# ruff: noqa: TC001, TC003, PLC0415, FBT001, FBT002
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from connect_sms.cli import options as o

from .exits import Exit

if TYPE_CHECKING:
    from .voice import Voice

_EXIT_CODES = "\n".join(f"  {code.value:>3}  {code.meaning}" for code in Exit)

app = typer.Typer(
    name="connect-sms",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help=(
        "Send SMS through 8x8 Connect, safely, and learn what became of them. Unofficial.\n\n"
        "The key comes from CONNECT_SMS_API_KEY, a key file or a keyring, never from an argument. "
        "`connect-sms doctor` says what is set and what is missing.\n\n"
        f"\b\nExit codes:\n{_EXIT_CODES}"
    ),
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from connect_sms._version import __version__

        typer.echo(f"connect-sms {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


def _voice(command: str, json: bool, show_numbers: bool, debug: bool) -> Voice:
    from .voice import Voice

    if debug:
        import logging

        logging.basicConfig(level=logging.WARNING, format="%(relativeCreated)6d ms  %(message)s")
        logging.getLogger("connect_sms").setLevel(logging.DEBUG)
    return Voice(command, json=json, show_numbers=show_numbers)


@app.command()
def send(
    destination: Annotated[str, typer.Argument(metavar="NUMBER", help="Like +447700900123.")],
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="The text, in quotes; - reads it from standard input.")
    ],
    *,
    sender: o.Sender = None,
    encoding: o.Encoding = None,
    scheduled: o.Scheduled = None,
    expiry: o.Expiry = None,
    receipt_url: o.ReceiptUrl = None,
    client_message_id: Annotated[
        str | None, typer.Option("--id", help="Your own id of the message; made when left out.")
    ] = None,
    country: o.Country = None,
    client_ip: o.ClientIp = None,
    track: o.Track = None,
    max_parts: o.MaxParts = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the outcome.")] = False,
    wait_timeout: Annotated[
        float, typer.Option("--wait-timeout", metavar="SECONDS", help="Longest wait for the outcome.")
    ] = 60.0,
    until: o.Until = "final",
    dry_run: o.DryRun = False,
    store: o.NoteIn = None,
    sub_account: o.SubAccount = None,
    region: o.Region = None,
    base_url: o.BaseUrl = None,
    key_file: o.KeyFile = None,
    timeout: o.Timeout = None,
    json: o.Json = False,
    show_numbers: o.ShowNumbers = False,
    debug: o.Debug = False,
) -> int:
    """Send one message. It is sent at most once: what may have been sent is never sent again."""
    from connect_sms.cli import single

    from .account import Account

    return single.send(
        Account(sub_account, region, base_url, key_file, timeout, store),
        _voice("send", json, show_numbers, debug),
        destination,
        text,
        single.Options(
            sender, encoding, scheduled, expiry, receipt_url, country, client_ip, track, max_parts
        ),
        client_message_id=client_message_id,
        wait=single.Patience(wait_timeout, until) if wait else None,
        dry_run=dry_run,
    )


@app.command()
def batch(
    source: Annotated[
        str,
        typer.Argument(metavar="FILE", help="CSV with a header, or a list of numbers; - is standard input."),
    ],
    *,
    text: Annotated[
        str | None, typer.Option("--text", help="Text for everybody who has none in the file.")
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="CSV",
            help="Result of each recipient; a new file, or - for standard output.",
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Let --output replace a file that exists.")
    ] = False,
    on_invalid: Annotated[
        Literal["raise", "reject"],
        typer.Option(
            "--on-invalid",
            help="raise: check everything first and send nothing if a line is wrong. "
            "reject: send as lines come, and report the wrong ones.",
        ),
    ] = "raise",
    destination_column: Annotated[
        str | None,
        typer.Option("--destination-column", metavar="NAME", help="Column that holds the numbers."),
    ] = None,
    text_column: Annotated[
        str | None, typer.Option("--text-column", metavar="NAME", help="Column that holds the texts.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column", metavar="FIELD=NAME", help="Column that holds another field, such as sender=From."
        ),
    ] = None,
    ignore_other_columns: Annotated[
        bool, typer.Option("--ignore-other-columns", help="Leave out columns that mean nothing here.")
    ] = False,
    format: Annotated[  # noqa: A002  the option's name
        Literal["auto", "csv", "list"], typer.Option("--format", help="What FILE is.")
    ] = "auto",
    delimiter: Annotated[
        str | None, typer.Option("--delimiter", metavar="CHAR", help="Between cells; seen from the header.")
    ] = None,
    input_encoding: Annotated[
        str | None,
        typer.Option("--input-encoding", metavar="NAME", help="Of FILE, if not UTF-8: such as cp1252."),
    ] = None,
    batch_id: Annotated[
        str | None, typer.Option("--batch-id", help="Your own id for the whole, at most 20 characters.")
    ] = None,
    request_size: Annotated[
        int, typer.Option("--request-size", min=1, max=10_000, help="Most recipients in one request.")
    ] = 1_000,
    sender: o.Sender = None,
    encoding: o.Encoding = None,
    scheduled: o.Scheduled = None,
    expiry: o.Expiry = None,
    receipt_url: o.ReceiptUrl = None,
    country: o.Country = None,
    client_ip: o.ClientIp = None,
    track: o.Track = None,
    max_parts: o.MaxParts = None,
    dry_run: o.DryRun = False,
    store: o.NoteIn = None,
    sub_account: o.SubAccount = None,
    region: o.Region = None,
    base_url: o.BaseUrl = None,
    key_file: o.KeyFile = None,
    timeout: o.Timeout = None,
    json: o.Json = False,
    show_numbers: o.ShowNumbers = False,
    debug: o.Debug = False,
) -> int:
    """Send to everybody in a file, with a record of each.

    CSV has a header with any of: destination, text, sender, encoding, scheduled, expiry, receipt_url,
    client_message_id, country, client_ip, track.
    """
    from connect_sms.cli import batch as work

    from .account import Account
    from .columns import columns_of
    from .inputs import Layout, Source
    from .single import Options

    columns = columns_of(destination_column, text_column, column)
    return work.batch(
        Account(sub_account, region, base_url, key_file, timeout, store),
        _voice("batch", json, show_numbers, debug),
        Source(source, Layout(format, columns, ignore_other_columns, delimiter, input_encoding)),
        work.Job(
            text,
            Options(sender, encoding, scheduled, expiry, receipt_url, country, client_ip, track, max_parts),
            batch_id,
            request_size,
            on_invalid,
        ),
        output=output,
        overwrite=overwrite,
        dry_run=dry_run,
    )


@app.command()
def status(
    umid: Annotated[
        str, typer.Argument(metavar="UMID", help="8x8's id of the message, as `send` printed it.")
    ],
    *,
    sub_account: o.SubAccount = None,
    region: o.Region = None,
    base_url: o.BaseUrl = None,
    key_file: o.KeyFile = None,
    timeout: o.Timeout = None,
    json: o.Json = False,
    show_numbers: o.ShowNumbers = False,
    debug: o.Debug = False,
) -> int:
    """Ask once where a message stands, and why it failed if it did."""
    from connect_sms.cli import single

    from .account import Account

    voice = _voice("status", json, show_numbers, debug)
    return single.status(Account(sub_account, region, base_url, key_file, timeout), voice, umid)


@app.command()
def wait(
    umid: Annotated[
        str, typer.Argument(metavar="UMID", help="8x8's id of the message, as `send` printed it.")
    ],
    *,
    wait_timeout: Annotated[
        float, typer.Option("--wait-timeout", metavar="SECONDS", help="Longest wait for the outcome.")
    ] = 60.0,
    until: o.Until = "final",
    sub_account: o.SubAccount = None,
    region: o.Region = None,
    base_url: o.BaseUrl = None,
    key_file: o.KeyFile = None,
    timeout: o.Timeout = None,
    json: o.Json = False,
    show_numbers: o.ShowNumbers = False,
    debug: o.Debug = False,
) -> int:
    """Ask, at most once a second, until a message is delivered or has failed."""
    from connect_sms.cli import single

    from .account import Account

    voice = _voice("wait", json, show_numbers, debug)
    account = Account(sub_account, region, base_url, key_file, timeout)
    return single.wait(account, voice, umid, single.Patience(wait_timeout, until))


@app.command()
def segments(
    text: Annotated[
        str,
        typer.Argument(
            metavar="TEXT", help="The text, in quotes; - or nothing reads it from standard input."
        ),
    ] = "-",
    *,
    encoding: o.Encoding = None,
    json: o.Json = False,
    debug: o.Debug = False,
) -> int:
    """Show what a text takes: encoding, parts, the characters that make it dear, and a cheaper wording."""
    from connect_sms.cli import wording
    from connect_sms.text.counting import normalise_encoding
    from connect_sms.text.counting import segments as count

    from .single import text_or_stdin

    voice = _voice("segments", json, False, debug)
    found = count(text_or_stdin(text), normalise_encoding(encoding or "AUTO"))
    if not json:
        wording.show(voice, found)
    return voice.end(Exit.DONE, segments=wording.document(found)) if json else Exit.DONE


@app.command()
def reconcile(
    *,
    store: o.Store,
    since: Annotated[
        str, typer.Option("--since", metavar="TIME", help="2026-07-01T06:00:00Z, or 12h, 3d for so long ago.")
    ],
    until: Annotated[
        str | None, typer.Option("--until", metavar="TIME", help="Written like --since; now when left out.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write what became of each recipient.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write one page with pictures.")
    ] = None,
    retryable: Annotated[
        Path | None,
        typer.Option(
            "--retryable",
            metavar="FILE",
            help="Write who may be sent to again, for `batch`; with whole numbers.",
        ),
    ] = None,
    tail: Annotated[
        int, typer.Option("--tail", min=0, help="Most messages to ask for one by one; each takes a second.")
    ] = 60,
    log: Annotated[
        bool, typer.Option("--log/--no-log", help="Use 8x8's log export when there are more.")
    ] = True,
    deadline: Annotated[
        float, typer.Option("--deadline", metavar="SECONDS", min=1, help="Ask nothing more after so long.")
    ] = 900.0,
    others: Annotated[
        bool, typer.Option("--others", help="Count messages too that only receipts told of.")
    ] = False,
    sub_account: o.SubAccount = None,
    region: o.Region = None,
    base_url: o.BaseUrl = None,
    key_file: o.KeyFile = None,
    timeout: o.Timeout = None,
    json: o.Json = False,
    show_numbers: o.ShowNumbers = False,
    debug: o.Debug = False,
) -> int:
    """Report what became of everything that was sent, asking 8x8 for what no receipt has told."""
    from connect_sms.cli import reconcile as work

    from .account import Account

    voice = _voice("reconcile", json, show_numbers, debug)
    return work.run(
        Account(sub_account, region, base_url, key_file, timeout),
        voice,
        work.Question(
            store,
            work.moment(since, "--since"),
            None if until is None else work.moment(until, "--until"),
            tail,
            log,
            deadline,
            others,
        ),
        work.Files(csv, html, retryable, show_numbers),
    )


@app.command()
def sandbox(
    *,
    host: Annotated[
        str, typer.Option("--host", help="Where to listen; this machine alone by default.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65_535, help="Port to listen on; 0 takes a free one.")
    ] = 8288,
    speed: Annotated[
        float,
        typer.Option("--speed", help="How many times as fast as real time messages travel; 0 stands still."),
    ] = 1.0,
    receipt_url: Annotated[
        str | None, typer.Option("--receipt-url", help="Where to post receipts of messages that name no URL.")
    ] = None,
    sub_account: Annotated[
        str | None, typer.Option("--sub-account", help="The one sub-account it knows.")
    ] = None,
    json: o.Json = False,
    debug: o.Debug = False,
) -> int:
    """Run a stand-in for 8x8 on this machine, and show its traffic. Nothing leaves it."""
    from connect_sms.cli import stand_in

    voice = _voice("sandbox", json, False, debug)
    return stand_in.run(voice, stand_in.Stage(host, port, speed, receipt_url, sub_account))


@app.command()
def doctor(
    *,
    online: Annotated[
        bool,
        typer.Option("--online", help="Also ask the network: name, TLS, key and clock. Sends no message."),
    ] = False,
    sub_account: o.SubAccount = None,
    region: o.Region = None,
    base_url: o.BaseUrl = None,
    key_file: o.KeyFile = None,
    timeout: o.Timeout = None,
    json: o.Json = False,
    debug: o.Debug = False,
) -> int:
    """Say what is configured, from where, and what is missing, with the line to type."""
    from connect_sms.cli import doctor as work

    from .account import Account

    account = Account(sub_account, region, base_url, key_file, timeout)
    return work.doctor(account, _voice("doctor", json, False, debug), online=online)


receipts = typer.Typer(
    name="receipts",
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Receive delivery receipts, and look at what has come in.",
)
app.add_typer(receipts)


@receipts.command("serve")
def receipts_serve(
    *,
    store: o.Store,
    host: Annotated[
        str, typer.Option("--host", help="Where to listen; this machine alone by default.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65_535, help="Port to listen on; 0 takes a free one.")
    ] = 8289,
    authorization_file: Annotated[
        Path | None,
        typer.Option(
            "--authorization-file",
            metavar="PATH",
            help="File that holds the Authorization value registered with 8x8, and on a second line the old "
            "one while both are in use. [env: CONNECT_SMS_RECEIPT_AUTHORIZATION]",
        ),
    ] = None,
    network: Annotated[
        list[str] | None,
        typer.Option("--network", metavar="CIDR", help="Take receipts from here only; may be repeated."),
    ] = None,
    trusted_proxies: Annotated[
        int,
        typer.Option("--trusted-proxies", min=0, help="How many proxies of your own add to X-Forwarded-For."),
    ] = 0,
    json: o.Json = False,
    debug: o.Debug = False,
) -> int:
    """Receive what 8x8 posts, and keep it. Each receipt is answered once it is durable."""
    from connect_sms.cli import receipts as work

    return work.serve(
        _voice("receipts serve", json, False, debug),
        work.Post(store, host, port, authorization_file, tuple(network or ()), trusted_proxies),
    )


@receipts.command("list")
def receipts_list(
    *,
    store: o.Store,
    open_only: Annotated[bool, typer.Option("--open", help="Only those of which more is to come.")] = False,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="TIME", help="Sent since: 2026-07-01T06:00:00Z, or 12h, 3d ago."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="Most to show; 0 shows all.")] = 100,
    json: o.Json = False,
    show_numbers: o.ShowNumbers = False,
    debug: o.Debug = False,
) -> int:
    """List messages, each with where it stands."""
    from connect_sms.cli import receipts as work

    from .reconcile import moment

    after = None if since is None else moment(since, "--since")
    voice = _voice("receipts list", json, show_numbers, debug)
    return work.messages(voice, store, open_only=open_only, since=after, limit=limit)


@receipts.command("quarantine")
def receipts_quarantine(
    *,
    store: o.Store,
    save: Annotated[
        Path | None,
        typer.Option("--save", metavar="FOLDER", help="Write the bodies to files in a new folder."),
    ] = None,
    json: o.Json = False,
    debug: o.Debug = False,
) -> int:
    """List what came in and could not be read, and why."""
    from connect_sms.cli import receipts as work

    return work.quarantine(_voice("receipts quarantine", json, False, debug), store, save)


@receipts.command("outages")
def receipts_outages(*, store: o.Store, json: o.Json = False, debug: o.Debug = False) -> int:
    """List the times in which no receiver was up."""
    from connect_sms.cli import receipts as work

    return work.outages(_voice("receipts outages", json, False, debug), store)
