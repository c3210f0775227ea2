import { dateOfEpochDay, epochDay, type IsoDate } from '../../../base/utc-date.js'
import type { ClosedTrade } from '../../../core/forewarner/assessment.js'
import { MONTE_CARLO } from '../../../core/forewarner/monte-carlo.js'
import { sayRefusal } from '../../../core/grid/document-check.js'
import { RESULT_KEYS } from '../../../core/grid/names.js'
import { DAILY_RESULT } from '../../../core/grid/trader-documents.js'
import type { GridMap } from '../../../ports/grid.js'

/**
 * Closed trades of the dates before one that may be evidence, out of the results of days. Of a date that several writers have
 * results of, those of the live trader count, else the supervised flow's, else the paper flow's.
 *
 * @throws GridUnavailable
 */
export async function closedTradesOfGrid(
  results: GridMap,
  date: IsoDate,
  warn: (text: string) => void,
): Promise<readonly ClosedTrade[]> {
  const dates = Array.from({ length: MONTE_CARLO.evidenceDays }, (_, i) => dateOfEpochDay(epochDay(date) - 1 - i))
  const texts = await results.getAll(dates.flatMap((day) => WRITERS.map((key) => key(day))))
  return dates.flatMap((day) => {
    for (const key of WRITERS) {
      const text = texts.get(key(day))
      if (text === undefined) continue
      const reading = DAILY_RESULT.read(text)
      if ('value' in reading) return (reading.value.closed_trades ?? []).map(tradeOf)
      warn(`${results.name}[${key(day)}]: ${sayRefusal(reading.refused)}`)
    }
    return []
  })
}

const WRITERS: readonly ((date: IsoDate) => string)[] = [RESULT_KEYS.live, RESULT_KEYS.supervised, RESULT_KEYS.flow]

function tradeOf(trade: {
  readonly exit_time_ms: number
  readonly net: number
  readonly capital_before: number
  readonly leverage_ceiling: number
}): ClosedTrade {
  const { exit_time_ms: exitTimeMs, net, capital_before: capitalBefore, leverage_ceiling: leverageCeiling } = trade
  return { exitTimeMs, net, capitalBefore, leverageCeiling }
}
