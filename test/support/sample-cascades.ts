import type {
  CascadePageData,
  ShownCascade,
  ShownLiquidation,
} from '../../src/adapters/report/cascades/shown-cascade.js'
import { Xoshiro128 } from '../../src/core/numeric/xoshiro128.js'

const START_MS = Date.UTC(2026, 0, 5, 14, 3, 20)

/** A page of cascades that never were: a falling price, open interest in steps, liquidations in waves. */
export function sampleCascadePage(count = 4, charted = count): CascadePageData {
  const cascades = Array.from({ length: count }, (_, i) => sampleCascade(i + 1, i < charted))
  return {
    ...{ engineVersion: '1.0.0', recordings: ['market/'], symbols: 3, unpriced: 0 },
    ...{ fromMs: START_MS - 3_600_000, untilMs: START_MS + 8 * 3_600_000, cascades },
    settings: { '--oi-drop': '0.10', '--window': '60s', '--gap': '30s' },
  }
}

export function sampleCascade(cascadeId: number, isCharted = true): ShownCascade {
  const random = new Xoshiro128(cascadeId)
  const startTsMs = START_MS + cascadeId * 1_800_000
  const isShort = cascadeId % 3 === 0
  const direction = isShort ? 1 : -1
  const waves = Array.from({ length: 2 + (cascadeId % 3) }, (_, i) => {
    const from = startTsMs + 6_000 + i * 52_000
    return { waveNum: i + 1, startTsMs: from, endTsMs: from + 14_000 + i * 1_000, liquidationCount: 9 }
  })
  const endTsMs = waves.at(-1)!.endTsMs
  const [fromMs, untilMs] = [startTsMs - 120_000, endTsMs + 390_000]
  const marks: { tsMs: number; value: number }[] = []
  let price = 68_432.1 / cascadeId ** 2
  for (let tsMs = fromMs; tsMs <= untilMs; tsMs += 1_000) {
    const isFalling = waves.some((wave) => tsMs >= wave.startTsMs && tsMs <= wave.endTsMs)
    const isBack = tsMs > endTsMs && tsMs < endTsMs + 240_000
    price *= 1 + direction * (isFalling ? 0.0008 : isBack ? -0.0001 : 0) + (random.double() - 0.5) * 0.0004
    marks.push({ tsMs, value: price })
  }
  const at = (ms: number) => marks.findLast(({ tsMs }) => tsMs <= ms)!.value
  const liquidations = waves.flatMap(({ startTsMs: from, endTsMs: until }) =>
    Array.from({ length: 9 }, (_, i): ShownLiquidation => {
      const tsMs = Math.round(from + ((until - from) * i) / 8)
      const isOther = i === 5
      const valueUsd = 2_000 + random.double() ** 4 * 900_000
      return { tsMs, price: at(tsMs), valueUsd, side: isShort !== isOther ? 'BUY' : 'SELL' }
    }),
  )
  const openInterest: { tsMs: number; value: number }[] = []
  let interest = 81_250
  for (let tsMs = fromMs; tsMs <= untilMs; tsMs += 10_000) {
    interest *= waves.some((wave) => tsMs >= wave.startTsMs && tsMs <= wave.endTsMs) ? 0.955 : 1.0004
    openInterest.push({ tsMs, value: interest })
  }
  const facts = {
    ...{ cascadeId, coin: ['BTCUSDT', 'ETHUSDT', '1000PEPEUSDT'][cascadeId % 3]!, startTsMs, endTsMs, waves },
    ...{ oiDropPct: 12 + cascadeId, liquidationCount: liquidations.length },
    liquidatedUsd: liquidations.reduce((sum, { valueUsd }) => sum + valueUsd, 0),
    ...{ priceStart: at(startTsMs), priceEnd: at(endTsMs), afterMs: endTsMs + 300_000 },
  }
  const outcome = cascadeId % 4 === 0 ? {} : { priceAfter: at(endTsMs + 300_000), outcome: 'REVERSAL' }
  return {
    ...facts,
    ...outcome,
    ...(isCharted ? { recorded: { fromMs, untilMs, marks, openInterest, liquidations } } : {}),
  }
}
