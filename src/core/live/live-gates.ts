import { unreachable } from '../../base/assert.js'
import type { CertificateVerdict } from '../mode/certificate.js'
import type { CleanRecord } from '../paper-record/clean-record.js'
import { BARS_MS_DEMANDED, DAYS_DEMANDED } from '../paper-record/clean-record.js'

/**
 * What must hold before money is traded, each with what was found and what to do. All of them, or nothing starts.
 * Source: spec "The market", "Environments".
 */
export function liveGates(facts: LiveFacts): readonly GateFinding[] {
  return GATES.map((gate) => ({ gate, ...FINDING[gate](facts) }))
}

export interface GateFinding extends Judged {
  readonly gate: LiveGate
}

export type LiveGate = (typeof GATES)[number]

/** In the order in which a person would put them right. */
const GATES = [
  'champion',
  'certificate',
  'paperRecord',
  'orderBook',
  'exchange',
  'clock',
  'disk',
  'grid',
  'confirmation',
] as const

export interface LiveFacts {
  /** Of the parameters in force, and of the frozen champion; `isOwn`: a strategy of somebody's own would trade. */
  readonly champion: { readonly hash: string; readonly frozenHash: string; readonly isOwn: boolean }
  readonly certificate: CertificateVerdict
  readonly record: CleanRecord | { readonly fault: string }
  readonly orderBook: BooksFact | Fault
  /** Whether the account can be reached and is set up as this system trades. */
  readonly exchange: { readonly name: string; readonly isProduction: boolean; readonly atMs: number } | Fault
  /** The local clock less the exchange's, and how wrong that may be, ms. */
  readonly clock: { readonly offsetMs: number; readonly toleranceMs: number; readonly atMs: number } | Fault
  /** Share of the disk that is used, %. */
  readonly disk: { readonly usedPct: number; readonly atMs: number } | Fault
  readonly grid: { readonly place: string; readonly sinceMs: number } | Fault
  /** The account's alias as the exchange calls it, and what a person typed. */
  readonly confirmation: { readonly alias: string; readonly given: string | undefined; readonly atMs: number } | Fault
}

/** Which order books would decide: those of now, known since then (UTC ms), those of a file, or none. */
export type BooksFact =
  | { readonly kind: 'live'; readonly source: string; readonly isProduction: boolean; readonly sinceMs: number }
  | { readonly kind: 'table'; readonly file: string }
  | { readonly kind: 'none' }

/** Why something could not be looked at. */
interface Fault {
  readonly fault: string
}

interface Judged {
  readonly holds: boolean
  /** UTC ms since when it holds, or was last seen to; null while it does not. */
  readonly sinceMs: number | null
  readonly found: string
  /** What to do; null where it holds. */
  readonly remedy: string | null
}

const OFFSET_MS_MAX = 100
/** Above it a session opens nothing: spec "/status". */
const DISK_USED_PCT_MAX = 85

const FINDING: Record<LiveGate, (facts: LiveFacts) => Judged> = {
  champion({ champion: { hash, frozenHash, isOwn } }) {
    if (isOwn) return fails('a strategy of your own', 'Trade the champion: LIVE is certified for it alone.')
    if (hash === frozenHash) return holds(null, `parameters ${hash}`)
    return fails(
      `parameters ${hash}, the champion's are ${frozenHash}`,
      'Leave out --set and --research, and name no --config but the champion.',
    )
  },
  certificate({ certificate: { state, why, issuedAtMs } }) {
    if (state === 'PASS') return holds(issuedAtMs ?? null, why)
    return fails(`${state}: ${why}`, 'Make one with dolphin certify, and name it with --certificate and its key.')
  },
  paperRecord({ record }) {
    const remedy = 'Run dolphin paper --live, and name each of its folders with --record.'
    if ('fault' in record) return fails(record.fault, remedy)
    const hours = BARS_MS_DEMANDED / 3_600_000
    const days = `${record.days} of ${DAYS_DEMANDED} clean days of at least ${hours} h of bars`
    if (record.holds) return holds(record.sinceMs, `${record.days} clean days, ${record.from} to ${record.to}`)
    const faults = record.faults.slice(-FAULTS_SHOWN).map(({ date, why }) => `${date}: ${why}`)
    return fails([days, ...faults].join('; '), remedy)
  },
  orderBook({ orderBook }) {
    if ('fault' in orderBook)
      return fails(orderBook.fault, 'See what docs/live.md says of order books; dolphin book check looks longer.')
    switch (orderBook.kind) {
      case 'table':
        return fails(
          `a table of order books, ${orderBook.file}`,
          'Leave out --order-book: LIVE trades on the books of now.',
        )
      case 'none':
        return fails('no order books decide', 'Leave out --books none: LIVE trades on the books of now.')
      case 'live':
        return orderBook.isProduction
          ? holds(orderBook.sinceMs, orderBook.source)
          : fails(`${orderBook.source}: not those of the market`, 'LIVE trades at --exchange-at production alone.')
      default:
        return unreachable(orderBook)
    }
  },
  exchange({ exchange }) {
    if ('fault' in exchange) return fails(exchange.fault, 'See what docs/live.md says of this refusal.')
    if (exchange.isProduction) return holds(exchange.atMs, `the account at ${exchange.name} is reached and set up`)
    return fails(`connected to ${exchange.name}`, 'LIVE trades at --exchange-at production alone.')
  },
  clock({ clock }) {
    const remedy = 'Let the operating system follow a time source (NTP), or move nearer to the exchange.'
    if ('fault' in clock) return fails(clock.fault, remedy)
    const { offsetMs, toleranceMs, atMs } = clock
    const found = `${Math.abs(offsetMs).toFixed(0)} ms ${offsetMs < 0 ? 'behind' : 'ahead of'} the exchange, ± ${toleranceMs.toFixed(0)} ms`
    return Math.abs(offsetMs) < OFFSET_MS_MAX ? holds(atMs, found) : fails(found, remedy)
  },
  disk({ disk }) {
    const remedy = 'Free the disk that --out lies on.'
    if ('fault' in disk) return fails(disk.fault, remedy)
    const found = `${disk.usedPct.toFixed(0)} % used`
    return disk.usedPct < DISK_USED_PCT_MAX ? holds(disk.atMs, found) : fails(found, remedy)
  },
  grid({ grid }) {
    if ('fault' in grid) return fails(grid.fault, 'Start the cluster, or trade with --grid embedded.')
    return holds(grid.sinceMs, grid.place)
  },
  confirmation({ confirmation }) {
    if ('fault' in confirmation) return fails(confirmation.fault, 'See what docs/live.md says of this refusal.')
    const { alias, given, atMs } = confirmation
    if (given === alias) return holds(atMs, `you named the account ${alias}`)
    return fails(
      given === undefined ? `nobody has confirmed the account ${alias}` : `the account is ${alias}, you named ${given}`,
      `If this is the account whose money you mean: --i-mean-it ${alias}`,
    )
  },
}

/** Of what broke a record, the latest. */
const FAULTS_SHOWN = 3

function holds(sinceMs: number | null, found: string): Judged {
  return { holds: true, sinceMs, found, remedy: null }
}

function fails(found: string, remedy: string): Judged {
  return { holds: false, sinceMs: null, found, remedy }
}
