"""A program that forks after its client, and its store, were used.

``python -m tests.support.forked_sends PLAN``: the plan is JSON. It prints, as JSON, what each process was
told. A process that hangs is killed and named.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import multiprocessing
import os
import select
import signal
import ssl
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import attrs
import httpx

from connect_sms import ConfigurationError, ConnectSmsError, Retries, SmsClient, StoreUnavailable, Timeout
from tests.support.callers import KEY, NUMBER, SUB_ACCOUNT, TEXT
from tests.support.paths import ROOT
from tests.support.scale import scaled
from tests.support.stores import open_at, settings_with
from tests.support.transports import client_on, send_in_threads
from tests.support.wire_server import umid_for

if TYPE_CHECKING:
    from collections.abc import Callable

Told = dict[str, list[str]]
#: Seconds until a process that does not end is said to hang.
PATIENCE: Final = scaled(12.0, 60.0)


@attrs.frozen
class Plan:
    """What to do.

    Attributes:
        url: The server.
        transport: One of `TRANSPORTS`, or ``control``: httpx by itself.
        ca: The certificate to trust; empty without TLS.
        store: Where the store is; empty without one.
        fork: ``os.fork`` or ``multiprocessing``.
        loop: Of the async client in a child: ``same`` or ``new``.
        children: How many.
        sends: Of each child, and of the parent meanwhile.
    """

    url: str
    transport: str
    ca: str = ""
    store: str = ""
    fork: str = "os.fork"
    loop: str = "new"
    children: int = 8
    sends: int = 5


def play(plan: Plan) -> dict[str, Told | None]:
    """Run the program in a process of its own; what each of its processes was told, None if it hung."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "wrapper"), str(ROOT / "generated")])
    program = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.support.forked_sends", json.dumps(attrs.asdict(plan))],
        env={**os.environ, "PYTHONPATH": path},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        out, _ = program.communicate(timeout=PATIENCE * 2)
    except subprocess.TimeoutExpired:
        out = ""
    finally:
        # Its children too: one that hangs holds the pipe.
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
        program.communicate()
    told: dict[str, Told | None] = json.loads(out) if out else {"the parent or its end": None}
    return told


def _sender(plan: Plan, tls: ssl.SSLContext | None) -> Callable[[str], str]:
    """What sends one message and returns its UMID, on a client that all processes share."""
    given: dict[str, Any] = {"timeout": Timeout(connect=3, read=3), "retries": Retries(tries=1)}
    if tls is not None:
        given["tls"] = tls
    if plan.store:
        given |= settings_with(open_at(plan.store))
    if plan.transport == "control":
        plain = httpx.Client(verify=tls or True, timeout=3)
        headers = {"Authorization": f"Bearer {KEY}"}
        address = f"{plan.url}/{SUB_ACCOUNT}/messages"
        return lambda own: str(
            plain.post(address, json={"clientMessageId": own}, headers=headers).json()["umid"]
        )
    if plan.transport == "httpx, asyncio":
        found = importlib.util.find_spec
        importlib.util.find_spec = lambda name, *more: None if name == "httpx_aiohttp" else found(name, *more)
    client = client_on(plan.transport, plan.url, **given)
    if isinstance(client, SmsClient):
        # Used by threads before the fork: several kept connections, and whatever locks they left.
        assert not send_in_threads(client, [f"before-{at}" for at in range(4)], 4).foreign
        return lambda own: str(client.send(NUMBER, TEXT, client_message_id=own).umid)
    runner, parent = asyncio.Runner(), os.getpid()

    async def send(own: str) -> str:
        return str((await client.send(NUMBER, TEXT, client_message_id=own)).umid)

    def in_a_loop(own: str) -> str:
        if os.getpid() == parent or plan.loop == "same":
            return runner.run(send(own))
        return asyncio.run(send(own))

    return in_a_loop


def _send_all(send: Callable[[str], str], name: str, sends: int) -> Told:
    told: Told = {kind: [] for kind in ("right", "foreign", "unknown", "refused", "broken")}
    for number in range(sends):
        own = f"{name}-{number}"
        try:
            umid = send(own)
        except (ConfigurationError, StoreUnavailable) as error:
            told["unknown" if error.may_have_been_sent else "refused"].append(own)
        except ConnectSmsError as error:
            told["unknown" if error.may_have_been_sent else "broken"].append(f"{own} {type(error).__name__}")
        except Exception as error:  # noqa: BLE001  the control raises anything; so may a client that is wrong
            told["broken"].append(f"{own} {type(error).__name__}")
        else:
            told["right" if umid == umid_for(own) else "foreign"].append(own)
    return told


def _child(send: Callable[[str], str], name: str, sends: int, pipe: int) -> None:
    os.write(pipe, json.dumps(_send_all(send, name, sends)).encode())
    os._exit(0)


def _start(plan: Plan, send: Callable[[str], str], name: str) -> tuple[int, int]:
    """Start a child; its process id, and where its answer comes."""
    take, put = os.pipe()
    if plan.fork == "multiprocessing":
        process = multiprocessing.get_context("fork").Process(
            target=_child, args=(send, name, plan.sends, put), daemon=True
        )
        process.start()
        pid = process.pid or 0
    else:
        pid = os.fork()
        if not pid:
            _child(send, name, plan.sends, put)
    os.close(put)
    return pid, take


def main(plan: Plan) -> None:
    """Fork, send in every process, and print what they were told."""
    send = _sender(plan, ssl.create_default_context(cafile=plan.ca) if plan.ca else None)
    send("before")
    children = {f"child-{at}": _start(plan, send, f"child-{at}") for at in range(plan.children)}
    told: dict[str, Told | None] = {"parent": _send_all(send, "parent", plan.sends)}
    deadline = time.monotonic() + PATIENCE
    for name, (pid, take) in children.items():
        ready, _, _ = select.select([take], [], [], max(deadline - time.monotonic(), 0))
        answer = os.read(take, 1_000_000) if ready else b""
        told[name] = json.loads(answer) if answer else None
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    print(json.dumps(told), flush=True)  # noqa: T201  a program
    os._exit(0)


if __name__ == "__main__":
    main(Plan(**json.loads(sys.argv[1])))
