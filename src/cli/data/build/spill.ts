import { InputMistake } from '../../../base/mistakes.js'
import { dateOfEpochDay, epochDay, type IsoDate } from '../../../base/utc-date.js'
import { displayPath } from '../../../files/package-files.js'
import type { KlineArchive, SpillLimitError } from '../../../ports/klines.js'
import { bytesText } from '../../shell/byte-size.js'

/** A month of one-second bars of fifty symbols, from monthly archives, needs more. */
export const DEFAULT_SPILL_LIMIT = '4GB'

export interface SpillPlan {
  readonly out: string
  readonly symbols: readonly string[]
  /** The first and last day that is still to be read. */
  readonly from: IsoDate
  readonly to: IsoDate
  readonly limitBytes: number
  /** What the file system of `out` has left. */
  readonly freeBytes: number
}

/**
 * Refuses a build whose archives will take more room in its folder than is allowed or there, before anything is read.
 *
 * @throws InputMistake with how much is needed, and the last day up to which it fits.
 */
export function refuseSpill(archive: KlineArchive, plan: SpillPlan): void {
  const { out, symbols, from, to, limitBytes, freeBytes } = plan
  const neededBytes = archive.spillBytes(symbols, from, to)
  const roomBytes = Math.min(limitBytes, freeBytes)
  if (neededBytes <= roomBytes) return
  const found = freeBytes < limitBytes ? `${bytesText(freeBytes)} free there` : `a limit of ${bytesText(limitBytes)}`
  const message = `the days from ${from} to ${to} need about ${bytesText(neededBytes)} for decoded prices in ${displayPath(out)}, found ${found}`
  throw spillRefusal(message, lastThatFits(archive, { ...plan, limitBytes: roomBytes }))
}

/** The limit was reached while prices were read: how much a table holds shows only then. */
export function spillReached(error: SpillLimitError, out: string): InputMistake {
  const { neededBytes, limitBytes } = error
  return spillRefusal(
    `decoded prices need at least ${bytesText(neededBytes)} in ${displayPath(out)}, found a limit of ${bytesText(limitBytes)}`,
    undefined,
  )
}

function spillRefusal(message: string, lastDay: IsoDate | undefined): InputMistake {
  const fewer = `--to ${lastDay ?? 'with an earlier day'}`
  const hint =
    `Build fewer days at once (${fewer}, then again with a later one), give archives of days in place of months, ` +
    'take fewer symbols (--universe), or allow more (--spill-limit).'
  return new InputMistake({ place: '--spill-limit', message }, { hint })
}

/** Undefined where not even the first day fits. */
function lastThatFits(archive: KlineArchive, { symbols, from, to, limitBytes }: SpillPlan): IsoDate | undefined {
  let fits: IsoDate | undefined
  for (let day = epochDay(from); day <= epochDay(to); day++) {
    const date = dateOfEpochDay(day)
    if (archive.spillBytes(symbols, from, date) > limitBytes) return fits
    fits = date
  }
  return fits
}
