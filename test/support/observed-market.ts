import { Observation } from '../../src/core/observation/observation.js'
import type {
  ObservedDepthTop,
  ObservedKline,
  ObservedLiquidation,
  ObservedMarkPrice,
  ObservedPosition,
  ObservedTrade,
} from '../../src/ports/vocabulary/observation-events.js'

/** A whole day, hour, minute and ten seconds: 2026-01-01 00:00 UTC. */
export const T0 = 1_767_225_600_000
export const AAA = 'AAAUSDT'

/** An observation of some symbols whose time is {@link T0}. */
export function observing(...symbols: readonly string[]): Observation {
  const observation = new Observation({ symbols: symbols.length === 0 ? [AAA] : symbols })
  observation.advanceTime(T0)
  return observation
}

export function trade(fields: Partial<ObservedTrade> = {}): ObservedTrade {
  return { kind: 'TRADE', symbol: AAA, tsMs: T0 + 1, price: 100, baseQty: 1, side: 'BUY', ...fields }
}

export function liquidation(fields: Partial<ObservedLiquidation> = {}): ObservedLiquidation {
  return { kind: 'LIQUIDATION', symbol: AAA, tsMs: T0 + 1, price: 100, baseQty: 1, side: 'SELL', ...fields }
}

export function depth(fields: Partial<ObservedDepthTop> = {}): ObservedDepthTop {
  return { kind: 'DEPTH_TOP', symbol: AAA, tsMs: T0 + 1, bidSize: 5, askSize: 6, ...fields }
}

export function mark(fields: Partial<ObservedMarkPrice> = {}): ObservedMarkPrice {
  return { kind: 'MARK_PRICE', symbol: AAA, tsMs: T0 + 1, markPrice: 100, ...fields }
}

export function position(fields: Partial<ObservedPosition> = {}): ObservedPosition {
  return {
    ...{ kind: 'POSITION', symbol: AAA, tsMs: T0 + 1, account: 'a', positionSize: 1, positionValueUsd: 100 },
    ...{ leverage: 10, ...fields },
  }
}

export function kline(fields: Partial<ObservedKline> = {}): ObservedKline {
  return {
    ...{ kind: 'KLINE', symbol: AAA, tsMs: T0 + 1, interval: '5m', openMs: T0 - 300_000, closeMs: T0 - 1 },
    ...{ open: 1, high: 2, low: 1, close: 2, baseVolume: 3, closed: true, ...fields },
  }
}

/** Takes events, all of which must be accepted, and lets time come to `tMs`. */
export function observe(observation: Observation, events: readonly unknown[], tMs: number): void {
  for (const event of events) {
    const answer = observation.ingest(event)
    if (!answer.accepted) throw new Error(`refused with ${answer.reason}: ${JSON.stringify(event)}`)
  }
  observation.advanceTime(tMs)
}
