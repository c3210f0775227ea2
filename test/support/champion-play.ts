import { present } from '../../src/base/present.js'
import { recordedBar, strategyBar } from '../../src/core/decision/recorded-bar.js'
import type { RecordedBar } from '../../src/core/decision/records.js'
import { Strategies } from '../../src/core/decision/strategies.js'
import { verdictOf } from '../../src/core/forewarner/gate.js'
import { BarOrderBook } from '../../src/core/orderbook/bar-order-book.js'
import { ChampionStrategy } from '../../src/core/strategy/champion.js'
import type { AssetBook, BarBooks, OrderBookSource } from '../../src/ports/order-book.js'
import type { Mandate, StrategyBar } from '../../src/ports/strategy.js'
import type { Trade } from '../../src/ports/vocabulary/trades.js'
import { type Market, portsOf } from './markets.js'

/** Its trades, each filled at once at the price asked. `books`: as a table of its own, or with each bar, as a journal gives it back. */
export function playChampion(market: Market, direction: -1 | 1, books: 'table' | 'bars' = 'table'): Trade[] {
  const trades: Trade[] = []
  const { parameters, initialCapital } = market
  const ports = portsOf(market)
  const table = books === 'bars' ? ports.orderBook : undefined
  const strategy = new ChampionStrategy({
    id: 'any',
    parameters,
    initialCapital,
    direction,
    ...ports,
    ...(table === undefined ? {} : { orderBook: new BarOrderBook() }),
    onTrade: (trade) => trades.push(trade),
  })
  const shown = new Strategies([strategy])
  let bar = 0
  for (const { columns, start, volOk, events } of market.days) {
    let posture = start.posture ?? 'APEX'
    const { acb, forewarner } = start
    const verdict =
      forewarner === undefined || typeof forewarner === 'string'
        ? forewarner
        : verdictOf(forewarner.assess({ date: start.date, maxLeverage: 5 })).status
    for (let row = 0; row < columns.bars; row++) {
      let breaker: StrategyBar['breaker']
      for (const event of events.filter((candidate) => candidate.row === row)) {
        if (event.kind === 'posture') posture = event.posture
        else breaker = event
      }
      const known = table === undefined ? {} : { books: booksOf(table, bar) }
      const given: StrategyBar = {
        bar: bar++,
        ...known,
        timestampMs: Number(columns.timestampNs![row]! / 1_000_000n),
        symbols: columns.assets,
        prices: Float64Array.from(columns.prices, (column) => column[row]!),
        velDiv: columns.velDiv[row]!,
        volOk: volOk === undefined ? row >= 100 : volOk[row] === 1,
        posture,
        ...present({ breaker }),
        ...(row === 0
          ? {
              day: {
                date: start.date,
                ...(acb === undefined ? {} : { boost: acb.boost, beta: acb.beta }),
                ...(verdict === undefined ? {} : { forewarner: verdict }),
              },
            }
          : {}),
      }
      const mandates = strategy.onBar(table === undefined ? given : asRecorded(shown.withNeeded(given, {})))
      for (const mandate of mandates) execute(strategy, mandate)
    }
  }
  return trades
}

function execute(strategy: ChampionStrategy, { symbol, type, price, notionalUsd, direction, reason }: Mandate): void {
  const leg = { symbol, price: price!, feesUsd: 0, fundingUsd: 0, complete: true, reason }
  if (type === 'ENTRY') {
    strategy.onFill({ ...leg, direction: direction!, leg: 'entry', quantity: notionalUsd! / price! })
  } else if (type === 'EXIT') {
    const held = strategy.openPosition!
    strategy.onFill({ ...leg, direction: held.direction, leg: 'exit', quantity: held.quantity! })
  }
}

function booksOf(source: OrderBookSource, bar: number): BarBooks {
  const rows: Record<string, AssetBook> = {}
  for (const asset of source.assets) {
    const book = source.book(asset, bar)
    if (book !== undefined) rows[asset] = book
  }
  return { macro: source.macro(bar), rows }
}

/** What of the bar a recovery shows. */
function asRecorded(bar: StrategyBar): StrategyBar {
  const recorded = JSON.parse(JSON.stringify(recordedBar(bar, []))) as RecordedBar
  return strategyBar(recorded, bar.symbols)
}

/** The market with what a strategy is not told: one direction throughout, and boosts that come from the breaker. */
export function settled(market: Market, direction: -1 | 1): Market {
  const days = market.days.map((day) => {
    const { acb } = day.start
    const source = acb === undefined ? {} : { acb: { ...acb, source: 'breaker' as const } }
    return { ...day, start: { ...day.start, ...source, direction } }
  })
  return { ...market, days }
}
