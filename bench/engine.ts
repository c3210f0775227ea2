import { findDayFiles, parquetDays } from '../src/adapters/parquet/parquet-days.js'
import { Engine } from '../src/core/engine/engine.js'
import { DEFAULT_PARAMETERS } from '../src/core/engine/parameters.js'
import { SEGMENT_PRICES, type SegmentProfiles, scalarProfiles } from '../src/core/selection/impulse-response.js'
import { simdProfiles } from '../src/core/selection/simd-profiles.js'
import type { DayColumns } from '../src/ports/days.js'
import { type Figure, median } from './measure.js'

const REPEATS = 7
const ASSETS = 50
/** Bars after which the compiler has settled, whatever the number of days. */
const WARM_BARS = 2_000_000

export interface EngineBench {
  /** Runs all days once on a fresh engine. */
  pass(): EnginePass
}

export interface EnginePass {
  readonly microsecondsPerBar: number
  readonly trades: number
  readonly capital: number
}

/** The engine alone, the columns of a folder of days in memory; handed out warm. */
export async function benchEngine(folder: string): Promise<EngineBench> {
  const days: DayColumns[] = []
  for await (const outcome of parquetDays.read(await findDayFiles([folder]), { workers: 0 })) {
    if ('error' in outcome) throw outcome.error
    days.push(outcome.day.columns)
  }
  const bars = days.reduce((total, day) => total + day.bars, 0)
  const pass = (): EnginePass => {
    const engine = new Engine(DEFAULT_PARAMETERS, 25_000)
    let trades = 0
    const start = process.hrtime.bigint()
    for (const day of days) {
      engine.beginDay({ date: day.date })
      engine.attach(day)
      trades += engine.run().length
      engine.endDay()
    }
    const microsecondsPerBar = Number(process.hrtime.bigint() - start) / 1e3 / bars
    return { microsecondsPerBar, trades, capital: engine.capital }
  }
  for (let warm = 0; warm < WARM_BARS; warm += bars) pass()
  return { pass }
}

/** The ranking kernel against its scalar twin. */
export function kernelFigure(): Figure {
  return {
    name: `ranking kernel, ${ASSETS} assets (SIMD)`,
    value: kernelTime(simdProfiles(ASSETS)),
    unit: 'µs',
    baseline: { name: 'scalar twin', value: kernelTime(scalarProfiles(ASSETS)) },
  }
}

function kernelTime(profiles: SegmentProfiles): number {
  for (let i = 0; i < profiles.width * SEGMENT_PRICES; i++) profiles.prices[i] = 100 + Math.sin(i * 12.9898) * 0.5
  const calls = 2_000
  const times: number[] = []
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const start = process.hrtime.bigint()
    for (let call = 0; call < calls; call++) profiles.compute(0, ASSETS, false)
    times.push(Number(process.hrtime.bigint() - start) / 1e3 / calls)
  }
  return median(times)
}
