"""python-binance as it is against a sandbox: python_binance.py <origin> <key> <secret>. Prints what it found, as JSON."""

import asyncio
import json
import sys

from binance import AsyncClient, BinanceSocketManager
from binance.ws.depthcache import FuturesDepthCacheManager

origin, key, secret = sys.argv[1:]
AsyncClient.FUTURES_URL = f"{origin}/fapi"
BinanceSocketManager.FSTREAM_URL = f"{origin.replace('http:', 'ws:')}/"


async def main():
    client = AsyncClient(key, secret)
    found = {}
    try:
        rules = await client.futures_exchange_info()
        found["symbols"] = [symbol["symbol"] for symbol in rules["symbols"]]
        bid = float((await client.futures_orderbook_ticker(symbol="BTCUSDT"))["bidPrice"])
        placed = await client.futures_create_order(
            symbol="BTCUSDT", side="BUY", type="LIMIT", timeInForce="GTC", quantity=0.01, price=int(bid * 0.98)
        )
        order = {"symbol": "BTCUSDT", "orderId": placed["orderId"]}
        found["queried"] = (await client.futures_get_order(**order))["status"]
        found["cancelled"] = (await client.futures_cancel_order(**order))["status"]
        stop = await client.futures_create_order(
            symbol="BTCUSDT", side="SELL", type="STOP_MARKET", quantity=0.01, stopPrice=int(bid * 0.9), reduceOnly="true"
        )
        found["stop"] = "algoId" in stop
        await client.futures_cancel_order(symbol="BTCUSDT", algoId=stop["algoId"])
        found["stopsLeft"] = len(await client.futures_get_open_orders(symbol="BTCUSDT", conditional=True))
        async with FuturesDepthCacheManager(client, "BTCUSDT") as depth:
            book = None
            while book is None or not book.get_bids() or not book.get_asks():
                book = await depth.recv()
            found["bookInOrder"] = book.get_bids()[0][0] < book.get_asks()[0][0]
    finally:
        await client.close_connection()
    print(json.dumps(found))


asyncio.run(main())
