"""A redirect takes neither a key nor an order anywhere."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from tools.exchange.live.connecting import connect, venue
from tools.exchange.live.redaction import Keys

pytestmark = pytest.mark.parts


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_nobody_is_sent_our_key_by_way_of_a_redirect(status: int) -> None:
    reached: list[str] = []

    async def thief(request: web.BaseRequest) -> web.StreamResponse:
        reached.append(str(request.headers))
        return web.json_response({})

    async def story() -> None:
        elsewhere = web.ServerRunner(web.Server(thief))
        await elsewhere.setup()
        await web.TCPSite(elsewhere, "127.0.0.1", 0).start()
        address = f"http://127.0.0.1:{elsewhere.addresses[0][1]}/order"

        async def sent_away(request: web.BaseRequest) -> web.StreamResponse:
            return web.Response(status=status, headers={"Location": address})

        here = web.ServerRunner(web.Server(sent_away))
        await here.setup()
        await web.TCPSite(here, "127.0.0.1", 0).start()
        dialect = venue("binance")
        client = connect(
            dialect, Keys("canary-key", "secret"), base_url=f"http://127.0.0.1:{here.addresses[0][1]}"
        )
        try:
            for call in (client.privateGetAccount, client.privatePostOrder, client.privateDeleteOrder):
                await call({"symbol": "BTCUSDT"})
        finally:
            await client.close()
            await here.cleanup()
            await elsewhere.cleanup()

    asyncio.run(story())
    assert reached == []
