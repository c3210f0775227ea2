import { dirname, resolve } from 'node:path'
import type { Credentials } from '../../adapters/binance/credentials.js'
import type { Endpoints } from '../../adapters/binance/endpoints.js'
import { BinanceWire } from '../../adapters/binance/io/binance-wire.js'
import type { RestOutcome } from '../../adapters/binance/rest/call.js'
import { RestQuestions } from '../../adapters/binance/rest/rest-questions.js'
import { accountProblem, type RuledRoute } from '../../adapters/binance/venue/account-rules.js'
import { systemClock } from '../../adapters/clock/system-clock.js'
import { statfsDisk } from '../../adapters/disk/statfs-disk.js'
import { directionName } from '../../base/direction.js'
import { InputMistake, Mistake, problemText } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { readCertificate } from '../../config/certificate.js'
import { loadExecutionConfig } from '../../config/execution-config.js'
import type { BacktestSettings } from '../../core/backtest/settings.js'
import { CHAMPION_HASH, parametersHash } from '../../core/engine/parameters.js'
import { type GateFinding, type LiveFacts, liveGates } from '../../core/live/live-gates.js'
import { cleanRecord } from '../../core/paper-record/clean-record.js'
import type { PaperDay } from '../../core/paper-record/paper-days.js'
import { reason } from '../../files/reason.js'
import { openGrid } from './grid.js'
import { EMBEDDED_GRID } from './grid-address.js'
import { gridTime } from './grid-parts.js'
import { type DemandedRecord, liveRecord } from './live-record.js'
import { type BooksWish, lookAtBooks } from './looked-at-books.js'
import { loadOwn } from './own-strategy.js'
import { prepareRun } from './run-settings.js'
import { meansFractions, type SessionChoice } from './session-settings.js'

/** What is looked at. */
export interface GatesWish {
  readonly session: Pick<SessionChoice, 'run' | 'execution' | 'certificate'> & { readonly out: string }
  readonly live: { readonly at: Endpoints; readonly stepMs: number; readonly symbols?: readonly string[] }
  /** Absent: no account can be asked. */
  readonly credentials?: Credentials | undefined
  readonly grid: { readonly url: string }
  /** Folders of paper sessions. */
  readonly record: readonly string[]
  readonly iMeanIt?: string
  /** How long order books are waited for; absent: some seconds. */
  readonly booksWithinMs?: BooksWish['withinMs']
  readonly runOf: DemandedRecord['runOf']
}

/** Looks at everything that must hold before money is traded, and changes nothing. Nothing that is wrong throws. */
export async function lookAtGates(wish: GatesWish): Promise<readonly GateFinding[]> {
  const { session, live } = wish
  const run = prepareRun(session.run, await loadOwn(session.run)).settings()
  const hash = parametersHash(run.parameters)
  const { at, symbols } = live
  const [orderBook, asked, record, disk, grid] = await Promise.all([
    fault(() => lookAtBooks({ run: session.run, at, withinMs: wish.booksWithinMs, ...present({ symbols }) })),
    askExchange(wish),
    fault(() => recordOf(wish, run)),
    fault(() => diskOf(session.out)),
    fault(() => gridOf(wish.grid.url)),
  ])
  return liveGates({
    champion: { hash, frozenHash: CHAMPION_HASH, isOwn: session.run.strategy !== undefined },
    certificate: readCertificate(session.certificate ?? {}, {
      championHash: hash,
      barSeconds: live.stepMs / 1000,
      nowMs: systemClock.epochMs(),
    }),
    record,
    orderBook,
    ...asked,
    disk,
    grid,
  })
}

/**
 * Refuses to go on while a gate is closed.
 *
 * @throws InputMistake that names each of them, and what to do.
 */
export function refuseClosedGates(gates: readonly GateFinding[]): void {
  const closed = gates.filter(({ holds }) => !holds)
  if (closed.length === 0) return
  throw new InputMistake(
    closed.map(({ gate, found, remedy }) => ({ place: `LIVE, gate ${gate}`, message: `${found}. ${remedy}` })),
    { hint: 'dolphin live check shows all gates, and since when they hold.' },
  )
}

type Fault = { readonly fault: string }

async function fault<T>(look: () => Promise<T>): Promise<T | Fault> {
  try {
    return await look()
  } catch (error) {
    if (error instanceof Mistake) return { fault: error.problems.map(problemText).join('; ') }
    return { fault: reason(error) }
  }
}

async function recordOf(wish: GatesWish, run: BacktestSettings): Promise<LiveFacts['record']> {
  const { record, runOf, session, live } = wish
  if (record.length === 0) return { fault: 'no session on paper was named' }
  const days: PaperDay[] = []
  const { execution, risk } = await loadExecutionConfig(session.execution, {
    iMeanFractions: meansFractions(session.run),
  })
  const demanded: DemandedRecord = {
    ...{ parametersHash: parametersHash(run.parameters), exchange: 'production', stepMs: live.stepMs, runOf },
    ...{ direction: directionName(run.direction), execution, risk, books: session.run.books ?? 'none' },
  }
  for (const folder of record) days.push(...(await liveRecord(folder, demanded)))
  return cleanRecord(days, systemClock.epochMs())
}

/** Of the disk that the folder will lie on. */
async function diskOf(folder: string): Promise<LiveFacts['disk']> {
  for (let path = resolve(folder); ; path = dirname(path)) {
    try {
      return { usedPct: await statfsDisk(path).usedPct(), atMs: systemClock.epochMs() }
    } catch (error) {
      if (dirname(path) === path) throw error
    }
  }
}

async function gridOf(url: string): Promise<LiveFacts['grid']> {
  if (url === EMBEDDED_GRID) return { place: 'embedded: a part of the process', sinceMs: systemClock.epochMs() }
  let told = ''
  const grid = await openGrid({
    url,
    report: (text) => {
      told = text
    },
  })
  try {
    if (grid.connection.state === 'CONNECTED') return { place: url, sinceMs: systemClock.epochMs() }
    return { fault: told === '' ? `${url} is not connected` : told }
  } finally {
    await grid.close()
  }
}

type Asked = Pick<LiveFacts, 'exchange' | 'clock' | 'confirmation'>

const RULED = ['positionMode', 'multiAssetsMode', 'feeBurn', 'apiRestrictions'] as const

async function askExchange({ live, credentials, iMeanIt }: GatesWish): Promise<Asked> {
  const { at } = live
  if (credentials === undefined) {
    const none = { fault: 'there is no key of an account (DOLPHIN_BINANCE_KEY, DOLPHIN_BINANCE_SECRET)' }
    return { exchange: none, clock: none, confirmation: none }
  }
  const wire = new BinanceWire(at)
  const questions = new RestQuestions({ wire, timer: gridTime, signer: credentials })
  try {
    const time = await questions.ask('time')
    const outcomes = await Promise.all(RULED.map(async (route) => [route, await questions.ask(route)] as const))
    const balance = await questions.ask('balance')
    const atMs = systemClock.epochMs()
    const { offsetMs, uncertaintyMs } = questions.usage()
    const problems = outcomes.flatMap(([route, outcome]) => rulingProblems(route, outcome, at))
    return {
      exchange:
        problems.length > 0
          ? { fault: problems.join('; ') }
          : { name: at.name, isProduction: at.name === 'production', atMs },
      clock:
        offsetMs === null
          ? { fault: time.kind === 'done' ? 'the time of the exchange is not known yet' : textOf(time) }
          : { offsetMs: -offsetMs, toleranceMs: uncertaintyMs ?? 0, atMs },
      confirmation: aliasOf(balance, iMeanIt, atMs),
    }
  } finally {
    await questions.close()
  }
}

/** What is wrong with how the account is set up, as far as one answer says it; what cannot be known is wrong, too. */
export function rulingProblems(route: RuledRoute, outcome: RestOutcome, { name }: Pick<Endpoints, 'name'>): string[] {
  if (outcome.kind === 'done') {
    const problem = accountProblem(route, outcome.value)
    return problem === undefined ? [] : [problem.message]
  }
  // A demo cannot be asked what its keys may do; production can.
  const isNowhere = outcome.kind === 'refused' && outcome.error.httpStatus === 404 && name !== 'production'
  return route === 'apiRestrictions' && isNowhere ? [] : [textOf(outcome)]
}

/** The alias of the account, which every row of its balance names. */
function aliasOf(balance: RestOutcome, given: string | undefined, atMs: number): LiveFacts['confirmation'] {
  if (balance.kind !== 'done') return { fault: textOf(balance) }
  const rows: readonly unknown[] = Array.isArray(balance.value) ? balance.value : []
  const alias = rows.map((row) => (row as { readonly accountAlias?: unknown } | null)?.accountAlias)
  const named = alias.find((word) => typeof word === 'string' && word !== '')
  return typeof named === 'string'
    ? { alias: named, given, atMs }
    : { fault: 'the exchange names no alias of the account' }
}

function textOf(outcome: RestOutcome): string {
  if (outcome.kind === 'done') return ''
  return outcome.kind === 'refused' ? `the exchange refuses: ${outcome.error.message}` : outcome.message
}
