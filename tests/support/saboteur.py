"""Raises something at one moment of a call: at its first step, its second, and so on, in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from connect_sms import Hooks, ManualClock
from tests.support.message_store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx


@attrs.define(eq=False)
class Saboteur:
    """Counts the steps of a call, before and after each effect and in each hook, and ends it at one of them.

    Attributes:
        step: The number of the step at which to raise.
        stop: What to raise.
        again: Raise it at every later step too, as somebody who presses Ctrl-C again.
        passed: Steps so far.
        at: The name of the step at which it raised first.
    """

    step: int
    stop: type[BaseException]
    again: bool = False
    passed: int = 0
    at: str = ""

    def tick(self, name: object) -> None:
        """A step."""
        self.passed += 1
        if self.passed == self.step:
            self.at = str(name)
        if self.passed == self.step or (self.again and self.passed > self.step):
            raise self.stop

    @property
    def raised(self) -> bool:
        """True once it has raised."""
        return self.passed >= self.step

    def server(self, server: Callable[[httpx.Request], httpx.Response]) -> Any:
        """A server, with a step before the request comes and one after its answer was made."""

        def handle(request: httpx.Request) -> httpx.Response:
            self.tick("request")
            response = server(request)
            self.tick("answer")
            return response

        return handle

    def store(self) -> Store:
        """A store, with a step before and after each call."""
        saboteur = self

        class Sabotaged(Store):
            def __getattribute__(self, name: str) -> Any:
                found = super().__getattribute__(name)
                if name not in {"hand_over", "record_sent", "withdraw"}:
                    return found

                def call(*args: Any, **named: Any) -> Any:
                    saboteur.tick(name)
                    result = found(*args, **named)
                    saboteur.tick(name)
                    return result

                return call

        return Sabotaged()

    def clock(self) -> ManualClock:
        """A clock, with a step before each wait."""
        saboteur = self

        class Sabotaged(ManualClock):
            def sleep(self, seconds: float) -> None:
                saboteur.tick("sleep")
                super().sleep(seconds)

        return Sabotaged()

    def hooks(self) -> Hooks:
        """Hooks, each a step."""
        return Hooks(on_request=self.tick, on_retry=self.tick, on_result=self.tick)
