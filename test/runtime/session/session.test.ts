import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { MemoryJournal } from '../../../src/adapters/journal/memory-journal.js'
import { delayedLinkPair } from '../../../src/adapters/link-memory/delayed-link.js'
import { memoryLinkPair } from '../../../src/adapters/link-memory/memory-link.js'
import { PaperExchange } from '../../../src/adapters/paper/paper-exchange.js'
import { PaperVenue } from '../../../src/adapters/paper/paper-venue.js'
import { MemorySessionLog } from '../../../src/adapters/session-log/memory-session-log.js'
import { loadExecutionConfig } from '../../../src/config/execution-config.js'
import { loadInstruments } from '../../../src/config/instruments.js'
import { sumOf } from '../../../src/core/journal/frame.js'
import { planSession } from '../../../src/core/session/session-plan.js'
import type { Clock, Timer } from '../../../src/ports/clock.js'
import type { StrategyBar } from '../../../src/ports/strategy.js'
import type { Venue } from '../../../src/ports/venue.js'
import type { Alert } from '../../../src/ports/vocabulary/alerts.js'
import { runSession } from '../../../src/runtime/session/session.js'
import type { SessionParts } from '../../../src/runtime/session/session-parts.js'
import type { SessionStep } from '../../../src/runtime/session/session-steps.js'
import { JournalDeparture } from '../../../src/runtime/session/timed-journal.js'
import { SessionSurface } from '../../../src/runtime/status/session-surface.js'
import { StandingCommands } from '../../../src/runtime/status/standing-commands.js'
import { PacedTime } from '../../../src/runtime/time/paced-time.js'
import { clockTimer } from '../../../src/runtime/time/scaled-clock.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { type Script, ScriptedStrategy } from '../../support/scripted-strategy.js'
import { StallingClock } from '../../support/stalling-clock.js'

const FIRST_BAR_MS = Date.UTC(2026, 2, 2, 7, 50)
const BAR_MS = 60_000

interface Rig {
  readonly parts: SessionParts
  readonly log: MemorySessionLog
  readonly strategy: ScriptedStrategy
  readonly executionJournal: MemoryJournal
  /** Lines of both journals, as a disk would hold them. */
  readonly lines: { readonly decision: string[]; readonly execution: string[] }
}

/** One symbol, one price per bar, both sides and an exchange without friction, on virtual time. */
async function rig(prices: readonly number[], script: Script, before?: Rig['lines']): Promise<Rig> {
  const plan = await planned()
  const time = new VirtualTime(plan.startedAtMs)
  const lines = { decision: [...(before?.decision ?? [])], execution: [...(before?.execution ?? [])] }
  const [decisionEnd, executionEnd] = delayedLinkPair(time, 1)
  const log = new MemorySessionLog()
  const strategy = new ScriptedStrategy('scripted', script)
  const execution = journalOf(lines.execution)
  const parts: SessionParts = {
    start: plan,
    time,
    steps: () => stepsOf(prices),
    strategies: [strategy],
    decision: { settings: plan.decision, journal: journalOf(lines.decision), link: decisionEnd },
    execution: { settings: plan.execution, journal: execution, link: executionEnd },
    venue: new PaperVenue({ exchange: new PaperExchange(plan.exchange), timer: time }),
    fundingRate: '0.0001',
    log,
  }
  return { parts, log, strategy, executionJournal: execution.journal, lines }
}

async function planned() {
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

function journalOf(lines: string[]) {
  return { journal: new MemoryJournal(lines), there: lines.map(sumOf) }
}

function stepsOf(prices: readonly number[]): SessionStep[] {
  return prices.map((price, bar) => {
    const timestampMs = FIRST_BAR_MS + bar * BAR_MS
    const step = {
      bar: {
        bar,
        timestampMs,
        symbols: ['BTCUSDT'],
        prices: Float64Array.of(price),
        velDiv: 0,
        volOk: true,
        posture: 'APEX' as const,
      },
      date: '2026-03-02',
    }
    return timestampMs === Date.UTC(2026, 2, 2, 8) ? { ...step, fundedAtMs: timestampMs } : step
  })
}

function enter({ prices }: StrategyBar) {
  const price = prices[0]!
  return { type: 'ENTRY', symbol: 'BTCUSDT', direction: 1, notionalUsd: price / 100, price, reason: 'SIGNAL' } as const
}

function exit({ prices }: StrategyBar) {
  return { type: 'EXIT', symbol: 'BTCUSDT', price: prices[0]!, reason: 'DONE' } as const
}

/** The venue as one that nobody plays. */
function ownMarket(venue: Venue): Venue {
  return {
    send: (request) => venue.send(request),
    listen: (listener) => venue.listen(listener),
    close: () => venue.close(),
  }
}

/** Enters at bar 0 and leaves at bar 12, after funding at bar 10. */
const throughFunding: Script = (bar) => (bar.bar === 0 ? [enter(bar)] : bar.bar === 12 ? [exit(bar)] : [])
const FLAT_PRICES: readonly number[] = Array.from({ length: 15 }, () => 60_000)

it('the strategy sees a bar before the exchange moves: a take-profit that a bar triggers is news for the next bar', async () => {
  const held: (string | null)[] = []
  const { parts, log } = await rig([60_000, 60_000, 61_200, 61_200], (bar, state) => {
    held.push(state.held?.symbol ?? null)
    return bar.bar === 0 ? [enter(bar)] : []
  })
  await runSession(parts)
  expect(held).toEqual([null, 'BTCUSDT', 'BTCUSDT', null])
  expect(log.trades).toMatchObject([{ purpose: 'TAKE_PROFIT', exitValueUsd: '612', quantity: '0.01' }])
})

it('a decision is filled at the price of the bar that it was made at', async () => {
  const { parts, log } = await rig([60_000, 60_100, 60_200, 60_300], (bar) => {
    if (bar.bar === 1) return [enter(bar)]
    return bar.bar === 2 ? [exit(bar)] : []
  })
  await runSession(parts)
  expect(log.trades).toMatchObject([{ entryValueUsd: '601', exitValueUsd: '602', reason: 'DONE', exitBar: 2 }])
})

it('funding settles on what is held at that moment, before the bar after it', async () => {
  const { parts, log } = await rig(FLAT_PRICES, throughFunding)
  const result = await runSession(parts)
  expect(log.trades).toMatchObject([{ fundingUsd: '-0.06' }])
  expect(result).toMatchObject({ finished: true, bars: 15, figures: { trades: log.trades } })
  expect(log.lastSummary).toMatchObject({ finished: true, updatedAtMs: result.atMs })
})

it('a venue with a market of its own is shown no bar and no funding: orders fill at its prices', async () => {
  const { parts, log } = await rig(FLAT_PRICES, throughFunding)
  const market = parts.venue as PaperVenue
  const time = parts.time as VirtualTime
  for (const [bar, price] of [
    [-1, '59000'],
    [11, '59100'],
  ] as const) {
    time.at(FIRST_BAR_MS + bar * BAR_MS, () => market.market({ kind: 'bar', symbol: 'BTCUSDT', close: price }))
  }
  await runSession({ ...parts, venue: ownMarket(market) })
  expect(log.trades).toMatchObject([{ quantity: '0.01', entryValueUsd: '590', exitValueUsd: '591', fundingUsd: '0' }])
})

it('an execution side of this process needs a venue', async () => {
  const { parts } = await rig(FLAT_PRICES, () => [])
  await expect(runSession({ ...parts, venue: undefined })).rejects.toThrow(/parts\.venue: expected a venue/)
})

it('the same parts give the same records, and an interrupted session goes on to the same end', async () => {
  const whole = await rig(FLAT_PRICES, throughFunding)
  const wholeResult = await runSession(whole.parts)
  const stop = new AbortController()
  const first = await rig(FLAT_PRICES, throughFunding)
  const interrupted = await runSession(
    { ...first.parts, onStep: ({ bar }) => (bar.bar === 7 ? stop.abort() : undefined) },
    stop.signal,
  )
  expect(interrupted).toMatchObject({ finished: false, bars: 8 })
  expect(first.lines.decision.length).toBeLessThan(whole.lines.decision.length)
  const second = await rig(FLAT_PRICES, throughFunding, first.lines)
  expect(await runSession(second.parts)).toEqual(wholeResult)
  expect(second.lines).toEqual(whole.lines)
})

it('a journal of another session ends a session with the record where they part', async () => {
  const first = await rig(FLAT_PRICES, throughFunding)
  await runSession(first.parts)
  const other = await rig(FLAT_PRICES.with(0, 61_000), throughFunding, first.lines)
  const stepped: number[] = []
  const parts = { ...other.parts, onStep: ({ bar }: SessionStep) => void stepped.push(bar.bar) }
  await expect(runSession(parts)).rejects.toThrow(JournalDeparture)
  expect(stepped).toEqual([0])
  for (const journal of [parts.decision.journal.journal, other.executionJournal]) {
    expect(() => journal.append('x')).toThrow('closed journal')
  }
})

it('bars that go back in time end a session on virtual time', async () => {
  const { parts } = await rig(FLAT_PRICES, () => [])
  const back = { ...parts, steps: () => stepsOf([1, 2, 3]).toReversed() }
  await expect(runSession(back)).rejects.toThrow('virtual time does not go back')
})

it('by a clock a session trades as on virtual time', async () => {
  const virtual = await rig(FLAT_PRICES, throughFunding)
  await runSession(virtual.parts)
  const { parts, log, time } = await clockRig(FLAT_PRICES, throughFunding)
  const result = await settled(time, runSession(parts))
  expect(result).toMatchObject({ finished: true, bars: 15 })
  expect(log.trades.map(facts)).toEqual(virtual.log.trades.map(facts))
})

it('on paced time a session trades as on virtual time, however its process stalls, and no side misses the other', async () => {
  const virtual = await rig(FLAT_PRICES, throughFunding)
  await runSession(virtual.parts)
  const stalls = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 20, maxLength: 400 })
  await fc.assert(
    fc.asyncProperty(stalls, async (stallMs) => {
      const alerts: string[] = []
      const { parts, log } = await pacedRig(FLAT_PRICES, throughFunding, new StallingClock(stallMs))
      const result = await runSession({ ...parts, onAlert: ({ message }) => void alerts.push(message) })
      expect(result).toMatchObject({ finished: true, bars: 15 })
      expect(alerts.filter((message) => /LINK_(?!OK)|did not run/.test(message))).toEqual([])
      expect(log.trades.map(facts)).toEqual(virtual.log.trades.map(facts))
    }),
    { numRuns: 8 },
  )
})

it('a kill that outlived its process lets nothing open, and a surface shows it before the first step', async () => {
  const { parts, log, standing, surface } = await withStatus(await rig(FLAT_PRICES, throughFunding))
  await standing.write({ command: 'kill', reason: 'stopped by hand' }, 1)
  const shown: unknown[] = []
  await runSession({ ...parts, started: async () => void shown.push(surface.status().trading_mode) })
  expect(shown).toEqual(['Kill'])
  expect(log.trades).toEqual([])
})

function facts({ entryBar, exitBar, netPnl, reason }: MemorySessionLog['trades'][number]) {
  return [entryBar, exitBar, netPnl, reason]
}

/** The same on time that is paced by a clock. */
async function pacedRig(prices: readonly number[], script: Script, clock: Clock) {
  const { parts, ...rest } = await rig(prices, script)
  const time = new PacedTime({ startedAtMs: parts.start.startedAtMs, speed: 50, clock })
  return { ...rest, parts: await inTurns(parts, time, time) }
}

/** The same by a clock, which moves when `settled` lets it, with links that need no time. */
async function clockRig(prices: readonly number[], script: Script) {
  const { parts, ...rest } = await rig(prices, script)
  const time = new VirtualTime(parts.start.startedAtMs)
  const clock = {
    nowMs: () => time.nowMs(),
    epochMs: () => time.epochMs(),
    sleep: (ms: number, signal?: AbortSignal) => time.sleep(ms, signal),
  }
  return { ...rest, parts: await inTurns(parts, clock, clockTimer(clock)), time }
}

/** On a clock, with links and journals that need turns of the loop and no time. */
async function inTurns(parts: SessionParts, time: Clock, timer: Timer): Promise<SessionParts> {
  const plan = await planned()
  const [decisionEnd, executionEnd] = memoryLinkPair()
  return {
    ...parts,
    time,
    venue: new PaperVenue({ exchange: new PaperExchange(plan.exchange), timer }),
    decision: { ...parts.decision, journal: journalOf([]), link: decisionEnd },
    execution: { settings: plan.execution, journal: journalOf([]), link: executionEnd },
  }
}

/** Links and journals in memory need turns of the loop and no time. */
const TURNS_OF_A_MESSAGE = 20

/** Lets time pass until the session is over. */
async function settled<T>(time: VirtualTime, session: Promise<T>): Promise<T> {
  let isOver = false
  const over = session.finally(() => {
    isOver = true
  })
  over.catch(() => {})
  while (!isOver) {
    for (let turn = 0; turn < TURNS_OF_A_MESSAGE; turn++) await setImmediate()
    const dueMs = time.nextDueMs()
    if (dueMs !== undefined) time.runTo(dueMs)
  }
  return over
}

async function withStatus({ parts, log }: Rig) {
  const folder = mkdtempSync(join(tmpdir(), 'dolphin-session-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const standing = new StandingCommands(join(folder, 'kill-switch.json'))
  const { timer, start } = { timer: parts.time as VirtualTime, start: parts.start }
  const identity = {
    strategyId: 'scripted',
    configHash: '0123456789abcdef',
    buildId: 'fedcba9876543210',
    epochMs: () => timer.epochMs(),
  }
  const surface = new SessionSurface({ ...identity, ...start }, standing, () => {})
  onTestFinished(() => surface.close())
  return { parts: { ...parts, status: { surface, standing } }, log, standing, surface }
}

/** Prices rise. Every second bar is one of entry; of ten positions one is LONG, and wins. */
const mostlyWrong: Script = (bar, { held }) => {
  if (held !== null) return [exit(bar)]
  return bar.bar % 2 === 0 ? [{ ...enter(bar), direction: bar.bar % 20 === 0 ? 1 : -1 }] : []
}
const RISING: readonly number[] = Array.from({ length: 46 }, (_, bar) => 60_000 + 10 * bar)

function actingOnRegime(parts: SessionParts): SessionParts {
  const { settings } = parts.decision
  const assumptions = { ...settings.assumptions!, actOnRegime: true }
  return { ...parts, decision: { ...parts.decision, settings: { ...settings, assumptions } } }
}

it('an edge that is gone is a critical alert, and changes nothing by itself', async () => {
  const alerts: Alert[] = []
  const { parts, log } = await rig(RISING, mostlyWrong)
  await runSession({ ...parts, onAlert: (alert) => void alerts.push(alert) })
  expect(alerts.filter(({ category }) => category === 'regime')).toMatchObject([
    { level: 'CRITICAL', alertId: 'regime.20', message: expect.stringContaining('EDGE_GONE') },
  ])
  expect(log.trades).toHaveLength(23)
  expect(log.missedEntries).toEqual([])
})

it('an edge that is gone blocks entries where somebody wants that', async () => {
  const { parts, log } = await rig(RISING, mostlyWrong)
  await runSession(actingOnRegime(parts))
  expect(log.trades).toHaveLength(20)
  expect(log.missedEntries[0]).toMatchObject({
    reason: 'REJECT_RISK_LIMIT',
    detail: 'blocked: system regime EDGE_GONE',
    entryBar: 40,
  })
})

it('runs the same tests at the same bars when it is computed again, and acts on them alike', async () => {
  const tests = { timestamps_monotonic: () => ({ passed: false, detail: '' }) }
  const whole = await rig(RISING, mostlyWrong)
  await runSession({ ...whole.parts, assumptions: { tests, isNow: false } })
  expect(whole.lines.decision.filter((line) => line.includes('"type":"assumption"'))).toHaveLength(5)
  const lines = { ...whole.lines, decision: whole.lines.decision.slice(0, 150) }
  const again = await rig(RISING, mostlyWrong, lines)
  await runSession({ ...again.parts, assumptions: { tests, isNow: false } })
  expect(again.lines.decision.at(-1)).toEqual(whole.lines.decision.at(-1))
})
