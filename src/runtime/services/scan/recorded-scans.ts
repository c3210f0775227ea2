import { refuseDisorder, timesOf } from '../../../core/days/timestamps.js'
import { regimeSignal } from '../../../core/eigen/scanner.js'
import type { DayColumns, EigenColumn } from '../../../ports/days.js'
import type { ScanRecord, WindowRecord } from '../../../ports/scan-archive.js'
import { type RecordedDays, readEachDay } from '../../session/days-survey.js'

/**
 * The scans that recorded days hold: each bar as whoever scanned it then has told it, numbered from 1 on over all days. What a
 * day file does not keep of a scan (λmax, rotation, loadings) is NaN. A bar is a scan also where nothing has a price.
 *
 * @throws DayError on a day that cannot be used.
 */
export async function* recordedScans(days: RecordedDays, signal?: AbortSignal): AsyncGenerator<ScanRecord, void, void> {
  let scanNumber = 0
  let before: string | undefined
  for await (const { columns } of readEachDay(days, signal, { eigenColumns: true })) {
    refuseDisorder(columns, before)
    before = columns.date
    const times = timesOf(columns)
    for (let row = 0; row < columns.bars; row++)
      yield scanOf(columns, row, { scanNumber: ++scanNumber, timestampNs: times[row]! })
  }
}

function scanOf(columns: DayColumns, row: number, stamp: Pick<ScanRecord, 'scanNumber' | 'timestampNs'>): ScanRecord {
  const { assets, velDiv } = columns
  const prices = Float64Array.from(columns.prices, (column) => column[row]!)
  const window = (velocity: EigenColumn, instability?: EigenColumn): WindowRecord => ({
    lambdaMax: Number.NaN,
    velocity: columns.eigen[velocity]?.[row] ?? Number.NaN,
    rotation: Number.NaN,
    instability: (instability && columns.eigen[instability]?.[row]) ?? Number.NaN,
  })
  const w50 = window('v50_lambda_max_velocity', 'instability_50')
  return {
    ...stamp,
    windows: [
      // Where a scan has no signal, whoever reads it takes the difference of the velocities: a bar that had none has none again.
      Number.isNaN(velDiv[row]!) ? { ...w50, velocity: Number.NaN } : w50,
      window('v150_lambda_max_velocity', 'instability_150'),
      window('v300_lambda_max_velocity'),
      window('v750_lambda_max_velocity'),
    ],
    velDiv: velDiv[row]!,
    regimeSignal: regimeSignal(velDiv[row]!),
    instabilityComposite: Number.NaN,
    dataQuality: prices.length === 0 ? 0 : prices.filter((price) => price > 0).length / prices.length,
    assets,
    prices,
    loadings: new Float64Array(prices.length).fill(Number.NaN),
  }
}
