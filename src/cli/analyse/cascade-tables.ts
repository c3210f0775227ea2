import type { CascadeWave } from '../../core/analysis/cascade-labels.js'
import type { RecordedCascade } from '../../core/analysis/recorded-cascades.js'
import { count, type FileColumn, number, text } from '../compose/table-files.js'

/** `cascades.csv` and `cascades.parquet`: a row each. Times are UTC, prices marks in quote currency. */
export const CASCADE_COLUMNS: readonly FileColumn<RecordedCascade>[] = [
  count('cascade_id', (c) => c.cascadeId),
  text('symbol', (c) => c.coin),
  text('start_time', (c) => isoTime(c.startTsMs)),
  text('end_time', (c) => isoTime(c.endTsMs)),
  count('start_ms', (c) => c.startTsMs),
  count('end_ms', (c) => c.endTsMs),
  number('oi_drop_pct', (c) => Number(c.oiDropPct)),
  count('liquidations', (c) => c.liquidationCount),
  number('liquidated_usd', (c) => c.liquidatedUsd),
  count('waves', (c) => c.waveCount),
  number('price_start', (c) => Number(c.priceStart)),
  number('price_end', (c) => Number(c.priceEnd)),
  number('price_5min_after', (c) => (c.price5minAfter === undefined ? null : Number(c.price5minAfter))),
  text('outcome', (c) => c.outcome ?? null),
]

export interface WaveOfCascade {
  readonly cascade: RecordedCascade
  readonly wave: CascadeWave
}

/** `cascade-waves.csv` and `cascade-waves.parquet`: a row for each wave of each cascade. */
export const CASCADE_WAVE_COLUMNS: readonly FileColumn<WaveOfCascade>[] = [
  count('cascade_id', ({ cascade }) => cascade.cascadeId),
  text('symbol', ({ cascade }) => cascade.coin),
  count('wave', ({ wave }) => wave.waveNum),
  text('start_time', ({ wave }) => isoTime(wave.startTsMs)),
  text('end_time', ({ wave }) => isoTime(wave.endTsMs)),
  count('start_ms', ({ wave }) => wave.startTsMs),
  count('end_ms', ({ wave }) => wave.endTsMs),
  count('liquidations', ({ wave }) => wave.liquidationCount),
  number('oi_drop_pct', ({ wave }) => Number(wave.oiDropPct)),
]

export function wavesOf(cascades: readonly RecordedCascade[]): WaveOfCascade[] {
  return cascades.flatMap((cascade) => cascade.waves.map((wave) => ({ cascade, wave })))
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString()
}
