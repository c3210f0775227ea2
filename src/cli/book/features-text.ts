import { displayPath } from '../../files/package-files.js'
import type { RecordingFacts } from '../../ports/market-recording.js'
import { count, percent, plural, table } from '../shell/figures-text.js'
import { reportJson } from '../shell/report-json.js'
import { type Colours, textOfLines } from '../shell/terminal.js'
import type { FeatureFigures } from './feature-summary.js'
import { timeText } from './ladder-text.js'

export interface FeaturesResult {
  readonly recording: string
  readonly facts: RecordingFacts
  readonly summary: FeatureFigures
  /** Absent: none was asked for. */
  readonly table: WrittenTable | undefined
  readonly parquet: string | undefined
}

/** A table that backtest --order-book reads. */
export interface WrittenTable {
  readonly path: string
  /** Bars of the days that it counts. */
  readonly bars: number
  /** Assets that have a row. */
  readonly assets: number
  readonly rows: number
  readonly macroRows: number
}

/** For people: a line for each asset, in 80 columns. */
export function featuresText({ facts, summary, table: written }: FeaturesResult, colours: Colours): string {
  const { bars, firstMs, lastMs, assets, cascadeBars, stressBars, calmBars } = summary
  const period = firstMs === null || lastMs === null ? '' : `, ${timeText(firstMs)} … ${timeText(lastMs)}`
  const rows = assets.map(({ symbol, known, complete, medians: m }) => [
    symbol,
    percent(known, 1),
    percent(complete, 1),
    figure(m.spread_bps, 3),
    m.depth_usd == null ? '-' : count(m.depth_usd),
    figure(m.imbalance_ma5, 3),
    figure(m.depth_quality, 3),
    figure(m.fill_probability, 3),
  ])
  const head = ['medians', 'known', 'complete', 'bps', 'depth USD', 'imb_ma5', 'quality', 'fill']
  const lines = [
    `${plural(bars, 'bar')} of ${facts.stepMs / 1_000} s${period}`,
    ...(rows.length === 0 ? [] : ['', ...table(head, rows, { head: colours.dim }), '']),
    `cascades in ${plural(cascadeBars, 'bar')}, stress in ${count(stressBars)}, calm in ${count(calmBars)}`,
  ]
  if (facts.books === 'partial') lines.push('Of best levels whole: depth means little, and LIVE refuses such tables.')
  if (written !== undefined)
    lines.push(
      `${displayPath(written.path)}: ${plural(written.rows, 'row')} of ${plural(written.assets, 'asset')} ` +
        `over ${plural(written.bars, 'bar')} of the days`,
    )
  return textOfLines(lines)
}

/** For programs: the same, numbers as they are. */
export function featuresJson({ recording, facts, summary, table: written, parquet }: FeaturesResult): string {
  const { stepMs, books } = facts
  const report = { schema: 'dolphin.book-features/1', recording, stepMs, books, ...summary }
  return reportJson({ ...report, table: written ?? null, parquet: parquet ?? null })
}

function figure(value: number | null | undefined, digits: number): string {
  return value == null ? '-' : value.toFixed(digits)
}
