import { found } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { isDate } from '../../base/utc-date.js'
import type { Period } from '../../core/days/period.js'
import { aSharedGrid } from '../grid-option.js'
import { type LiveScannerChoice, liveScannerChoice, type RawLiveScannerOptions } from '../live-options.js'
import { COLUMN_LIST_EXPECTED, columnList } from '../shell/column-list.js'
import { OptionCheck } from '../shell/option-check.js'

/** The options of `dolphin serve scanner` as they were typed. */
export interface RawServeScannerOptions extends RawLiveScannerOptions {
  readonly storage: string
  readonly grid?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

export interface ServeScannerOptions {
  /** Live prices; absent: recorded days. */
  readonly live?: LiveScannerChoice
  readonly inputs: readonly string[]
  readonly storage: string
  /** `hazelcast://host:port[,host:port…]`; absent: a bridge publishes the files. */
  readonly grid?: string
  readonly period: Period
  /** The price columns; absent: those whose names are symbols. */
  readonly assets?: readonly string[]
  readonly speed: number | 'max'
  readonly json: boolean
  readonly quiet: boolean
}

/** @throws InputMistake with every mistake. */
export function serveScannerOptions(raw: RawServeScannerOptions): ServeScannerOptions {
  const check = new OptionCheck()
  const { days = [], storage, grid, from, to } = raw
  if (storage.trim() === '') check.wrong('--storage', 'expected a folder, found nothing')
  if (grid !== undefined) aSharedGrid(grid, (message) => check.wrong('--grid', message))
  for (const [flag, date] of [
    ['--from', from],
    ['--to', to],
  ] as const) {
    if (date !== undefined && !isDate(date))
      check.wrong(flag, `expected a calendar date YYYY-MM-DD, found ${found(date)}`)
  }
  if (from !== undefined && to !== undefined && isDate(from) && isDate(to) && from > to) {
    check.wrong('--to', `expected ${from} or later, found ${to}`)
  }
  const live = liveScannerChoice(raw, check)
  const speed = speedOf(raw.speed ?? '1', check)
  const assets = raw.assets === undefined ? undefined : columnList(raw.assets)
  if (raw.assets !== undefined && assets === undefined)
    check.wrong('--assets', `expected ${COLUMN_LIST_EXPECTED}, found ${found(raw.assets)}`)
  check.done()
  return {
    inputs: days,
    storage,
    period: present({ from, to }),
    speed: speed!,
    json: raw.json ?? false,
    quiet: raw.quiet ?? false,
    ...present({ grid, assets, live }),
  }
}

function speedOf(text: string, check: OptionCheck): number | 'max' | undefined {
  if (text === 'max') return text
  const factor = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN
  return factor > 0
    ? factor
    : check.wrong('--speed', `expected a factor above 0 such as 10, or max, found ${found(text)}`)
}
