import { AverageTrueRange } from '../../src/core/analysis/average-true-range.js'
import { labelCascades } from '../../src/core/analysis/cascade-labels.js'
import { TakerFlow } from '../../src/core/analysis/flow-imbalance.js'
import { LiquidationZ } from '../../src/core/analysis/liquidation-z.js'
import { classifyRegime } from '../../src/core/analysis/regime.js'
import { DailyVwap } from '../../src/core/analysis/vwap.js'
import { detectWaves } from '../../src/core/analysis/waves.js'

type Timed<T> = readonly (readonly [tsMs: number, value: T])[]

/** `cascades` of the observation vectors. */
export function cascadesCase(args: unknown): unknown {
  const [coin, openInterest, liquidations, marks] = args as [string, Timed<string>, Timed<number>, Timed<string>]
  return labelCascades({
    coin,
    openInterest: columnsOf(openInterest),
    liquidations: liquidations.map(([tsMs]) => tsMs),
    marks: columnsOf(marks),
  })
}

/** `waves` of the observation vectors. */
export function wavesCase(args: unknown): unknown {
  const [liquidations, gapMs = 30_000, minWaveSize = 1] = args as [Timed<number | null>, number?, number?]
  const timed = liquidations.map(([tsMs, valueUsd]) => ({ tsMs, valueUsd: valueUsd ?? undefined }))
  return detectWaves(timed, { gapMs, minWaveSize })
}

/** `liq_z` of the observation vectors. */
export function liquidationZCase(args: unknown): unknown {
  const [liquidations, nowMs, sinceMs] = args as [Timed<number>, number, number]
  const z = new LiquidationZ()
  for (const [tsMs, usd] of liquidations) z.add(tsMs, usd)
  return z.at({ nowMs, sinceMs })
}

/** `atr` of the observation vectors: the figure after each candle. */
export function atrCase(args: unknown): unknown {
  const [candles, period] = args as [readonly (readonly [high: number, low: number, close: number])[], number?]
  const atr = new AverageTrueRange(period)
  return candles.map(([high, low, close]) => {
    atr.add({ high, low, close })
    return atr.value
  })
}

/** `vwap` of the observation vectors: the figure after each trade. */
export function vwapCase(args: unknown): unknown {
  const [trades] = args as [readonly (readonly [tsMs: number, price: number, baseQty: number])[]]
  const vwap = new DailyVwap()
  return trades.map(([tsMs, price, baseQty]) => {
    vwap.trade(tsMs, price, baseQty)
    return vwap.at(tsMs)
  })
}

/** `imbalance` of the observation vectors. */
export function imbalanceCase(args: unknown): unknown {
  const [trades, nowMs] = args as [readonly (readonly [tsMs: number, side: string, baseQty: number])[], number]
  const flow = new TakerFlow()
  for (const [tsMs, side, baseQty] of trades) flow.trade({ tsMs, price: 1, baseQty, isBuy: side === 'BUY' })
  return flow.imbalanceAt(nowMs)
}

/** `regime` of the observation vectors, whose change of the open interest is in percent. */
export function regimeCase(args: unknown): unknown {
  const [{ oiChange5mPct, ...figures }] = args as [Record<string, number | null>]
  const known = Object.fromEntries(Object.entries(figures).filter(([, figure]) => figure !== null))
  const change = typeof oiChange5mPct === 'number' ? { openInterestChange5mFrac: oiChange5mPct / 100 } : {}
  const { regime, reason } = classifyRegime({ ...known, ...change })
  return { regime, reason }
}

function columnsOf(figures: Timed<string>): { readonly tsMs: number[]; readonly figures: string[] } {
  return { tsMs: figures.map(([tsMs]) => tsMs), figures: figures.map(([, figure]) => figure) }
}
