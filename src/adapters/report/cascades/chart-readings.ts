import type { ShownCascade, ShownValue } from './shown-cascade.js'
import { thinned } from './thinned.js'

/** What the page's script reads out of a chart. Times are ms after `fromMs`; columns, since a name to each value takes the room. */
export interface ChartReading {
  readonly fromMs: number
  readonly untilMs: number
  /** Moments that the keyboard stops at, with their names. */
  readonly moments: readonly (readonly [ms: number, name: string])[]
  readonly price: Columns
  readonly interest: Columns
  readonly forced: {
    readonly ms: readonly number[]
    readonly longs: readonly number[]
    readonly shorts: readonly number[]
  }
}

interface Columns {
  readonly ms: readonly number[]
  readonly values: readonly number[]
}

const READINGS_MAX = 240
const FORCED_MAX = 400

export function chartReadings(cascades: readonly ShownCascade[]): Readonly<Record<string, ChartReading>> {
  return Object.fromEntries(cascades.map((cascade) => [cascade.cascadeId, readingOf(cascade)]))
}

function readingOf(cascade: ShownCascade): ChartReading {
  const { marks, openInterest, liquidations, fromMs, untilMs } = cascade.recorded!
  const columns = (values: readonly ShownValue[]): Columns => {
    const kept = thinned(values, READINGS_MAX)
    return { ms: kept.map(({ tsMs }) => tsMs - fromMs), values: kept.map(({ value }) => Number(value.toPrecision(9))) }
  }
  const forced = sumsOf(cascade)
  return {
    ...{ fromMs, untilMs, price: columns(marks), interest: columns(openInterest), forced },
    moments: momentsOf(cascade).map(([ms, name]) => [ms - fromMs, name] as const),
  }
  /** Of liquidations, sums of equal times where there are many. */
  function sumsOf({ recorded }: ShownCascade): ChartReading['forced'] {
    const times = new Set(liquidations.map(({ tsMs }) => tsMs))
    const eachMs = times.size <= FORCED_MAX ? 1 : Math.ceil((recorded!.untilMs - fromMs) / FORCED_MAX)
    const sums = new Map<number, { longs: number; shorts: number }>()
    for (const { tsMs, valueUsd, side } of liquidations) {
      const ms = Math.floor((tsMs - fromMs) / eachMs) * eachMs
      const sum = sums.get(ms) ?? { longs: 0, shorts: 0 }
      sum[side === 'SELL' ? 'longs' : 'shorts'] += valueUsd
      sums.set(ms, sum)
    }
    const of = [...sums].sort(([a], [b]) => a - b)
    const column = (kind: 'longs' | 'shorts') => of.map(([, sum]) => Math.round(sum[kind]))
    return { ms: of.map(([ms]) => ms), longs: column('longs'), shorts: column('shorts') }
  }
}

function momentsOf({ startTsMs, endTsMs, afterMs, waves, recorded }: ShownCascade): [number, string][] {
  const inWaves = waves.flatMap(({ waveNum, startTsMs: from, endTsMs: to }): [number, string][] =>
    from === to
      ? [[from, `wave ${waveNum}`]]
      : [
          [from, `start of wave ${waveNum}`],
          [to, `end of wave ${waveNum}`],
        ],
  )
  const all: [number, string][] = [[startTsMs, 'start'], ...inWaves, [endTsMs, 'end'], [afterMs, 'five minutes after']]
  return all.filter(([ms]) => ms >= recorded!.fromMs && ms <= recorded!.untilMs).sort(([a], [b]) => a - b)
}
