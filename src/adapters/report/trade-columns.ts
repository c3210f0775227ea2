import { directionName, type TradeDirection } from '../../base/direction.js'
import type { Trade } from '../../ports/vocabulary/trades.js'
import { formatNumber, formatPercentChange, formatPrice, formatTime, formatUsd, formatUsdChange } from './format.js'

/** A column of the trade list: what it sorts by and what it shows. */
export interface TradeColumn {
  readonly key: string
  readonly label: string
  /** Said where the label alone is short. */
  readonly explanation: string
  /** Text starts at the left and sorts A to Z first; numbers end at the right and sort from the greatest. */
  readonly kind: 'text' | 'number'
  /** Coloured by sign. */
  readonly signed?: true
  value(trade: Trade, index: number): number | string | null
  text(trade: Trade, index: number): string
}

/** The columns of the trade list; bars stand in for times where trades have none. */
export function tradeColumns(axis: 'time' | 'bar'): readonly TradeColumn[] {
  const opened: TradeColumn =
    axis === 'time'
      ? time('entry', 'Entry (UTC)', 'time of the entry bar', (trade) => trade.entryTimeMs)
      : number('entry', 'Entry bar', 'global index of the entry bar', (trade) => trade.entryBar, whole)
  const closed: TradeColumn =
    axis === 'time'
      ? time('exit', 'Exit (UTC)', 'time of the exit bar', (trade) => trade.exitTimeMs)
      : number('exit', 'Exit bar', 'global index of the exit bar', (trade) => trade.exitBar, whole)
  return [
    number('number', '#', 'number of the trade in the run', (_, index) => index + 1, whole),
    text('asset', 'Asset', 'instrument', (trade) => trade.asset),
    text('side', 'Side', 'direction of the position', (trade) => sideOf(trade)),
    opened,
    closed,
    number('held', 'Held', 'bars held', (trade) => trade.barsHeld, whole),
    text('reason', 'Exit', 'reason of the exit', (trade) => trade.ownReason ?? trade.reason),
    number('entryPrice', 'Entry price', 'fill price of the entry', (trade) => trade.entryPrice, formatPrice),
    number(
      'exitPrice',
      'Exit price',
      'fill price of the exit, slippage included',
      (trade) => trade.exitPrice,
      formatPrice,
    ),
    number(
      'leverage',
      'Lev.',
      'leverage',
      (trade) => trade.leverage,
      (value) => `${formatNumber(value, 2)}×`,
    ),
    number(
      'notional',
      'Notional',
      'USD at entry',
      (trade) => trade.notional,
      (value) => formatUsd(value, 0),
    ),
    {
      ...number('pnl', 'P&L', 'fraction of notional, before fees', (trade) => trade.pnlPctRaw, formatPercentChange),
      signed: true,
    },
    number('fees', 'Fees', 'entry and exit fees, USD', (trade) => trade.fees, formatUsd),
    number('edge', 'Edge', 'simulated order-book edge included in net, USD', (trade) => trade.edgeUsd, formatUsd),
    { ...number('net', 'Net', 'result after all costs, USD', (trade) => trade.net, formatUsdChange), signed: true },
    number('capital', 'Capital', 'realised capital after the trade, USD', (trade) => trade.capitalAfter, formatUsd),
  ]
}

/** `SHORT` or `LONG`. */
export function sideOf(position: Pick<Trade, 'direction'>): TradeDirection {
  return directionName(position.direction)
}

function whole(value: number): string {
  return formatNumber(value, 0)
}

type Described = Pick<TradeColumn, 'key' | 'label' | 'explanation'>

function text(key: string, label: string, explanation: string, value: (trade: Trade) => string): TradeColumn {
  const described: Described = { key, label, explanation }
  return { ...described, kind: 'text', value, text: value }
}

function time(key: string, label: string, explanation: string, value: (trade: Trade) => number | null): TradeColumn {
  const described: Described = { key, label, explanation }
  return { ...described, kind: 'number', value, text: (trade) => formatTime(value(trade)) }
}

function number(
  key: string,
  label: string,
  explanation: string,
  value: (trade: Trade, index: number) => number,
  format: (value: number) => string,
): TradeColumn {
  const described: Described = { key, label, explanation }
  return { ...described, kind: 'number', value, text: (trade, index) => format(value(trade, index)) }
}
