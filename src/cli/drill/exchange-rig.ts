import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { packageFile } from '../../files/package-files.js'
import type { StatusDocument } from '../../ports/vocabulary/status.generated.js'
import { readJournal } from '../compose/journal-reading.js'
import { DrillExchange, type DrillFill } from './exchange.js'
import { type Before, type ExchangeDrill, HOLD_BARS } from './exchange-drills.js'
import type { DrillResult, DrillRun } from './result.js'
import { DrillSession } from './session.js'
import { stagingArgs } from './staging.js'

/** A drill at an exchange: `dolphin trade` in STAGING, at a sandbox in this process. */
export class ExchangeRig implements DrillRun {
  private exchange: DrillExchange | undefined
  private session: DrillSession | undefined
  private shownAfterMs: number | null = null
  private activeAfterMs: number | null = null

  constructor(
    private readonly drill: ExchangeDrill,
    private readonly folder: string,
  ) {}

  async run(): Promise<DrillResult> {
    const exchange = await DrillExchange.start()
    this.exchange = exchange
    const session = await this.start(exchange)
    const before = await this.untilHeld(exchange, session)
    if (before === undefined) return this.result('the system was not Active with a position before it')
    const provoked = performance.now()
    await this.drill.provoke(exchange, before)
    const { held, status } = await session.until((found) => this.isShown(exchange, found, before), SHOWN_MS_MAX)
    if (!held) return this.result(`not shown within ${SHOWN_MS_MAX / 1000} s: ${modeText(status)}`)
    this.shownAfterMs = Math.round(performance.now() - provoked)
    const recovered = performance.now()
    await this.drill.recover?.(exchange, before)
    if (!(await session.until(isActive, ACTIVE_MS_MAX)).held) return this.result('the system was not Active after it')
    this.activeAfterMs = Math.round(performance.now() - recovered)
    return this.result(await this.problemAfter(exchange, session))
  }

  result(problem: string | null): DrillResult {
    const { drill, shownAfterMs, activeAfterMs } = this
    return { drill: drill.name, passed: problem === null, shownAfterMs, activeAfterMs, problem }
  }

  async end(): Promise<void> {
    await this.session?.stop()
    await this.exchange?.close()
  }

  private async start(exchange: DrillExchange): Promise<DrillSession> {
    const execution = join(this.folder, 'execution.yml')
    await mkdir(this.folder, { recursive: true })
    await writeFile(execution, PATIENT)
    const strategy = packageFile('examples', 'strategies', 'momentum.mjs')
    this.session = new DrillSession({
      args: [
        ...['trade', '--exchange-at', exchange.origin, '--symbols', exchange.symbols, '--out', this.sessionFolder],
        ...['--executor', 'process', '--execution', execution],
        ...['--strategy', strategy, '--param', 'lookback=2', '--param', `hold=${HOLD_BARS}`],
        ...(await stagingArgs(this.folder, { name: 'certificate', validMs: 3_600_000 })),
      ],
      environment: exchange.environment,
    })
    return this.session
  }

  private get sessionFolder(): string {
    return join(this.folder, 'session')
  }

  /** Active, with a position: what goes wrong then goes wrong where it costs most. */
  private async untilHeld(exchange: DrillExchange, session: DrillSession): Promise<Before | undefined> {
    const isHeld = (status: StatusDocument) =>
      isActive(status) && status.open_position_count > 0 && exchange.held.length > 0
    const { held, status } = await session.until(isHeld, ACTIVE_MS_MAX)
    const symbol = exchange.held[0]
    return held && symbol !== undefined ? { held: symbol, scanNumber: status.last_scan_number ?? 0 } : undefined
  }

  private isShown(exchange: DrillExchange, status: StatusDocument, before: Before): boolean {
    const { reason, holds } = this.drill
    if (reason !== undefined && (isActive(status) || !status.mode_reasons.includes(reason))) return false
    return holds === undefined || holds.call(this.drill, exchange, status, before)
  }

  /** What the failure took: a position that is not left any more, or a fill that the session never heard of. */
  private async problemAfter(exchange: DrillExchange, session: DrillSession): Promise<string | null> {
    const fills = await fillsWhenFlat(exchange, session)
    if (fills === undefined) return `the account still holds ${exchange.held.join(', ')} when its exit was due`
    await session.stop()
    const known = await fillsOfJournal(join(this.sessionFolder, 'journal', 'execution'))
    const unknown = fills.filter((fill) => !known.has(keyOf(fill))).map(keyOf)
    return unknown.length === 0 ? null : `fills that the session does not know: ${unknown.join(', ')}`
  }
}

/** All fills of a moment in which nothing was held, at the exchange and by the session: it has been told of each. */
async function fillsWhenFlat(
  exchange: DrillExchange,
  session: DrillSession,
): Promise<readonly DrillFill[] | undefined> {
  const endMs = performance.now() + FLAT_MS_MAX
  while (performance.now() < endMs) {
    const fills = exchange.held.length === 0 ? [...exchange.fills] : undefined
    const { open_position_count } = await session.status()
    if (fills !== undefined && open_position_count === 0 && exchange.fills.length === fills.length) return fills
    await pause(ASK_EVERY_MS)
  }
  return undefined
}

/** `BTCUSDT 7`, of each fill that the execution side has recorded. */
async function fillsOfJournal(folder: string): Promise<ReadonlySet<string>> {
  const known = new Set<string>()
  await readJournal(folder, {
    quiet: true,
    label: 'Reading',
    take(records) {
      for (const { type, fill } of records) if (type === 'fill') known.add(keyOf(fill as DrillFill))
      return true
    },
  })
  return known
}

function keyOf({ symbol, tradeId }: DrillFill): string {
  return `${symbol} ${tradeId}`
}

function isActive({ trading_mode }: StatusDocument): boolean {
  return trading_mode === 'Active'
}

function modeText({ trading_mode, mode_reasons }: StatusDocument): string {
  return [trading_mode, ...mode_reasons].join(' ')
}

/** A minute of fresh prices is waited for after some of them. */
const ACTIVE_MS_MAX = 300_000
const SHOWN_MS_MAX = 180_000
/** Retried exits wait for ten seconds, and the next position is held for three bars. */
const FLAT_MS_MAX = 180_000
const ASK_EVERY_MS = 40

/** A busy machine must not look like what is drilled. */
const PATIENT = `
link: { heartbeats_missed_ms: 7500, round_trip_max_ms: 5000, silent_max_ms: 15000, clock_skew_max_ms: 120000, lost_dwell_ms: 600000 }
entry: { permission_max_ms: 5000, order_delay_max_ms: 5000, rest_max_ms: 5000 }
decision: { proposal_delay_max_ms: 5000, intent_wait_max_ms: 10000, permission_delay_max_ms: 4000 }
risk: { consecutive_losses_max: null, loss_pct_max: null }
`
