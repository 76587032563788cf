"""The declarations of the commands: arguments, options, and the module of `commands/` that runs each.

Imports here also run for `--help`, so each command imports its own module when it runs.
"""

# typer reads the annotations when it runs, and a command may have many options.
# ruff: noqa: TC001, PLC0415, FBT001, FBT002
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from connect_sms._lazy import LazyModule
from connect_sms._version import __version__
from connect_sms.cli import options as o

from .exit_codes import Exit
from .output import Output

if TYPE_CHECKING:
    from . import account as accounts
    from . import batch_input, csv_table, debug_log, parsing
else:
    # `--help` needs none of these.
    debug_log = LazyModule("connect_sms.cli.debug_log")
    accounts = LazyModule("connect_sms.cli.account")
    batch_input = LazyModule("connect_sms.cli.batch_input")
    csv_table = LazyModule("connect_sms.cli.csv_table")
    parsing = LazyModule("connect_sms.cli.parsing")

_EXIT_CODES = "\n".join(f"  {code.value:>3}  {code.meaning}" for code in Exit)

app = typer.Typer(
    name="connect-sms",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help=(
        "Send SMS through 8x8 Connect, safely, and learn their outcome. Unofficial.\n\n"
        "The key comes from CONNECT_SMS_API_KEY, a key file or a keyring, never from an argument. "
        "`connect-sms doctor` says what is set and what is missing.\n\n"
        f"\b\nExit codes:\n{_EXIT_CODES}"
    ),
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"connect-sms {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


def _output(command: str, json: bool, show_numbers: bool, debug: bool) -> Output:
    if debug:
        debug_log.start()
    return Output(command, json=json, show_numbers=show_numbers)


@app.command()
def send(
    destination: Annotated[str, typer.Argument(metavar="NUMBER", help="Like +447700900123.")],
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="The text, in quotes; - reads it from standard input.")
    ],
    *,
    sender: o.Sender = None,
    unchecked_sender: o.UncheckedSender = None,
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
    wait_timeout: o.WaitTimeout = 60.0,
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
    """Send one message. It is sent at most once: a message that may have been sent is never resent."""
    from .commands import send as command

    return command.send(
        accounts.Account(sub_account, region, base_url, key_file, timeout, store),
        _output("send", json, show_numbers, debug),
        destination,
        text,
        client_message_id=client_message_id,
        wait=wait,
        wait_timeout=wait_timeout,
        until=until,
        dry_run=dry_run,
        **parsing.parse_options(
            sender=sender,
            unchecked_sender=unchecked_sender,
            encoding=encoding,
            scheduled=scheduled,
            expiry=expiry,
            receipt_url=receipt_url,
            country=country,
            client_ip=client_ip,
            track=track,
            max_parts=max_parts,
        ),
    )


@app.command()
def batch(
    source: Annotated[
        str,
        typer.Argument(metavar="FILE", help="CSV with a header, or a list of numbers; - is standard input."),
    ],
    *,
    text: Annotated[
        str | None, typer.Option("--text", help="Text for recipients without one in the file.")
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="CSV",
            help="Write the result of each recipient to a new file, or to standard output with -.",
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Let --output replace an existing file.")
    ] = False,
    resume: Annotated[
        str | None,
        typer.Option(
            "--resume",
            metavar="CSV",
            help="Go on with the batch of this results file: send to those who were not sent to, hold those "
            "who may have been. Give FILE and the options as before.",
        ),
    ] = None,
    on_invalid: Annotated[
        Literal["raise", "reject"],
        typer.Option(
            "--on-invalid",
            help="raise: check everything first and send nothing if a line is invalid. "
            "reject: send as lines come, and report the invalid ones.",
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
        bool, typer.Option("--ignore-other-columns", help="Ignore unknown columns.")
    ] = False,
    format: Annotated[  # noqa: A002  the option's name
        Literal["auto", "csv", "list"], typer.Option("--format", help="What FILE is.")
    ] = "auto",
    delimiter: Annotated[
        str | None,
        typer.Option("--delimiter", metavar="CHAR", help="Cell delimiter; detected if omitted."),
    ] = None,
    input_encoding: Annotated[
        str | None,
        typer.Option("--input-encoding", metavar="NAME", help="Of FILE, if not UTF-8: such as cp1252."),
    ] = None,
    batch_id: Annotated[
        str | None, typer.Option("--batch-id", help="Your own id for the batch, at most 20 characters.")
    ] = None,
    request_size: Annotated[
        int,
        typer.Option("--request-size", min=1, max=10_000, help="Maximum recipients in one request."),
    ] = 1_000,
    sender: o.Sender = None,
    unchecked_sender: o.UncheckedSender = None,
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
    """Send to all recipients in a file, and write the result of each.

    CSV has a header with any of: destination, text, sender, encoding, scheduled, expiry, receipt_url,
    client_message_id, country, client_ip, track.
    """
    from .commands import batch as command

    columns = csv_table.columns_of(destination_column, text_column, column)
    layout = csv_table.Layout(format, columns, ignore_other_columns, delimiter, input_encoding)
    return command.batch(
        accounts.Account(sub_account, region, base_url, key_file, timeout, store),
        _output("batch", json, show_numbers, debug),
        batch_input.Source(source, layout),
        text,
        on_invalid=on_invalid,
        request_size=request_size,
        output=output,
        overwrite=overwrite,
        resume=resume,
        dry_run=dry_run,
        client_batch_id=batch_id,
        **parsing.parse_options(
            sender=sender,
            unchecked_sender=unchecked_sender,
            encoding=encoding,
            scheduled=scheduled,
            expiry=expiry,
            receipt_url=receipt_url,
            country=country,
            client_ip=client_ip,
            track=track,
            max_parts=max_parts,
        ),
    )


@app.command()
def status(
    umid: o.Umid,
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
    """Get the status of a message once, and the reason if it failed."""
    from .commands import status as command

    out = _output("status", json, show_numbers, debug)
    return command.status(accounts.Account(sub_account, region, base_url, key_file, timeout), out, umid)


@app.command()
def wait(
    umid: o.Umid,
    *,
    wait_timeout: o.WaitTimeout = 60.0,
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
    """Poll, at most once a second, until a message is delivered or has failed."""
    from .commands import status as command

    out = _output("wait", json, show_numbers, debug)
    account = accounts.Account(sub_account, region, base_url, key_file, timeout)
    return command.wait(account, out, umid, timeout=wait_timeout, until=until)


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
    """Show the size of a text: encoding, parts, costly non-GSM characters, and a cheaper wording."""
    from .commands import segments as command

    return command.segments(_output("segments", json, False, debug), text, encoding)


@app.command()
def reconcile(
    *,
    store: o.Store,
    since: Annotated[
        str, typer.Option("--since", metavar="TIME", help="2026-07-01T06:00:00Z, or 12h, 3d ago.")
    ],
    until: Annotated[
        str | None, typer.Option("--until", metavar="TIME", help="Written like --since; now when left out.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write the outcome of each recipient.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write an HTML page with charts.")
    ] = None,
    retryable: Annotated[
        Path | None,
        typer.Option(
            "--retryable",
            metavar="FILE",
            help="Write messages that can be sent again, as input of `batch`; numbers are not masked.",
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Let --csv, --html and --retryable replace existing files.")
    ] = False,
    max_polls: Annotated[
        int,
        typer.Option("--max-polls", min=0, help="Maximum messages to poll one by one, one a second."),
    ] = 60,
    log: Annotated[
        bool, typer.Option("--log/--no-log", help="Use 8x8's log export when there are more.")
    ] = True,
    deadline: Annotated[
        float,
        typer.Option("--deadline", metavar="SECONDS", min=1, help="No further request after this time."),
    ] = 900.0,
    others: Annotated[
        bool, typer.Option("--others", help="Also count messages known only from receipts.")
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
    """Report the outcome of all messages sent; those without a receipt are requested from 8x8."""
    from .commands import reconcile as command

    return command.reconcile(
        accounts.Account(sub_account, region, base_url, key_file, timeout),
        _output("reconcile", json, show_numbers, debug),
        store,
        csv=csv,
        html=html,
        retryable=retryable,
        overwrite=overwrite,
        sent_since=parsing.parse_past_time(since, "--since"),
        sent_until=None if until is None else parsing.parse_past_time(until, "--until"),
        max_polls=max_polls,
        use_log=log,
        deadline=deadline,
        include_others=others,
    )


@app.command()
def sandbox(
    *,
    host: o.Host = "127.0.0.1",
    port: o.Port = 8288,
    speed: Annotated[
        float,
        typer.Option("--speed", help="Speed of sandbox time, as a multiple of real time; 0 freezes it."),
    ] = 1.0,
    receipt_url: Annotated[
        str | None, typer.Option("--receipt-url", help="Where to post receipts of messages without a URL.")
    ] = None,
    receipt_authorization_file: Annotated[
        Path | None,
        typer.Option(
            "--receipt-authorization-file",
            metavar="PATH",
            help="File that holds the Authorization value to post receipts with. "
            "[env: CONNECT_SMS_RECEIPT_AUTHORIZATION]",
        ),
    ] = None,
    sub_account: Annotated[str | None, typer.Option("--sub-account", help="Its only sub-account.")] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-host", metavar="NAME", help="On loopback, also answer requests to this name; repeatable."
        ),
    ] = None,
    json: o.Json = False,
    debug: o.Debug = False,
) -> int:
    """Run a sandbox of 8x8 on this machine, and show its traffic. Nothing leaves the machine."""
    from .commands import sandbox as command

    return command.sandbox(
        _output("sandbox", json, False, debug),
        host=host,
        port=port,
        speed=speed,
        receipt_url=receipt_url,
        authorization_file=receipt_authorization_file,
        sub_account=sub_account,
        allow_hosts=allow_host,
    )


@app.command()
def doctor(
    *,
    online: Annotated[
        bool,
        typer.Option("--online", help="Also check the network: DNS, TLS, key and clock. Sends no message."),
    ] = False,
    sub_account: o.SubAccount = None,
    region: o.Region = None,
    base_url: o.BaseUrl = None,
    key_file: o.KeyFile = None,
    timeout: o.Timeout = None,
    json: o.Json = False,
    debug: o.Debug = False,
) -> int:
    """Show what is configured, from where, and what is missing, with the command to run."""
    from .commands import doctor as command

    account = accounts.Account(sub_account, region, base_url, key_file, timeout)
    return command.doctor(account, _output("doctor", json, False, debug), online=online)


receipts = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Receive delivery receipts, and list those received.",
)
app.add_typer(receipts, name="receipts")


@receipts.command("serve")
def receipts_serve(
    *,
    store: o.Store,
    host: o.Host = "127.0.0.1",
    port: o.Port = 8289,
    authorization_file: Annotated[
        Path | None,
        typer.Option(
            "--authorization-file",
            metavar="PATH",
            help="File that holds the Authorization value registered with 8x8, and on a second line the old "
            "one while both are in use. [env: CONNECT_SMS_RECEIPT_AUTHORIZATION]",
        ),
    ] = None,
    path_secret_file: Annotated[
        Path | None,
        typer.Option(
            "--path-secret-file",
            metavar="PATH",
            help="File that holds a secret to accept at the end of a URL's path, for messages with a URL of "
            "their own; a second one on a second line. [env: CONNECT_SMS_RECEIPT_PATH_SECRET]",
        ),
    ] = None,
    network: Annotated[
        list[str] | None,
        typer.Option("--network", metavar="CIDR", help="Accept receipts only from here; may be repeated."),
    ] = None,
    trusted_proxies: Annotated[
        int,
        typer.Option("--trusted-proxies", min=0, help="Your own proxies that add to X-Forwarded-For."),
    ] = 0,
    json: o.Json = False,
    debug: o.Debug = False,
) -> int:
    """Receive what 8x8 posts, and store it. Each receipt is answered once it is durable."""
    from .commands import receipts as command

    return command.serve(
        _output("receipts serve", json, False, debug),
        store,
        host=host,
        port=port,
        authorization_file=authorization_file,
        path_secret_file=path_secret_file,
        networks=tuple(network or ()),
        trusted_proxies=trusted_proxies,
    )


@receipts.command("list")
def receipts_list(
    *,
    store: o.Store,
    open_only: Annotated[bool, typer.Option("--open", help="Only open messages.")] = False,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="TIME", help="Sent since: 2026-07-01T06:00:00Z, or 12h, 3d ago."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="Maximum number to show; 0 shows all.")] = 100,
    json: o.Json = False,
    show_numbers: o.ShowNumbers = False,
    debug: o.Debug = False,
) -> int:
    """List messages, each with its status."""
    from .commands import receipts as command

    after = None if since is None else parsing.parse_past_time(since, "--since")
    out = _output("receipts list", json, show_numbers, debug)
    return command.messages(out, store, open_only=open_only, since=after, limit=limit)


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
    """List the received bodies that could not be parsed, and why."""
    from .commands import receipts as command

    return command.quarantine(_output("receipts quarantine", json, False, debug), store, save)


@receipts.command("outages")
def receipts_outages(*, store: o.Store, json: o.Json = False, debug: o.Debug = False) -> int:
    """List the periods without a running receiver."""
    from .commands import receipts as command

    return command.outages(_output("receipts outages", json, False, debug), store)
