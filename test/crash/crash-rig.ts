import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../../src/adapters/clock/system-clock.js'
import { MemoryJournal } from '../../src/adapters/journal/memory-journal.js'
import { serveLink } from '../../src/adapters/socket/socket-link.js'
import { codeHash } from '../../src/cli/shell/code-hash.js'
import { loadExecutionConfig } from '../../src/config/execution-config.js'
import { loadInstruments } from '../../src/config/instruments.js'
import { DecisionSide } from '../../src/core/decision/decision-side.js'
import type { DecisionInput } from '../../src/core/decision/event.js'
import type { DecisionRecord } from '../../src/core/decision/records.js'
import { DECISION_DEFAULTS } from '../../src/core/decision/settings.js'
import { ExecutionSide } from '../../src/core/execution/execution-side.js'
import type { ExecutionRecord } from '../../src/core/execution/records.js'
import type { ExecutionSettings } from '../../src/core/execution/settings.js'
import { recordLine } from '../../src/core/journal/frame.js'
import type { ExecutionConfig } from '../../src/core/session/session-plan.js'
import { packageFile } from '../../src/files/package-files.js'
import type { Link } from '../../src/ports/link.js'
import type { Alert } from '../../src/ports/vocabulary/alerts.js'
import { SideHost } from '../../src/runtime/host/side-host.js'
import { clockTimer } from '../../src/runtime/time/scaled-clock.js'
import { ScriptedStrategy } from '../support/scripted-strategy.js'
import { leaveTime } from '../support/until.js'
import { type Evidence, readExecutionJournal } from './evidence.js'
import { ExecutorProcess } from './executor-process.js'
import { churn, Feed, SYMBOLS } from './feed.js'
import { type KillPoint, killPoint, type Sign } from './kill-plan.js'
import { paperRigExchange, type RigExchange, type RigExchangeParts } from './rig-exchange.js'
import { sandboxRigExchange } from './sandbox-rig-exchange.js'

/** Where the executor of a rig trades: a paper exchange behind a socket, or the sandbox's behind the adapter. */
export type RigVenue = 'paper' | 'sandbox'

interface VenueOfRig {
  exchange(parts: RigExchangeParts): Promise<RigExchange>
  /** Names the instruments; absent: as the exchange itself is named. */
  readonly name?: string
  /** ms, of the configuration. */
  readonly lostDwellMs: number
  readonly exchangeMs: string
  /** A sign that does not come: the executor dies all the same, so long after it was ready. */
  readonly readyMsMax: number
}

const VENUES: Readonly<Record<RigVenue, VenueOfRig>> = {
  paper: {
    exchange: paperRigExchange,
    name: 'PAPER',
    lostDwellMs: 8_000,
    exchangeMs: 'answer_max_ms: 400, query_ms: 100, submit_valid_ms: 500, truth_ms: 150, report_repeat_ms: 100',
    readyMsMax: 1_500,
  },
  // After it is ready an executor sets up the account, and listens to it, before it trades.
  sandbox: {
    exchange: sandboxRigExchange,
    lostDwellMs: 120_000,
    exchangeMs: 'answer_max_ms: 1500, query_ms: 200, submit_valid_ms: 2000, truth_ms: 300, report_repeat_ms: 200',
    readyMsMax: 4_000,
  },
}

/** As the packaged one, with a link that is found again within a few tenths of a second, and exits that are reached. */
function configText({ lostDwellMs, exchangeMs }: VenueOfRig): string {
  return `
link: { heartbeat_ms: 40, heartbeats_missed_ms: 400, silent_max_ms: 1000, resync_ms: 40, lost_dwell_ms: ${lostDwellMs} }
protection: { take_profit: 0.004, catastrophic_stop: 0.02, watch_grace_ms: 100 }
exchange: { ${exchangeMs}, retry_after_ms: [50, 100, 200] }
decision: { intent_wait_max_ms: 200, outcome_wait_max_ms: 700, exit_repeat_ms: 100 }
risk: { consecutive_losses_max: null, loss_pct_max: null }
`
}

const QUOTES_MS = 5
const BAR_MS = 40
const BALANCE_USD = '1000000'
const TRADED_MS_MAX = 120_000
/** From the start of an executor; it takes a third of a second, and the rest is for machines that have other things to do. */
const STARTED_MS_MAX = 30_000
/** As well; it takes a second. */
const COVERED_MS_MAX = 60_000
/**
 * From the start of an executor until everybody agrees. It takes a second, and a minute more when a kill has lost a stop: so long
 * an exchange may deny a stop that it has taken. Two minutes are for machines that have other things to do.
 */
const AGREED_MS_MAX = 180_000

/**
 * Everything but the executor: the decision side with a strategy that never rests, and an exchange that lives on whatever
 * happens to whoever trades there. Executors come and go.
 */
export class CrashRig {
  private readonly seed: number
  private readonly folder: string
  private readonly settings: ExecutionSettings
  private readonly limits: VenueOfRig
  private readonly exchange: RigExchange
  private readonly decision: DecisionSide
  private readonly host: SideHost<DecisionInput, DecisionRecord>
  private readonly feed: Feed
  private readonly records: DecisionRecord[] = []
  private readonly alerts: Alert[] = []
  private readonly timers: NodeJS.Timeout[] = []
  private onSign: (sign: Sign) => void = () => {}
  private isResting = false
  private broken: unknown

  static async start(seed: number, folder: string, at: RigVenue = 'paper'): Promise<CrashRig> {
    const venue = VENUES[at]
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(join(folder, 'execution.yml'), configText(venue))
    const config = await loadExecutionConfig(join(folder, 'execution.yml'))
    const table = loadInstruments()
    const settings: ExecutionSettings = {
      ...config.execution,
      instruments: SYMBOLS.map((symbol) => table.instrument(symbol, venue.name)),
      // The executor runs the build; both sides must.
      build: codeHash(packageFile('dist', 'cli')).slice(0, 16),
    }
    const { instruments } = settings
    const link = await serveLink(join(folder, 'link.sock'))
    let rig: CrashRig | undefined
    const signal = (sign: Sign): void => rig?.onSign(sign)
    const exchange = await venue.exchange({ seed, instruments, startingBalanceUsd: BALANCE_USD, folder, signal })
    rig = new CrashRig(seed, folder, settings, { venue, exchange, link, config })
    rig.begin()
    return rig
  }

  private constructor(
    seed: number,
    folder: string,
    settings: ExecutionSettings,
    { venue, exchange, link, config }: RigParts,
  ) {
    this.seed = seed
    this.folder = folder
    this.settings = settings
    this.limits = venue
    this.exchange = exchange
    this.feed = new Feed(seed)
    const strategy = new ScriptedStrategy(
      'churn',
      churn(seed, () => this.isResting),
    )
    const { instruments, build } = settings
    this.decision = new DecisionSide(
      {
        ...DECISION_DEFAULTS,
        instruments,
        build,
        idPrefix: 'C',
        initialBalanceUsd: BALANCE_USD,
        risk: config.risk,
        timings: config.decision,
        link: settings.link,
      },
      [strategy],
    )
    this.host = new SideHost<DecisionInput, DecisionRecord>(this.decision, {
      timer: clockTimer(systemClock),
      journal: new MemoryJournal(),
      link: watched(link, (sign) => this.onSign(sign)),
      format: recordLine,
      recorded: (record) => this.records.push(record),
      alerted: (alert) => this.alerts.push(alert),
      broken: (error) => {
        this.broken = error
      },
    })
  }

  /** Starts an executor and kills it where the plan says. Answers how long it lived, and what was wrong with its life. */
  life(life: number): Promise<Life> {
    return this.lifeUntil(killPoint(this.seed, life), this.limits.readyMsMax)
  }

  /** As long as it takes until it has given a sign so often, which shows that it trades. */
  lifeUntilTraded(sign: Sign, nth: number): Promise<Life> {
    return this.lifeUntil({ kind: 'sign', sign, nth, delayMs: 0 }, TRADED_MS_MAX)
  }

  private async lifeUntil(point: KillPoint, readyMsMax: number): Promise<Life> {
    const executor = this.spawn()
    const kill = (): void => executor.kill()
    let hasExpired = false
    const expire = (): void => {
      hasExpired = true
      kill()
    }
    let problem: string | undefined
    const timers = [
      setTimeout(() => {
        if (executor.isReady) return
        problem = `not ready ${STARTED_MS_MAX} ms after its start`
        kill()
      }, STARTED_MS_MAX),
    ]
    if (point.kind === 'time') timers.push(setTimeout(kill, point.afterMs))
    let given = 0
    this.onSign = (sign) => {
      if (sign === 'ready') timers.push(setTimeout(expire, readyMsMax))
      if (point.kind !== 'sign' || sign !== point.sign || ++given !== point.nth) return
      if (point.delayMs === 0) kill()
      else setTimeout(kill, point.delayMs)
    }
    const end = await executor.exited
    for (const timer of timers) clearTimeout(timer)
    this.onSign = () => {}
    this.throwBroken()
    if (end !== 'SIGKILL') problem = `exit ${end}`
    const wrong = problem && `${problem}: ${executor.stderr.slice(-2_000)}`
    return { point, livedMs: performance.now() - executor.startedMs, hasExpired, wrong }
  }

  /**
   * What an executor that was killed left without a stop is given to another, which is killed as soon as the exchange has a stop for
   * it, or it is closed. Answers how long that took; undefined: everything has its stop.
   */
  async cover(): Promise<{ readonly tookMs: number; readonly problem: string | undefined } | undefined> {
    const left = this.exchange.uncovered()
    if (left === undefined) return undefined
    const executor = this.spawn()
    const deadlineMs = performance.now() + COVERED_MS_MAX
    while (this.exchange.uncovered() !== undefined && performance.now() < deadlineMs && !executor.hasExited)
      await leaveTime(5)
    const still = this.exchange.uncovered()
    const tookMs = performance.now() - executor.startedMs
    executor.kill()
    await executor.exited
    this.throwBroken()
    const after = `${tookMs.toFixed(0)} ms after an executor was started: ${executor.stderr.slice(-2_000)}`
    return { tookMs, problem: still === undefined ? undefined : `${left} was left, ${still} has no stop ${after}` }
  }

  /**
   * Lets the strategy leave its position and an executor live until everybody agrees, or has had long enough, then stops it as
   * a person would. Answers all there is to judge.
   */
  async rest(): Promise<Evidence> {
    this.isResting = true
    const executor = this.spawn()
    const deadlineMs = performance.now() + AGREED_MS_MAX
    while (!(executor.isReady && (await this.isAgreed())) && performance.now() < deadlineMs && !executor.hasExited)
      await leaveTime(50)
    this.throwBroken()
    const evidence = await this.evidence()
    executor.stop()
    const end = await executor.exited
    this.isResting = false
    const stopped = end === 0 ? (JSON.parse(executor.stdout) as Evidence['stopped']) : undefined
    return {
      ...evidence,
      execution: readExecutionJournal(this.executorJournal),
      stopped,
      complaint: end === 0 ? undefined : `the executor ended with ${end}: ${executor.stderr.slice(-2_000)}`,
    }
  }

  /** What is known at this moment. While an executor lives its journal may be in the middle of a write. */
  async evidence(): Promise<Evidence> {
    return {
      ...(await this.exchange.truth()),
      settings: this.settings,
      execution: readExecutionJournal(this.executorJournal),
      decision: this.records,
      decisionState: this.decision.state,
      alerts: this.alerts,
      stopped: undefined,
      complaint: undefined,
    }
  }

  async close(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer)
    await this.host.stop()
    await this.exchange.close()
  }

  private begin(): void {
    this.host.start()
    this.timers.push(
      setInterval(() => {
        this.exchange.quoted(this.feed.quotes(Date.now()))
      }, QUOTES_MS),
      setInterval(() => this.host.post({ kind: 'bar', bar: this.feed.bar(Date.now()) }), BAR_MS),
    )
  }

  private spawn(): ExecutorProcess {
    const { folder } = this
    const { options, environment } = this.exchange.reached
    const files = {
      link: join(folder, 'link.sock'),
      journal: this.executorJournal,
      config: join(folder, 'execution.yml'),
    }
    const start = { options: { ...files, ...options }, environment }
    return new ExecutorProcess(start, SYMBOLS, (sign) => this.onSign(sign))
  }

  private get executorJournal(): string {
    return join(this.folder, 'journal')
  }

  /** Flat everywhere, nothing open or under way, and every fill known to both sides. */
  private async isAgreed(): Promise<boolean> {
    const { position, holding, exit } = this.decision.state
    if (position !== null || holding !== null || exit !== null) return false
    const { positions, openOrders, fills, execution, decision } = await this.evidence()
    if (positions.length > 0 || openOrders.length > 0) return false
    const known = (records: readonly (ExecutionRecord | DecisionRecord)[]) =>
      records.filter(
        ({ type, ...record }) => type === 'fill' || ('report' in record && record.report.type === 'FILL_REPORT'),
      ).length
    if (known(execution.records) !== fills.length || known(decision) !== fills.length) return false
    // Orders that a closed position leaves behind are asked about until it is known that they are over.
    const { state } = ExecutionSide.recover(this.settings, execution.records)
    return state.entry === null && Object.keys(state.orders).length === 0
  }

  private throwBroken(): void {
    if (this.broken !== undefined) throw this.broken
  }
}

export interface Life {
  readonly point: KillPoint
  readonly livedMs: number
  /** The sign did not come, and it was killed all the same. */
  readonly hasExpired: boolean
  /** It died by itself, or came to nothing; undefined: it was killed while it did what it should. */
  readonly wrong: string | undefined
}

interface RigParts {
  readonly venue: VenueOfRig
  readonly exchange: RigExchange
  readonly link: Link
  readonly config: ExecutionConfig
}

/** A link that gives a sign of every message that comes in. */
function watched(link: Link, signal: (sign: Sign) => void): Link {
  return {
    send: (text) => link.send(text),
    listen: (listener) =>
      link.listen((text) => {
        listener(text)
        signal(/"type":"([A-Z_]+)"/.exec(text)?.[1] ?? '')
      }),
    close: () => link.close(),
  }
}
