import { count, duration, plural } from '../../shell/figures-text.js'
import type { DownloadOptions } from './options.js'

/** Days of a symbol that are not in the folder, and why. */
export interface MissingDays {
  readonly symbol: string
  readonly from: string
  readonly to: string
  readonly days: number
  readonly why: MissingReason
  /** What an exchange or a network said, where that is why. */
  readonly message?: string
}

/**
 * - `not-listed-yet`: the contract began later. No failure: there is nothing to have.
 * - `not-listed`: the exchange does not list it, and the archive has nothing of it then.
 * - `not-there`: listed then, and neither the archive nor the exchange has it.
 * - `refused`: the exchange refused; `unreachable`: it could not be asked; `checksum`: what came is not what its checksum says.
 */
export type MissingReason = 'not-listed-yet' | 'not-listed' | 'not-there' | 'refused' | 'unreachable' | 'checksum'

export interface DownloadSummary {
  readonly symbols: number
  /** Symbol-days asked for, and those that are in the folder now. */
  readonly days: number
  readonly there: number
  readonly files: { readonly archive: number; readonly rest: number; readonly kept: number }
  readonly bytes: number
  readonly missing: readonly MissingDays[]
  readonly seconds: number
}

/** Whether everything is there that can be. */
export function isComplete({ missing }: DownloadSummary): boolean {
  return missing.every(({ why }) => why === 'not-listed-yet')
}

/** For people. */
export function summaryText(summary: DownloadSummary, { out }: DownloadOptions): string {
  const { files, days, there, missing } = summary
  const fetched = files.archive + files.rest
  const lines = [
    `${out}: ${count(there)} of ${plural(days, 'day')} of ${plural(summary.symbols, 'symbol')}; ` +
      `${plural(fetched, 'file')} fetched (${count(files.archive)} of the archive, ${count(files.rest)} over REST), ` +
      `${count(files.kept)} kept, in ${duration(summary.seconds)}`,
  ]
  return `${[...lines, ...missingLines(missing)].join('\n')}\n`
}

/** Symbols that miss the same days for the same reason share a line. */
function missingLines(missing: readonly MissingDays[]): readonly string[] {
  const symbols = new Map<string, string[]>()
  for (const { symbol, from, to, why, message } of missing) {
    const span = from === to ? from : `${from} … ${to}`
    const what = `${span}: ${REASONS[why]}${message === undefined ? '' : ` (${message})`}`
    const named = symbols.get(what)
    if (named === undefined) symbols.set(what, [symbol])
    else named.push(symbol)
  }
  return [...symbols].map(([what, named]) => `missing: ${named.join(', ')} ${what}`)
}

/** For programs. */
export function summaryDocument(summary: DownloadSummary, options: DownloadOptions): object {
  const { out, from, to, interval } = options
  return { schema: 'dolphin.download/1', out, from, to, interval, ...summary }
}

const REASONS: Readonly<Record<MissingReason, string>> = {
  'not-listed-yet': 'not listed yet',
  'not-listed': 'not listed there',
  'not-there': 'listed, and not to be had',
  refused: 'the exchange refuses',
  unreachable: 'could not be fetched',
  checksum: 'other bytes than its checksum says',
}

/** Puts days of one symbol that miss for one reason together. */
export class MissingList {
  private readonly rows: {
    symbol: string
    from: string
    to: string
    days: number
    why: MissingReason
    message?: string
  }[] = []

  add(symbol: string, dates: readonly string[], why: MissingReason, message?: string): void {
    const last = this.rows.findLast((row) => row.symbol === symbol)
    const [from, to] = [dates[0]!, dates.at(-1)!]
    if (last !== undefined && last.why === why && last.message === message && isNextDay(last.to, from)) {
      last.to = to
      last.days += dates.length
    } else this.rows.push({ symbol, from, to, days: dates.length, why, ...(message === undefined ? {} : { message }) })
  }

  list(): readonly MissingDays[] {
    return this.rows
  }
}

function isNextDay(date: string, next: string): boolean {
  return Date.parse(next) - Date.parse(date) === 86_400_000
}
