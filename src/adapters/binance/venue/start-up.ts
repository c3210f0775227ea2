import type { DecimalText } from '../../../base/exact.js'
import type { ExchangeError, RestOutcome } from '../rest/call.js'
import type { RouteName } from '../rest/routes.js'
import { accountProblem } from './account-rules.js'
import type { AccountTruth } from './account-truth.js'
import { messageOf } from './order-question.js'
import { isRecord } from './orders.js'
import type { SymbolCatalogue } from './symbol-catalogue.js'
import type { CallOwner, VenueDesk } from './venue-desk.js'
import type { StartProblem } from './venue-told.js'

/**
 * What must be true of the account before entries are taken, each step such that doing it again changes nothing: the listing is
 * read, the modes of the account are as they must be, symbols have their leverage and margin type, the account is listened to,
 * and only then it is read. Whoever holds a position must be watched as soon as the exchange is there: one that is away is waited for,
 * however long it takes. Source: notes on Binance, end of 1.6.
 */
export class StartUp implements CallOwner {
  private phase: 'idle' | 'setUp' | 'listening' | 'account' | 'ready' | 'refused' = 'idle'
  /** Since when there has been something to wait for, and how often the account was read in vain. */
  private sinceMs = 0
  private vainReadings = 0
  private isWaitTold = false
  private hasBrackets = false
  private symbolConfig: unknown
  /** Steps that have no outcome yet. */
  private readonly open = new Set<string>()
  private readonly problems: StartProblem[] = []
  private readonly retries: { readonly step: Step; readonly atMs: number }[] = []

  constructor(
    private readonly desk: VenueDesk,
    private readonly catalogue: SymbolCatalogue,
    private readonly truth: AccountTruth,
    /** Begins to listen: to the account, and to the symbols. */
    private readonly listen: () => void,
  ) {}

  begin(): void {
    if (this.phase !== 'idle') return
    this.phase = 'setUp'
    this.sinceMs = this.desk.nowMs
    this.desk.entryRefusal = NOT_OVER
    for (const name of FIRST_STEPS) this.run({ name })
  }

  /** The account is listened to; true when it is read because of that here. */
  takesConnection(): boolean {
    if (this.phase !== 'listening') return false
    this.readAccount()
    return true
  }

  get dueMs(): number {
    let dueMs = Number.POSITIVE_INFINITY
    for (const { atMs } of this.retries) dueMs = Math.min(dueMs, atMs)
    return dueMs
  }

  onTime(): void {
    const due = this.retries.filter(({ atMs }) => atMs <= this.desk.nowMs)
    for (const retry of due) {
      this.retries.splice(this.retries.indexOf(retry), 1)
      if (retry.step.name === 'readAccount') this.readAccount()
      else this.run(retry.step)
    }
  }

  onOutcome(outcome: RestOutcome, key: string): void {
    if (this.phase !== 'setUp') return
    const step = stepOf(key)
    if (outcome.kind === 'unknown' || outcome.kind === 'notSent') {
      this.later(step, messageOf(outcome))
      return
    }
    if (outcome.kind === 'refused' && this.isTransient(outcome.error.code, outcome.error.httpStatus)) {
      this.later(step, messageOf(outcome))
      return
    }
    this.open.delete(key)
    if (outcome.kind === 'done') this.onDone(step, outcome.value)
    else this.onRefused(step, outcome.error, messageOf(outcome))
    this.settle()
  }

  private run(step: Step): void {
    const { route, params } = requestOf(step)
    const key = keyOf(step)
    this.open.add(key)
    const deadlineMs = this.desk.nowMs + this.desk.requestTimeoutMs
    this.desk.call({ owner: this, step: key, route, params, priority: 'truth', deadlineMs })
  }

  /** Nobody has said no: asked again until somebody does. */
  private later(step: Step, message: string): void {
    const { nowMs } = this.desk
    const waitedMs = nowMs - this.sinceMs
    this.retries.push({ step, atMs: nowMs + (waitedMs < SOON_MS ? RETRY_MS : RETRY_MS_MAX) })
    if (waitedMs >= TELL_AFTER_MS) this.tellWait(`the account could not be set up yet (${step.name}: ${message})`)
  }

  private isTransient(code: number | null, httpStatus: number): boolean {
    return httpStatus >= 500 || code === -1001 || code === -1003 || code === -1008 || code === -1021 || code === -5028
  }

  private onDone(step: Step, value: unknown): void {
    switch (step.name) {
      case 'exchangeInfo':
        this.catalogue.takeExchangeInfo(value)
        this.checkSymbols()
        return
      case 'leverageBracket':
        this.catalogue.takeBrackets(value)
        this.hasBrackets = true
        this.setUpSymbols()
        return
      case 'positionMode':
      case 'multiAssetsMode':
      case 'feeBurn':
      case 'apiRestrictions': {
        const problem = accountProblem(step.name, value)
        if (problem !== undefined) this.problems.push(problem)
        return
      }
      case 'symbolConfig':
        this.symbolConfig = value
        this.setUpSymbols()
        return
      case 'setLeverage':
      case 'setMarginType':
        return
    }
  }

  private onRefused(step: Step, { code, httpStatus }: ExchangeError, message: string): void {
    switch (step.name) {
      case 'apiRestrictions':
        if (httpStatus !== NO_SUCH_ROUTE) break
        this.desk.notice(
          'WARNING',
          'WITHDRAWALS_UNKNOWN',
          'whether the key may withdraw cannot be asked here: see that it may not',
        )
        return
      case 'setMarginType':
      case 'setLeverage': {
        // Already so.
        if (code === -4046) return
        const what = step.name === 'setLeverage' ? 'leverage' : 'margin type'
        const refusal = `${step.symbol}: its ${what} could not be set to ${step.value}: ${message}`
        this.desk.symbolRefusals.set(step.symbol!, refusal)
        this.desk.notice('ERROR', 'SYMBOL_NOT_SET_UP', `${refusal}; no entries into it`)
        return
      }
      default:
    }
    this.problem(KEY_CODES.has(code) ? 'KEY_REFUSED' : 'REFUSED', `${step.name}: the exchange refuses: ${message}`)
  }

  private checkSymbols(): void {
    const { desk, catalogue } = this
    const { symbols, areKept = false } = desk.settings
    const gone = symbols.filter((symbol) => catalogue.get(symbol) === undefined)
    for (const symbol of gone) {
      const message = `${symbol}: expected one that the exchange lists, found none`
      if (!areKept || gone.length === symbols.length) {
        this.problem('UNKNOWN_SYMBOL', message)
        continue
      }
      desk.symbolRefusals.set(symbol, message)
      desk.notice('ERROR', 'UNKNOWN_SYMBOL', `${message}; no entries into it`)
    }
  }

  /** Once it is known how they are, and how much leverage each may have. */
  private setUpSymbols(): void {
    const value = this.symbolConfig
    if (!this.hasBrackets || value === undefined) return
    const rows = new Map<unknown, Readonly<Record<string, unknown>>>()
    for (const row of Array.isArray(value) ? value : []) if (isRecord(row)) rows.set(row.symbol, row)
    const { symbols, leverage, marginType = 'CROSSED' } = this.desk.settings
    for (const symbol of symbols) {
      if (this.desk.symbolRefusals.has(symbol)) continue
      const row = rows.get(symbol)
      if (row?.marginType !== marginType) this.run({ name: 'setMarginType', symbol, value: marginType })
      if (leverage === undefined) continue
      const most = Math.min(leverage, this.catalogue.get(symbol)?.maxLeverage ?? leverage)
      if (row?.leverage !== most) this.run({ name: 'setLeverage', symbol, value: `${most}` })
    }
  }

  private settle(): void {
    if (this.open.size > 0 || this.phase !== 'setUp') return
    this.tellInstruments()
    if (this.problems.length > 0) {
      this.refuse(this.problems)
      return
    }
    this.phase = 'listening'
    this.listen()
    if (this.desk.isConnected) this.readAccount()
  }

  /** Rules may have changed, and contracts have left trading, since whoever is told knew of them. */
  private tellInstruments(): void {
    for (const symbol of this.desk.settings.symbols) {
      const instrument = this.catalogue.get(symbol)
      if (instrument !== undefined) this.desk.tell({ kind: 'instrument', instrument })
    }
  }

  private readAccount(): void {
    if (this.phase !== 'account') [this.sinceMs, this.vainReadings, this.isWaitTold] = [this.desk.nowMs, 0, false]
    this.phase = 'account'
    const failed = (message: string) => this.readLater(message)
    const deadlineMs = this.desk.nowMs + this.desk.requestTimeoutMs
    const done = ({
      walletBalanceUsd,
      isTorn,
    }: {
      readonly walletBalanceUsd: DecimalText
      readonly isTorn: boolean
    }) => {
      if (isTorn) failed('it changed while it was read')
      else this.ready(walletBalanceUsd)
    }
    this.truth.read({ symbol: undefined, deadlineMs, fresh: true, done, failed })
  }

  /** An exchange that is there and cannot say what is in the account is waited for by a session that goes on, which may hold something. */
  private readLater(message: string): void {
    const { desk } = this
    if (!desk.isConnected) {
      // Read once somebody listens again.
      this.phase = 'listening'
      return
    }
    // All open orders of an account are dear: it is asked for less and less often.
    const atMs = desk.nowMs + Math.min(RETRY_MS * 2 ** this.vainReadings++, RETRY_MS_MAX)
    const isLong = atMs >= this.sinceMs + READING_MAX_MS
    const waited = `the account could be listened to, and was not read for ${READING_MAX_MS / 1000} s: ${message}`
    if (isLong && desk.settings.areKept !== true) this.refuse([{ code: 'ACCOUNT_UNREADABLE', message: waited }])
    else {
      this.retries.push({ step: { name: 'readAccount' }, atMs: isLong ? desk.nowMs + READ_LATE_MS : atMs })
      if (isLong) this.tellWait(waited)
    }
  }

  private tellWait(what: string): void {
    if (this.isWaitTold) return
    this.isWaitTold = true
    this.desk.notice('WARNING', 'START_UP_WAITS', `${what}: it is tried again until it is, and nothing opens before`)
  }

  private ready(walletBalanceUsd: DecimalText): void {
    if (this.phase !== 'account') return
    this.phase = 'ready'
    // What the stream has told meanwhile against entries stays.
    if (this.desk.entryRefusal === NOT_OVER) this.desk.entryRefusal = undefined
    const instruments = this.desk.settings.symbols.flatMap((symbol) => this.catalogue.get(symbol) ?? [])
    this.desk.tell({ kind: 'ready', instruments, walletBalanceUsd })
  }

  private problem(code: string, message: string): void {
    this.problems.push({ code, message })
  }

  private refuse(problems: readonly StartProblem[]): void {
    if (this.phase === 'refused' || this.phase === 'ready') return
    this.phase = 'refused'
    this.retries.length = 0
    this.desk.entryRefusal = problems.map(({ message }) => message).join('; ')
    // What is open must be left: exits are taken, and what becomes of them is told.
    this.listen()
    this.desk.tell({ kind: 'refused', problems: [...problems] })
  }
}

type StepName = (typeof FIRST_STEPS)[number] | 'setLeverage' | 'setMarginType' | 'readAccount'

interface Step {
  readonly name: StepName
  readonly symbol?: string
  readonly value?: string
}

const FIRST_STEPS = [
  'exchangeInfo',
  'leverageBracket',
  'positionMode',
  'multiAssetsMode',
  'feeBurn',
  'apiRestrictions',
  'symbolConfig',
] as const

function requestOf({ name, symbol, value }: Step): {
  readonly route: RouteName
  readonly params: Readonly<Record<string, string>>
} {
  if (name === 'setLeverage') return { route: name, params: { symbol: symbol!, leverage: value! } }
  if (name === 'setMarginType') return { route: name, params: { symbol: symbol!, marginType: value! } }
  return { route: name as (typeof FIRST_STEPS)[number], params: {} }
}

function keyOf({ name, symbol, value }: Step): string {
  return symbol === undefined ? name : `${name} ${symbol} ${value}`
}

function stepOf(key: string): Step {
  const [name, symbol, value] = key.split(' ') as [StepName, string?, string?]
  return symbol === undefined || value === undefined ? { name } : { name, symbol, value }
}

/** Of the key itself: unknown, wrong address or permission, wrong signature. */
const KEY_CODES: ReadonlySet<number | null> = new Set([-2014, -2015, -1022, -1002, -2017, -4109])
/** Why no entry is taken before it is. */
export const NOT_OVER = 'the start-up is not over'
/** The demo has none that tells what a key may. */
const NO_SUCH_ROUTE = 404
const RETRY_MS = 1_000
const RETRY_MS_MAX = 8_000
/** An exchange that has been away for longer is asked less often. */
const SOON_MS = 60_000
/** What takes no longer is nothing to tell of. */
const TELL_AFTER_MS = 5_000
const READING_MAX_MS = 60_000
const READ_LATE_MS = 30_000
