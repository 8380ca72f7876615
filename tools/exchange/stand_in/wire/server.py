"""The HTTP server: its own thread, its own loop, one venue."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from threading import Event, RLock, Thread
from urllib.parse import parse_qsl

from aiohttp import web

from core.instant import Instant
from core.ports import Clock
from tools.exchange.stand_in.desk import Desk
from tools.exchange.stand_in.engine.refusals import Refusal, Refused
from tools.exchange.stand_in.wire.audit import Seen
from tools.exchange.stand_in.wire.call import Answer, Call, Signed
from tools.exchange.stand_in.wire.dialect import Dialect, Route
from tools.exchange.stand_in.wire.endpoint import Endpoint
from tools.exchange.stand_in.wire.faults import Fault, FaultScript, Way
from tools.exchange.stand_in.wire.limits import RateLimit
from tools.exchange.stand_in.wire.playing import mangled, spoil, written
from tools.exchange.stand_in.wrongs import Wrong

SECRET_PARAMS = frozenset({"signature"})
NOBODY = Signed(until=None, trade=False)


@dataclass
class Server:
    """Serves *desk* in *dialect*. *lock* guards the desk and everything behind it.

    *clock* is the venue's time and what a delayed match waits on; *wire* is real time, for slow answers.
    """

    desk: Desk
    dialect: Dialect
    clock: Clock
    wire: Clock
    faults: FaultScript
    limit: RateLimit
    slow_ms: int
    late_ms: int
    port: int = 0
    skew_ms: int = 0
    lock: RLock = field(default_factory=RLock)
    seen: list[Seen] = field(default_factory=list)
    _loop: asyncio.AbstractEventLoop | None = None
    _thread: Thread | None = None
    _stop: asyncio.Event | None = None
    _failure: BaseException | None = None

    def start(self) -> None:
        """Returns once requests are served.

        Raises:
            OSError: the port is taken.
        """
        ready = Event()
        self._thread = Thread(
            target=self._live, args=(ready,), name=f"stand-in {self.dialect.name}", daemon=True
        )
        self._thread.start()
        ready.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure

    def stop(self) -> None:
        """Hangs up on everybody and ends the thread."""
        if self._loop is not None and self._stop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()
            self._loop = self._thread = None

    def _live(self, ready: Event) -> None:
        try:
            asyncio.run(self._serve(ready))
        except OSError as error:
            self._failure = error
        finally:
            ready.set()

    async def _serve(self, ready: Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = web.Server(self._answer, access_log=None)
        runner = web.ServerRunner(server, shutdown_timeout=0.05)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", self.port)
            await site.start()
            self.port = runner.addresses[0][1]
            ready.set()
            await self._stop.wait()
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        raw = (await request.read()).decode() or request.rel_url.raw_query_string
        params = _params(raw)
        route = self.dialect.routes.get((request.method, request.path))
        endpoint = route.endpoint if route else Endpoint.OTHER
        call = Call(endpoint, request.method, request.path, params, request.headers, raw, self.desk.now())
        fault = self.faults.next(endpoint, params)
        shown = {name: value for name, value in params.items() if name not in SECRET_PARAMS}
        seen = Seen(call.at, endpoint, call.method, call.path, shown, fault)
        with self.lock:
            self.seen.append(seen)
        answer = await self._decide(call, route, fault, seen)
        seen.status = answer.status
        if fault is None:
            return written(answer)
        return await spoil(request, fault, answer, self.wire, self.slow_ms)

    async def _decide(self, call: Call, route: Route | None, fault: Fault | None, seen: Seen) -> Answer:
        try:
            self.limit.check(call.at)
            if fault is not None and not fault.arrives and fault.way is not Way.TOO_LATE:
                return self._spoilt(fault)
            if route is None:
                return Answer(404, {"code": 404, "msg": f"{call.path} is not served here"}, {})
            answer = await self._execute(call, route, fault)
        except Refused as refused:
            seen.refusal = refused.refusal.value
            return self.dialect.refuse(refused)
        if fault is not None and fault.way is Way.REFUSE:
            return self._spoilt(fault)
        return answer

    def _spoilt(self, fault: Fault) -> Answer:
        if isinstance(fault.detail, Refusal):
            waits = fault.detail in {Refusal.RATE_LIMIT, Refusal.BANNED}
            return self.dialect.refuse(Refused(fault.detail, retry_after=1 if waits else None))
        return Answer(200, {}, {})

    async def _execute(self, call: Call, route: Route, fault: Fault | None) -> Answer:
        signed = NOBODY
        if route.private:
            with self.lock:
                signed = self.dialect.authenticate(self.desk, call, call.at)
        if fault is not None and fault.way in {Way.LATE, Way.TOO_LATE}:
            await self._queue(signed, fault)
        if Wrong.IGNORES_RECV_WINDOW not in self.desk.wrong:
            signed.check(self.desk.now())
        with self.lock:
            self.desk.tick()
            body = route.answer(self.desk, call, signed)
        if fault is not None:
            body = mangled(body, fault, self.dialect.without_order_id, self.dialect.with_other_client_id)
        return self.dialect.reply(body)

    async def _queue(self, signed: Signed, fault: Fault) -> None:
        """Keeps a request waiting before the matching engine, within its window or beyond."""
        now = self.desk.now()
        window_left = self.slow_ms if signed.until is None else signed.until - now
        wait = window_left + 1 if fault.way is Way.TOO_LATE else max(0, min(self.late_ms, window_left - 1))
        await self.clock.sleep_until(Instant(self.clock.now() + wait))


def _params(raw: str) -> dict[str, str]:
    """What was sent, as text: a query string, or a JSON object (which Kraken also takes)."""
    if not raw.startswith("{"):
        return dict(parse_qsl(raw, keep_blank_values=True))
    try:
        sent = json.loads(raw)
    except ValueError:
        return {}
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in sent.items()}
