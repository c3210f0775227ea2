import { forewarnerDocument } from '../../../core/forewarner/assessment.js'
import { ACB_BOOST } from '../../../core/grid/feature-documents.js'
import { FEATURE_KEYS, GRID_MAPS } from '../../../core/grid/names.js'
import { closedTradesOfGrid } from '../../services/forewarner/grid-evidence.js'
import type { FlowTask } from '../flow-work.js'
import type { FlowParts } from './flow-parts.js'
import { mapColour } from './grid-tasks.js'
import { outputOf } from './task-outputs.js'

/** What the closed trades before the slot's date warn of, at the leverage that the date would trade with at most. */
export function assessTask(parts: FlowParts): FlowTask {
  return async ({ date, signal }) => {
    const { leverage, seed } = parts.strategy()
    const day = date.stamp.slice(0, 10)
    const maxLeverage = leverage.max * (await boostOf(parts, day))
    const trades = await closedTradesOfGrid(parts.grid.map(GRID_MAPS.pnl(mapColour(parts))), day, parts.warn)
    const request = { date: day, maxLeverage, leverageMax: leverage.absoluteMax, seed, trades }
    const assessment = await parts.assess(request, signal)
    return { output: { assessment, date: day, maxLeverage }, effects: [] }
  }
}

/** The breaker's boost of a day; 1 while it has said none. */
async function boostOf({ grid, warn }: FlowParts, date: string): Promise<number> {
  const text = await grid.map(GRID_MAPS.features).get(FEATURE_KEYS.breaker)
  if (text === undefined) return 1
  const reading = ACB_BOOST.read(text)
  if ('value' in reading) return (reading.value.date ?? date) === date ? reading.value.boost : 1
  warn(`${GRID_MAPS.features}[${FEATURE_KEYS.breaker}] cannot be used: no boost is taken`)
  return 1
}

type Assessed = Parameters<typeof forewarnerDocument>[1] & {
  readonly assessment: Parameters<typeof forewarnerDocument>[0]
}

export function writeReportTask(): FlowTask {
  return async ({ date, outputs }) => {
    const { assessment, date: day, maxLeverage } = outputOf(outputs, 'assess') as unknown as Assessed
    // The time of the document is that of its record: a task has no clock.
    const { timestamp: _, ...document } = forewarnerDocument(assessment, { date: day, maxLeverage, atMs: 0 })
    const payload = {
      map: GRID_MAPS.features,
      key: FEATURE_KEYS.forewarner,
      document: { ...document, slot: date.stamp },
    }
    return { output: null, effects: [{ name: 'report', resource: 'report', payload }] }
  }
}
