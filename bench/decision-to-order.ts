import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks'
import { openFileJournal } from '../src/adapters/journal/file-journal.js'
import { delayedLinkPair } from '../src/adapters/link-memory/delayed-link.js'
import { PaperExchange } from '../src/adapters/paper/paper-exchange.js'
import { PaperVenue } from '../src/adapters/paper/paper-venue.js'
import { DecisionSide } from '../src/core/decision/decision-side.js'
import type { DecisionInput } from '../src/core/decision/event.js'
import type { DecisionRecord } from '../src/core/decision/records.js'
import { DECISION_DEFAULTS } from '../src/core/decision/settings.js'
import { ExecutionSide } from '../src/core/execution/execution-side.js'
import type { ExecutionRecord } from '../src/core/execution/records.js'
import { EXECUTION_DEFAULTS } from '../src/core/execution/settings.js'
import { recordLine } from '../src/core/journal/frame.js'
import { journalFormat } from '../src/core/journal/journal-format.js'
import type { Journal, JournalKind, JournalListener } from '../src/ports/journal.js'
import type { ExecutionInput } from '../src/ports/sides.js'
import type { StrategyBar } from '../src/ports/strategy.js'
import type { Venue } from '../src/ports/venue.js'
import type { Alert } from '../src/ports/vocabulary/alerts.js'
import { hostedVenue } from '../src/runtime/host/hosted-venue.js'
import { SideHost } from '../src/runtime/host/side-host.js'
import { VirtualTime } from '../src/runtime/time/virtual-time.js'
import { type Action, BUILD, InAndOut, instrument, SYMBOLS } from '../test/support/in-and-out.js'
import { commitTimes } from './commit-times.js'
import { type Figure, line, quantile } from './measure.js'
import { Stages } from './stages.js'

/**
 * From a bar to the order that it leads to, in the runtime's hosts: `node scripts/run-bundled.mjs bench/decision-to-order.ts`.
 * The clock stops when the execution side asks the venue to submit: arbitration, risk, proposal, intent, permission, order, with
 * seven records framed and four messages sealed, sent, opened and checked on the way. It starts when the strategy has decided
 * (`decision`), and before that, when the bar of fifty prices is posted to the decision side's host (`bar`).
 *
 * `in memory`: a record is durable as soon as it is framed: what the code costs. `on disk`: the real journals of both
 * sides, each waiting for its fsync before an order may leave: what the disk costs, four commits one after the other.
 * The baseline is one append and fsync of the same journal. Exits leave before they are durable.
 *
 * `CPU` is what the process's own threads used on the way: on a machine that others use, too, their turns are in the clock's
 * figures and not in these. Garbage collection is told apart, and how many of its pauses fell on a way.
 *
 * With `--stages` a second run in memory says where the time goes, event by event.
 */
const WARM_UP = 2000
const ENTRIES = 5000
const ENTRIES_ON_DISK = 300
const BAR_MS = 5000
const START_MS = Date.UTC(2026, 0, 5)

/** Durable at the moment at which it is appended, once that has been handled. */
class InstantJournal implements Journal {
  readonly depth = 0
  readonly capacity = Number.POSITIVE_INFINITY
  private lines = 0
  private isTelling = false
  private listener: JournalListener | undefined

  constructor(private readonly time: VirtualTime) {}

  append(): void {
    this.lines++
    if (this.isTelling) return
    this.isTelling = true
    this.time.after(0, () => {
      this.isTelling = false
      this.listener?.durable(this.lines)
    })
  }

  listen(listener: JournalListener): void {
    this.listener = listener
  }

  async close(): Promise<void> {}
}

/** Microseconds to the order, from the bar and from the decision, and of the process's CPU since the decision. */
interface Way {
  readonly bar: number
  readonly decision: number
  readonly cpu: number
  /** When the order left, by `performance.now`. */
  readonly endMs: number
}

interface Journals {
  readonly decision: Journal
  readonly execution: Journal
}

/** Both sides in the runtime's hosts, and an exchange and a link without latency, on virtual time. */
class Chain {
  private readonly time: VirtualTime
  private readonly journals: Journals
  private readonly decision: DecisionSide
  private readonly decisionHost: SideHost<DecisionInput, DecisionRecord>
  private readonly executionHost: SideHost<ExecutionInput, ExecutionRecord>
  private bars = 0
  private readonly strategy = new InAndOut(() => this.decided())
  private decidedAt = 0
  private decidedCpu = process.cpuUsage()
  private readonly stages: Stages | undefined
  private startedAt = 0
  private submitted: ((way: Way) => void) | undefined

  constructor(time: VirtualTime, journals: Journals, stages?: Stages) {
    const instruments = SYMBOLS.map(instrument)
    const common = { instruments, build: BUILD }
    const capital = '1000000'
    this.time = time
    this.journals = journals
    this.decision = new DecisionSide({ ...DECISION_DEFAULTS, ...common, idPrefix: 'B', initialBalanceUsd: capital }, [
      this.strategy,
    ])
    const paper = { instruments, startingBalanceUsd: capital, seed: 1, fillMode: 'bar-price', rateLimits: [] } as const
    const exchange = new PaperVenue({ exchange: new PaperExchange(paper), timer: time })
    for (const symbol of SYMBOLS) exchange.market({ kind: 'bar', symbol, close: '100' })
    const [decisionEnd, executionEnd] = delayedLinkPair(time, 0)
    this.stages = stages
    const format = stages?.framed(recordLine) ?? recordLine
    const ports = { timer: time, format, recorded: () => {}, alerted, broken }
    const execution = new ExecutionSide({ ...EXECUTION_DEFAULTS, ...common })
    const decisionSide = stages?.side('decision', this.decision) ?? this.decision
    const executionSide = stages?.side('execution', execution) ?? execution
    this.decisionHost = new SideHost<DecisionInput, DecisionRecord>(decisionSide, {
      ...ports,
      journal: this.awaited(journals.decision),
      link: decisionEnd,
    })
    this.executionHost = new SideHost<ExecutionInput, ExecutionRecord>(executionSide, {
      ...ports,
      journal: this.awaited(journals.execution),
      link: executionEnd,
      venue: hostedVenue(this.watched(exchange)),
    })
    this.executionHost.start()
    this.decisionHost.start()
  }

  /** Lets time pass: heartbeats, reconciliations, acknowledgements. */
  async passTo(untilMs: number): Promise<void> {
    for (;;) {
      await this.settled()
      const dueMs = this.time.nextDueMs()
      if (dueMs === undefined || dueMs > untilMs) break
      this.time.runTo(dueMs)
    }
    this.time.runTo(untilMs)
  }

  /** Microseconds from the next bar to the order that it leads to. */
  async bar(action: Action): Promise<Way> {
    await this.passTo(this.time.epochMs() + BAR_MS)
    const bar: StrategyBar = {
      bar: ++this.bars,
      timestampMs: this.time.epochMs(),
      symbols: SYMBOLS,
      prices: Float64Array.from(SYMBOLS, (_, i) => 100 + i / 7),
      velDiv: -0.03,
      volOk: true,
      posture: 'APEX',
    }
    const order = new Promise<Way>((resolve) => {
      this.submitted = resolve
    })
    this.startedAt = performance.now()
    this.decisionHost.post({ kind: 'bar', bar })
    this.happen()
    const way = await Promise.race([order, this.settled()])
    if (way === undefined) throw new Error(`no ${action} left: ${JSON.stringify(this.decision.openPermission())}`)
    await this.settled()
    return way
  }

  async close(): Promise<void> {
    await this.decisionHost.stop()
    await this.executionHost.stop()
  }

  /** Everything that is due at this moment. */
  private happen(): void {
    this.time.runTo(this.time.epochMs())
  }

  /** Resolves when nothing waits, neither here nor for the disk. */
  private async settled(): Promise<void> {
    this.happen()
    while (this.journals.decision.depth + this.journals.execution.depth > 0) {
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** What becomes durable leads on at once, not when somebody lets time pass. */
  private awaited(journal: Journal): Journal {
    return {
      append: (line) => journal.append(line),
      get depth() {
        return journal.depth
      },
      capacity: journal.capacity,
      listen: (listener) =>
        journal.listen({
          durable: (lines) => {
            listener.durable(lines)
            if (!(journal instanceof InstantJournal)) this.happen()
          },
          failed: (message) => listener.failed(message),
        }),
      close: () => journal.close(),
    }
  }

  private wayTo(endMs: number): Way {
    const { decidedAt, decidedCpu } = this
    const { user, system } = process.cpuUsage(decidedCpu)
    return {
      bar: (endMs - this.startedAt) * 1e3,
      decision: (endMs - decidedAt) * 1e3,
      cpu: user + system,
      endMs,
    }
  }

  private decided(): void {
    this.decidedCpu = process.cpuUsage()
    this.decidedAt = performance.now()
    this.stages?.begin()
  }

  private watched(venue: Venue): Venue {
    return {
      send: (request) => {
        if (request.kind === 'submit' && request.order.type === 'MARKET') {
          const way = this.wayTo(performance.now())
          this.stages?.end(request.order.reduceOnly ? 'EXIT' : 'ENTRY')
          this.submitted?.(way)
          this.submitted = undefined
        }
        venue.send(request)
      },
      listen: (listener) => venue.listen(listener),
      close: () => venue.close(),
    }
  }
}

function alerted({ level, message }: Alert): void {
  if (level !== 'INFO') throw new Error(`${level}: ${message}`)
}

function broken(error: unknown): void {
  throw error
}

/** Microseconds of each entry and of each exit, after so many of both that the code is compiled. */
async function measure(
  time: VirtualTime,
  journals: Journals,
  { warmUp, entries, stages }: { readonly warmUp: number; readonly entries: number; readonly stages?: Stages },
): Promise<Record<Action, Way[]>> {
  const chain = new Chain(time, journals, stages)
  const times: Record<Action, Way[]> = { ENTRY: [], EXIT: [] }
  try {
    await chain.passTo(START_MS + 600_000)
    for (let i = 0; i < warmUp + entries; i++) {
      for (const action of ['ENTRY', 'EXIT'] as const) {
        const way = await chain.bar(action)
        if (i >= warmUp) times[action].push(way)
      }
    }
  } finally {
    await chain.close()
  }
  return times
}

/** What the collector did, and how much of it between a decision and its order. */
function collections(entries: readonly PerformanceEntry[], ways: readonly Way[]): Figure[] {
  const longest = (of: readonly PerformanceEntry[]) => of.reduce((most, { duration }) => Math.max(most, duration), 0)
  const onTheWay = entries.filter(({ startTime }) =>
    ways.some(({ endMs, decision }) => startTime >= endMs - decision / 1e3 && startTime <= endMs),
  )
  const isScavenge = (entry: PerformanceEntry) =>
    (entry as PerformanceEntry & { detail: { kind: number } }).detail.kind === constants.NODE_PERFORMANCE_GC_MINOR
  return [
    { name: 'garbage collections, minor', value: entries.filter(isScavenge).length, unit: '' },
    { name: 'garbage collections, other', value: entries.filter((entry) => !isScavenge(entry)).length, unit: '' },
    {
      name: 'garbage collections, sum of pauses',
      value: entries.reduce((sum, { duration }) => sum + duration, 0),
      unit: 'ms',
    },
    { name: 'garbage collections, longest pause', value: longest(entries), unit: 'ms' },
    { name: `garbage collections on ${ways.length} ways`, value: onTheWay.length, unit: '' },
    { name: 'garbage collections on a way, longest', value: longest(onTheWay), unit: 'ms' },
  ]
}

function figuresOf(
  name: string,
  ways: readonly Way[],
  from: keyof Way,
  extra: (share: number) => Partial<Figure>,
): Figure[] {
  const times = ways.map((way) => way[from])
  return [0.5, 0.99, 0.999].map((share) => ({
    name: `${name}, p${share * 100}`,
    value: quantile(times, share),
    unit: 'µs',
    ...extra(share),
  }))
}

const collected: PerformanceEntry[] = []
const collector = new PerformanceObserver((list) => collected.push(...list.getEntries()))
collector.observe({ entryTypes: ['gc'] })
const time = new VirtualTime(START_MS)
const instant = { decision: new InstantJournal(time), execution: new InstantJournal(time) }
const inMemory = await measure(time, instant, { warmUp: WARM_UP, entries: ENTRIES })
// Collections are told on a later turn.
await new Promise((resolve) => setTimeout(resolve, 100))
collector.disconnect()
const target = (micros: number) => (share: number) => (share === 0.99 ? { target: `${micros} µs` } : {})
const figures = [
  ...figuresOf('decision to entry order, in memory', inMemory.ENTRY, 'decision', target(100)),
  ...figuresOf('decision to exit order, in memory', inMemory.EXIT, 'decision', target(60)),
  ...figuresOf('bar to entry order, in memory', inMemory.ENTRY, 'bar', () => ({})),
  ...figuresOf('bar to exit order, in memory', inMemory.EXIT, 'bar', () => ({})),
  ...figuresOf('decision to entry order, CPU in memory', inMemory.ENTRY, 'cpu', () => ({})),
  ...figuresOf('decision to exit order, CPU in memory', inMemory.EXIT, 'cpu', () => ({})),
  ...collections(collected, [...inMemory.ENTRY, ...inMemory.EXIT]),
]

if (process.argv.includes('--stages')) {
  const stages = new Stages()
  const again = new VirtualTime(START_MS)
  const journals = { decision: new InstantJournal(again), execution: new InstantJournal(again) }
  await measure(again, journals, { warmUp: WARM_UP, entries: ENTRIES, stages })
  figures.push(...stages.figures('ENTRY'), ...stages.figures('EXIT'))
}

const folder = mkdtempSync(join(tmpdir(), 'dolphin-bench-'))
try {
  const journalIn = async (kind: JournalKind) =>
    (await openFileJournal(join(folder, kind), journalFormat(kind, BUILD), { take() {} })).journal
  const commits = await commitTimes(join(folder, 'alone'), ENTRIES_ON_DISK)
  const journals = { decision: await journalIn('decision'), execution: await journalIn('execution') }
  const onDisk = await measure(new VirtualTime(START_MS), journals, { warmUp: 20, entries: ENTRIES_ON_DISK })
  const baseline = (share: number) => ({ baseline: { name: 'one append and fsync', value: quantile(commits, share) } })
  figures.push(...figuresOf('bar to entry order, on disk', onDisk.ENTRY, 'bar', baseline))
  figures.push(...figuresOf('bar to exit order, on disk', onDisk.EXIT, 'bar', baseline))
} finally {
  rmSync(folder, { recursive: true })
}
for (const figure of figures) console.log(line(figure))
