import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { MemoryJournal } from '../../../src/adapters/journal/memory-journal.js'
import { memoryLinkPair } from '../../../src/adapters/link-memory/memory-link.js'
import { ExchangeJournal } from '../../../src/adapters/paper/exchange-journal.js'
import type { ExchangeRecord } from '../../../src/adapters/paper/exchange-record.js'
import { ExchangeRecovery } from '../../../src/adapters/paper/exchange-recovery.js'
import { PaperExchange } from '../../../src/adapters/paper/paper-exchange.js'
import { PaperVenue } from '../../../src/adapters/paper/paper-venue.js'
import { MemorySessionLog } from '../../../src/adapters/session-log/memory-session-log.js'
import { loadExecutionConfig } from '../../../src/config/execution-config.js'
import { loadInstruments } from '../../../src/config/instruments.js'
import type { DecisionRecord } from '../../../src/core/decision/records.js'
import type { ExecutionRecord } from '../../../src/core/execution/records.js'
import { recordLine } from '../../../src/core/journal/frame.js'
import { planSession, type SessionPlan } from '../../../src/core/session/session-plan.js'
import type { StrategyBar } from '../../../src/ports/strategy.js'
import type { AssumptionRun } from '../../../src/ports/vocabulary/assumptions.js'
import { runSession, type SessionResult } from '../../../src/runtime/session/session.js'
import type { SessionParts } from '../../../src/runtime/session/session-parts.js'
import { type SessionPoint, SessionRecovery } from '../../../src/runtime/session/session-recovery.js'
import type { SessionStep } from '../../../src/runtime/session/session-steps.js'
import { SessionSurface } from '../../../src/runtime/status/session-surface.js'
import { StandingCommands } from '../../../src/runtime/status/standing-commands.js'
import { PacedTime } from '../../../src/runtime/time/paced-time.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { type Script, ScriptedStrategy } from '../../support/scripted-strategy.js'
import { StallingClock } from '../../support/stalling-clock.js'

const FIRST_BAR_MS = Date.UTC(2026, 2, 2, 7, 50)
const BAR_MS = 60_000
const PRICES = Array.from({ length: 15 }, (_, bar) => 60_000 + 10 * bar)

describe('a session by a clock', () => {
  it('goes on from any bar behind which it was interrupted, to the same trades and the same capital', async () => {
    const whole = await lived(new Disks())
    expect(whole.result).toMatchObject({ finished: true, bars: 15 })
    expect(whole.log.trades).toHaveLength(2)
    // A proposal that is under way, at bars 2 and 11, is taken back by a restart.
    for (const bar of [0, 1, 3, 7, 8, 9, 10, 12, 13, 14]) {
      const disks = new Disks()
      await lived(disks, { stopAt: bar })
      const { result, log } = await lived(disks)
      expect(result, `interrupted at bar ${bar}`).toMatchObject({ finished: true, bars: 15 })
      expect(barsOf(disks)).toEqual(PRICES.map((_, i) => i))
      expect(log.trades.map(facts), `interrupted at bar ${bar}`).toEqual(whole.log.trades.map(facts))
      expect(result.figures.performance.capitalUsd).toEqual(whole.result.figures.performance.capitalUsd)
      expect(result.figures.performance.peakCapitalUsd).toEqual(whole.result.figures.performance.peakCapitalUsd)
    }
  })

  it('is interrupted again and again, and the books, ids and records number on', async () => {
    const disks = new Disks()
    for (const stopAt of [2, 3, 6, 8, 12]) await lived(disks, { stopAt })
    const { result, log, recovery } = await lived(disks)
    expect(result).toMatchObject({
      finished: true,
      bars: 15,
      journals: { decision: { records: disks.decision.length } },
    })
    expect(new Set(log.trades.map(({ tradeId }) => tradeId)).size).toBe(log.trades.length)
    expect(recordsOf<DecisionRecord>(disks.decision).map(({ n }) => n)).toEqual(disks.decision.map((_, i) => i + 1))
    expect(recovery.from).toMatchObject({ bar: 12, barAtMs: FIRST_BAR_MS + 12 * BAR_MS, dayBars: 13 })
  })

  it('ignores bars that a source repeats, and says where it went on and at which bar', async () => {
    const disks = new Disks()
    await lived(disks, { stopAt: 6 })
    const told: [SessionPoint, StrategyBar][] = []
    const given: (SessionPoint | undefined)[] = []
    const { result } = await lived(disks, {
      steps: (from) => {
        given.push(from)
        return stepsOf().filter(({ bar }) => bar.bar < 5 || bar.bar > 9)
      },
      onResumed: (from, bar) => void told.push([from, bar]),
    })
    expect(given).toEqual([expect.objectContaining({ bar: 6 })])
    expect(told.map(([from, bar]) => [from.bar, bar.bar])).toEqual([[6, 10]])
    expect(barsOf(disks)).toEqual([0, 1, 2, 3, 4, 5, 6, 10, 11, 12, 13, 14])
    expect(result.finished).toBe(true)
  })

  it('begins with no point to go on from, and tells of none', async () => {
    const given: unknown[] = []
    await lived(new Disks(), {
      steps: (from) => {
        given.push(from)
        return stepsOf()
      },
      onResumed: () => given.push('resumed'),
    })
    expect(given).toEqual([undefined])
  })

  it('shows what it has gained before it was interrupted', async () => {
    const disks = new Disks()
    await lived(disks, { stopAt: 9 })
    const folder = mkdtempSync(join(tmpdir(), 'dolphin-recovery-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const standing = new StandingCommands(join(folder, 'kill-switch.json'))
    const plan = await planned()
    const ids = { strategyId: 'scripted', configHash: '0123456789abcdef', buildId: plan.decision.build }
    const surface = new SessionSurface({ ...ids, ...plan, epochMs: () => plan.startedAtMs }, standing, () => {})
    onTestFinished(() => surface.close())
    const { log } = await lived(disks, { surface, stopAt: 10 })
    const [trade] = log.trades
    expect(surface.session()).toMatchObject({ realizedCapitalUsd: String(25_000 + Number(trade!.netPnl)) })
  })

  it('is not continued without what its journals were read into', async () => {
    const parts = await partsOf(new Disks())
    const there = ['00000000']
    const decision = { ...parts.decision, journal: { ...parts.decision.journal, there } }
    const { recovery: _, ...without } = parts
    await expect(runSession({ ...without, decision })).rejects.toThrow(
      'expected journals that are empty or read into parts.recovery, found 1 records',
    )
  })

  it('on virtual time is computed again, and takes no recovery', async () => {
    const parts = await partsOf(new Disks())
    await expect(runSession({ ...parts, time: new VirtualTime(0) })).rejects.toThrow('expected no parts.recovery')
  })

  it('of another balance or id prefix is refused by its journal', async () => {
    const disks = new Disks()
    await lived(disks, { stopAt: 1 })
    const plan = await planned()
    const other = recoveryOf({ ...plan, decision: { ...plan.decision, idPrefix: 'Q' } }, disks, new MemorySessionLog())
    expect(() => other.from).toThrow('idPrefix: begun with P, Q found in the settings')
  })
})

describe('an assumption whose test fails in a session by a clock', () => {
  const failing = { timestamps_monotonic: () => ({ passed: false, detail: 'they went back' }) }
  const steps = () => stepsOf(25)

  it('forbids entries after the third failure, which each run of the test has in the journal', async () => {
    const disks = new Disks()
    const { log } = await lived(disks, { steps, tests: failing })
    expect(runsOf(disks).map(({ result, atMs }) => [result, (atMs - FIRST_BAR_MS) / BAR_MS])).toEqual([
      ['failed', 0],
      ['failed', 10],
      ['failed', 20],
    ])
    expect(log.missedEntries).toMatchObject([{ reason: 'REJECT_MODE_REDUCE_ONLY', detail: UNSAFE, entryBar: 22 }])
    expect(log.trades).toHaveLength(2)
  })

  it('still forbids them when the process has died meanwhile, and no test is run in the next', async () => {
    const disks = new Disks()
    await lived(disks, { steps, tests: failing, stopAt: 20 })
    const { log } = await lived(disks, { steps, tests: {} })
    expect(runsOf(disks)).toHaveLength(3)
    expect(log.missedEntries).toMatchObject([{ reason: 'REJECT_MODE_REDUCE_ONLY', detail: UNSAFE }])
  })

  it('allows them again once it has passed', async () => {
    const disks = new Disks()
    await lived(disks, { steps, tests: failing, stopAt: 20 })
    const passing = { timestamps_monotonic: () => ({ passed: true, detail: '' }) }
    const { log } = await lived(disks, { steps: () => stepsOf(36), tests: passing })
    expect(runsOf(disks).at(-1)).toMatchObject({ result: 'passed', atMs: FIRST_BAR_MS + 30 * BAR_MS })
    expect(log.missedEntries).toHaveLength(1)
    expect(log.trades.map(({ entryBar }) => entryBar)).toEqual([2, 11, 32])
  })

  it('that no entry needs forbids nothing', async () => {
    const unneeded = { cascades_have_waves: () => ({ passed: false, detail: '' }) }
    const { log } = await lived(new Disks(), { steps, tests: unneeded })
    expect(log.trades).toHaveLength(3)
  })

  const UNSAFE = expect.stringContaining('REDUCEONLY_COMPONENT_UNSAFE (marketData: timestamps_monotonic INVALID)')
})

function runsOf({ decision }: Disks): AssumptionRun[] {
  return recordsOf<DecisionRecord>(decision).flatMap((record) => (record.type === 'assumption' ? [record.run] : []))
}

/** LONG from bar 2 to bar 8, after funding at bar 10 nothing; SHORT from bar 11 to bar 13; LONG again for a bar from 22 and 32 on. */
const SCRIPT: Script = ({ bar, prices }, { held, pending }) => {
  const price = prices[0]!
  const entry = { type: 'ENTRY', symbol: 'BTCUSDT', notionalUsd: price / 100, price, reason: 'SIGNAL' } as const
  if (held === null && pending === null && [2, 11, 22, 32].includes(bar))
    return [{ ...entry, direction: bar === 11 ? -1 : 1 }]
  if (held !== null && [8, 13, 23, 33].includes(bar))
    return [{ type: 'EXIT', symbol: 'BTCUSDT', price, reason: 'DONE' }]
  return []
}

/** Lines of the three journals: what outlives a process. */
class Disks {
  readonly decision: string[] = []
  readonly execution: string[] = []
  readonly exchange: string[] = []
}

interface Wish {
  /** It is interrupted behind this bar. */
  readonly stopAt?: number
  readonly steps?: (from: SessionPoint | undefined) => readonly SessionStep[]
  readonly onResumed?: SessionParts['onResumed']
  readonly surface?: SessionSurface
  readonly tests?: NonNullable<SessionParts['assumptions']>['tests']
}

async function lived(disks: Disks, { stopAt, steps, onResumed, surface, tests }: Wish = {}): Promise<Life> {
  const parts = await partsOf(disks, surface)
  const stop = new AbortController()
  const result = await runSession(
    {
      ...parts,
      ...(steps && { steps: (_, from) => steps(from) }),
      ...(onResumed && { onResumed }),
      ...(tests && { assumptions: { tests, isNow: false } }),
      onStep: ({ bar }) => (bar.bar === stopAt ? stop.abort() : undefined),
    },
    stop.signal,
  )
  return { result, log: parts.log as MemorySessionLog, recovery: parts.recovery! }
}

interface Life {
  readonly result: SessionResult
  readonly log: MemorySessionLog
  readonly recovery: SessionRecovery
}

async function partsOf(disks: Disks, surface?: SessionSurface): Promise<SessionParts> {
  const plan = await planned()
  const kept = new ExchangeRecovery()
  for (const record of recordsOf<ExchangeRecord>(disks.exchange)) kept.take(record)
  const exchange = new PaperExchange(plan.exchange)
  kept.restore(exchange)
  const journal = new ExchangeJournal({
    journal: new MemoryJournal(disks.exchange),
    recovery: kept,
    format: recordLine,
  })
  await journal.begin(plan.exchange.startingBalanceUsd, plan.startedAtMs)
  const log = new MemorySessionLog()
  const recovery = recoveryOf(plan, disks, log, surface)
  const startedAtMs = Math.max(plan.startedAtMs, recovery.from.atMs, kept.atMs)
  const time = new PacedTime({ startedAtMs, speed: 50, clock: new StallingClock() })
  const [decisionEnd, executionEnd] = memoryLinkPair()
  return {
    start: plan,
    time,
    steps: () => stepsOf(),
    strategies: [],
    recovery,
    decision: { settings: plan.decision, journal: emptyOf(disks.decision), link: decisionEnd },
    execution: { settings: plan.execution, journal: emptyOf(disks.execution), link: executionEnd },
    venue: new PaperVenue({ exchange, timer: time, journal }),
    fundingRate: '0.0001',
    log,
  }
}

function recoveryOf(plan: SessionPlan, disks: Disks, log: MemorySessionLog, seen?: SessionSurface): SessionRecovery {
  const strategies = [new ScriptedStrategy('scripted', SCRIPT)]
  const recovery = new SessionRecovery({ start: plan, log, decision: plan.decision, strategies, ...(seen && { seen }) })
  for (const record of recordsOf<DecisionRecord>(disks.decision)) recovery.decision.take(record)
  for (const record of recordsOf<ExecutionRecord>(disks.execution)) recovery.execution.take(record)
  return recovery
}

function emptyOf(lines: string[]) {
  return { journal: new MemoryJournal(lines), there: [] }
}

function recordsOf<R>(lines: readonly string[]): R[] {
  return lines.map((line) => JSON.parse(line.slice(line.indexOf('{'))) as R)
}

function barsOf({ decision }: Disks): number[] {
  return recordsOf<DecisionRecord>(decision).flatMap((record) => (record.type === 'bar' ? [record.bar.bar] : []))
}

function facts({ entryBar, exitBar, netPnl, reason }: MemorySessionLog['trades'][number]) {
  return [entryBar, exitBar, netPnl, reason]
}

function stepsOf(bars = PRICES.length): SessionStep[] {
  return Array.from({ length: bars }, (_, bar) => {
    const price = 60_000 + 10 * bar
    const timestampMs = FIRST_BAR_MS + bar * BAR_MS
    const step: SessionStep = {
      bar: {
        bar,
        timestampMs,
        symbols: ['BTCUSDT'],
        prices: Float64Array.of(price),
        velDiv: 0,
        volOk: true,
        posture: 'APEX',
        ...(bar === 0 ? { day: { date: '2026-03-02' } } : {}),
      },
      date: '2026-03-02',
    }
    return timestampMs === Date.UTC(2026, 2, 2, 8) ? { ...step, fundedAtMs: timestampMs } : step
  })
}

async function planned(): Promise<SessionPlan> {
  return planSession({
    run: { initialCapital: 25_000 },
    config: await loadExecutionConfig(),
    instruments: [loadInstruments().instrument('BTCUSDT', 'PAPER')],
    fills: 'bar-price',
    seed: 1,
    market: { firstBarMs: FIRST_BAR_MS, stepMs: BAR_MS },
    build: '0123456789abcdef',
  })
}
