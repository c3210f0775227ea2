import { present } from '../../base/present.js'
import { dateOfEpochDay, NS_PER_DAY } from '../../base/utc-date.js'
import { Scanner } from '../../core/eigen/scanner.js'
import { WARMUP_ROWS } from '../../core/engine/engine.js'
import type { PriceSource } from '../../ports/prices.js'
import type { ScanPrecision } from '../../ports/vocabulary/scan.js'
import { FundingTimes } from './funding-times.js'
import { type BarSettings, dayBeginning } from './session-bars.js'
import type { SessionPoint } from './session-recovery.js'
import type { SessionStep } from './session-steps.js'

/**
 * Prices as they come, recorded or live, as the steps of a session: each vector is scanned for the signal, which there is
 * once the longest window is full. A step without any price is none. When a day has ended is not known before the next
 * begins, so no step says so. Reading ends with the reason of the signal.
 *
 * A session that goes on has its bars numbered on, its day goes on where it was left, and a settlement that it missed is the next
 * bar's. The windows of the signal fill anew.
 */
export async function* priceSteps(
  source: PriceSource,
  settings: Omit<BarSettings, 'volGate'> & { readonly precision?: ScanPrecision },
  signal?: AbortSignal,
  from?: SessionPoint,
): AsyncGenerator<SessionStep, void, void> {
  const { symbols } = source
  const scanner = new Scanner(symbols, settings.precision)
  let bar = from === undefined ? 0 : from.bar + 1
  let rowOfDay = from === undefined ? 0 : from.dayBars - 1
  let lastDate = from === undefined || from.bar < 0 ? undefined : dateOf(BigInt(from.barAtMs) * NS_PER_MS)
  const funding = new FundingTimes(lastDate === undefined ? undefined : from?.barAtMs)
  for await (const { timestampNs, prices } of source.steps(signal)) {
    const scan = scanner.push(prices, { scanNumber: bar, timestampNs })
    if (scan === undefined) continue
    const date = dateOf(timestampNs)
    const day = date === lastDate ? undefined : dayBeginning(date, settings)
    rowOfDay = day === undefined ? rowOfDay + 1 : 0
    const timestampMs = Number(timestampNs / NS_PER_MS)
    yield {
      bar: {
        bar: bar++,
        timestampMs,
        symbols,
        prices: Float64Array.from(prices),
        velDiv: scan.velDiv,
        volOk: rowOfDay >= WARMUP_ROWS,
        dataQuality: scan.dataQuality,
        ...present({ day }),
        posture: settings.posture,
      },
      date,
      ...present({ fundedAtMs: funding.settledBy(timestampMs) }),
    }
    lastDate = date
  }
}

const NS_PER_MS = 1_000_000n

function dateOf(timestampNs: bigint): string {
  return dateOfEpochDay(Number(timestampNs / NS_PER_DAY))
}
