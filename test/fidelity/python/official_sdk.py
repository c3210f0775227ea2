"""The exchange's own Python SDK as it is against a sandbox: official_sdk.py <origin> <key> <secret>. Its models take every
answer apart, so that one of another shape fails. Prints what it found, as JSON."""

import json
import sys

from binance_common.configuration import ConfigurationRestAPI
from binance_sdk_derivatives_trading_usds_futures.derivatives_trading_usds_futures import DerivativesTradingUsdsFutures

origin, key, secret = sys.argv[1:]
configuration = ConfigurationRestAPI(api_key=key, api_secret=secret, base_path=origin, timeout=60_000)
client = DerivativesTradingUsdsFutures(config_rest_api=configuration).rest_api

rules = client.exchange_information().data()
account = client.account_information_v3().data()
ticker = client.symbol_order_book_ticker(symbol="BTCUSDT").data()
ticker = getattr(ticker, "actual_instance", ticker)
bid = float(ticker.bid_price)
placed = client.new_order(
    symbol="BTCUSDT", side="BUY", type="LIMIT", quantity=0.01, price=int(bid * 0.98), time_in_force="GTC"
).data()
queried = client.query_order(symbol="BTCUSDT", order_id=placed.order_id).data()
cancelled = client.cancel_order(symbol="BTCUSDT", order_id=placed.order_id).data()
stop = client.new_algo_order(
    algo_type="CONDITIONAL", symbol="BTCUSDT", side="SELL", type="STOP_MARKET", quantity=0.01, trigger_price=int(bid * 0.9)
).data()
client.cancel_algo_order(algo_id=stop.algo_id)
print(
    json.dumps(
        {
            "symbols": [symbol.symbol for symbol in rules.symbols],
            "wallet": float(account.total_wallet_balance),
            "queried": queried.status,
            "cancelled": cancelled.status,
            "stop": stop.algo_id is not None,
        }
    )
)
