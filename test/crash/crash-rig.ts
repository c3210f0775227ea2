import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../../src/adapters/clock/system-clock.js'
import { MemoryJournal } from '../../src/adapters/journal/memory-journal.js'
import { PaperExchange } from '../../src/adapters/paper/paper-exchange.js'
import { PaperVenue } from '../../src/adapters/paper/paper-venue.js'
import { serveLink } from '../../src/adapters/socket/socket-link.js'
import { serveVenue } from '../../src/adapters/socket/venue-server.js'
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
import { WatchedVenue } from './watched-venue.js'

/** As the packaged one, with a link that is found again within a few tenths of a second, and exits that are reached. */
const CONFIG = `
link: { heartbeat_ms: 40, heartbeats_missed_ms: 400, silent_max_ms: 1000, resync_ms: 40, lost_dwell_ms: 8000 }
protection: { take_profit: 0.004, catastrophic_stop: 0.02, watch_grace_ms: 100 }
exchange: { answer_max_ms: 400, query_ms: 100, submit_valid_ms: 500, truth_ms: 150, report_repeat_ms: 100, retry_after_ms: [50, 100, 200] }
decision: { intent_wait_max_ms: 200, outcome_wait_max_ms: 700, exit_repeat_ms: 100 }
risk: { consecutive_losses_max: null, loss_pct_max: null }
`
const QUOTES_MS = 5
const BAR_MS = 40
const BALANCE_USD = '1000000'
/** A sign that does not come: the executor dies all the same, so long after it was ready, or was started. */
const READY_MS_MAX = 1_500
const LIFE_MS_MAX = 8_000

/**
 * Everything but the executor: the decision side with a strategy that never rests, and an exchange that lives on whatever
 * happens to whoever trades there. Executors come and go.
 */
export class CrashRig {
  readonly venue: WatchedVenue
  private readonly seed: number
  private readonly folder: string
  private readonly settings: ExecutionSettings
  private readonly decision: DecisionSide
  private readonly host: SideHost<DecisionInput, DecisionRecord>
  private readonly paper: PaperVenue
  private readonly feed: Feed
  private readonly records: DecisionRecord[] = []
  private readonly alerts: Alert[] = []
  private readonly timers: NodeJS.Timeout[] = []
  private readonly closers: (() => Promise<void>)[] = []
  private onSign: (sign: Sign) => void = () => {}
  private isResting = false
  private broken: unknown

  static async start(seed: number, folder: string): Promise<CrashRig> {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(join(folder, 'execution.yml'), CONFIG)
    const config = await loadExecutionConfig(join(folder, 'execution.yml'))
    const table = loadInstruments()
    const settings: ExecutionSettings = {
      ...config.execution,
      instruments: SYMBOLS.map((symbol) => table.instrument(symbol, 'PAPER')),
      // The executor runs the build; both sides must.
      build: codeHash(packageFile('dist', 'cli')).slice(0, 16),
    }
    const link = await serveLink(join(folder, 'link.sock'))
    const rig = new CrashRig(seed, folder, settings, { link, config })
    rig.closers.push((await serveVenue(join(folder, 'exchange.sock'), rig.venue)).close)
    rig.begin()
    return rig
  }

  private constructor(
    seed: number,
    folder: string,
    settings: ExecutionSettings,
    { link, config }: { readonly link: Link; readonly config: ExecutionConfig },
  ) {
    this.seed = seed
    this.folder = folder
    this.settings = settings
    this.feed = new Feed(seed)
    const latency = { minMs: 0, maxMs: 8 }
    const exchange = new PaperExchange({
      instruments: settings.instruments,
      startingBalanceUsd: BALANCE_USD,
      seed,
      requestLatency: latency,
      answerLatency: latency,
      streamLatency: latency,
      rateLimits: [],
    })
    this.paper = new PaperVenue({ exchange, timer: clockTimer(systemClock) })
    const signal = (sign: Sign): void => this.onSign(sign)
    this.venue = new WatchedVenue(this.paper, signal)
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
      link: watched(link, signal),
      format: recordLine,
      recorded: (record) => this.records.push(record),
      alerted: (alert) => this.alerts.push(alert),
      broken: (error) => {
        this.broken = error
      },
    })
  }

  /** Starts an executor and kills it where the plan says. Answers how long it lived, and when it had died by itself. */
  async life(
    life: number,
  ): Promise<{ readonly point: KillPoint; readonly livedMs: number; readonly ended: string | undefined }> {
    const point = killPoint(this.seed, life)
    const executor = this.spawn()
    const kill = (): void => executor.kill()
    const timers = [setTimeout(kill, point.kind === 'time' ? point.afterMs : LIFE_MS_MAX)]
    let given = 0
    this.onSign = (sign) => {
      if (sign === 'ready') timers.push(setTimeout(kill, READY_MS_MAX))
      if (point.kind !== 'sign' || sign !== point.sign || ++given !== point.nth) return
      if (point.delayMs === 0) kill()
      else setTimeout(kill, point.delayMs)
    }
    const end = await executor.exited
    for (const timer of timers) clearTimeout(timer)
    this.onSign = () => {}
    this.throwBroken()
    const ended = end === 'SIGKILL' ? undefined : `exit ${end}: ${executor.stderr.slice(-2_000)}`
    return { point, livedMs: performance.now() - executor.startedMs, ended }
  }

  /**
   * Lets the strategy leave its position and an executor live until everybody agrees or `msMax` have passed, then stops it
   * as a person would. Answers all there is to judge.
   */
  async rest(msMax: number): Promise<Evidence> {
    this.isResting = true
    const executor = this.spawn()
    const deadlineMs = performance.now() + msMax
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
    const truths = await Promise.all(SYMBOLS.map((symbol) => this.venue.truth(symbol)))
    return {
      settings: this.settings,
      submits: this.venue.submits,
      fills: truths.flatMap(({ fills }) => fills),
      positions: truths[0]!.positions,
      openOrders: truths[0]!.openOrders,
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
    for (const close of this.closers) await close()
    await this.paper.close()
  }

  private begin(): void {
    this.host.start()
    this.timers.push(
      setInterval(() => {
        for (const quote of this.feed.quotes(Date.now())) this.paper.market({ kind: 'quote', quote })
      }, QUOTES_MS),
      setInterval(() => this.host.post({ kind: 'bar', bar: this.feed.bar(Date.now()) }), BAR_MS),
    )
  }

  private spawn(): ExecutorProcess {
    const { folder } = this
    const paths = {
      link: join(folder, 'link.sock'),
      exchange: join(folder, 'exchange.sock'),
      journal: this.executorJournal,
      config: join(folder, 'execution.yml'),
    }
    return new ExecutorProcess(paths, SYMBOLS, (sign) => this.onSign(sign))
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
