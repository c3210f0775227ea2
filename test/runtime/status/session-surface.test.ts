import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { delayedLinkPair } from '../../../src/adapters/link-memory/delayed-link.js'
import { PaperExchange } from '../../../src/adapters/paper/paper-exchange.js'
import { PaperVenue } from '../../../src/adapters/paper/paper-venue.js'
import { DecisionSide } from '../../../src/core/decision/decision-side.js'
import type { DecisionInput } from '../../../src/core/decision/event.js'
import type { DecisionRecord } from '../../../src/core/decision/records.js'
import { ExecutionSide } from '../../../src/core/execution/execution-side.js'
import type { ExecutionRecord } from '../../../src/core/execution/records.js'
import { EXECUTION_DEFAULTS } from '../../../src/core/execution/settings.js'
import { checkStatus } from '../../../src/core/status/check.js'
import type { Journal, JournalListener } from '../../../src/ports/journal.js'
import type { ExecutionInput } from '../../../src/ports/sides.js'
import type { Alert } from '../../../src/ports/vocabulary/alerts.js'
import { hostedVenue } from '../../../src/runtime/host/hosted-venue.js'
import { SideHost } from '../../../src/runtime/host/side-host.js'
import { SessionSurface } from '../../../src/runtime/status/session-surface.js'
import { StandingCommands } from '../../../src/runtime/status/standing-commands.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { decisionSettings } from '../../core/decision/two-sides.js'
import { ScriptedStrategy } from '../../support/scripted-strategy.js'

const SYMBOLS = ['BTCUSDT', 'ETHUSDT'] as const

/** Durable a millisecond later, until it fails. */
class FailingJournal implements Journal {
  readonly capacity = 1024
  private lines = 0
  private durable = 0
  private listener: JournalListener | undefined
  private failed = false

  constructor(private readonly time: VirtualTime) {}

  get depth(): number {
    return this.lines - this.durable
  }

  append(): void {
    this.lines++
    this.time.at(this.time.epochMs() + 1, () => {
      if (this.failed || this.durable === this.lines) return
      this.durable = this.lines
      this.listener?.durable(this.durable)
    })
  }

  listen(listener: JournalListener): void {
    this.listener = listener
  }

  fail(): void {
    this.failed = true
    this.listener?.failed('ENOSPC')
  }

  async close(): Promise<void> {}
}

/** Both sides in one process on virtual time, with a position, and everything about them that can fail. */
class Rig {
  readonly time = new VirtualTime(1_700_000_000_000)
  readonly surface: SessionSurface
  readonly decision: DecisionSide
  readonly execution: ExecutionSide
  readonly journals = [new FailingJournal(this.time), new FailingJournal(this.time)] as const
  readonly told: string[] = []
  readonly standing: StandingCommands
  isLinkUp = true
  private readonly venue: PaperVenue
  private readonly host: SideHost<DecisionInput, DecisionRecord>
  private bars = 0

  constructor(readonly switchPath: string) {
    const { time, journals } = this
    const settings = decisionSettings()
    const { instruments, build } = settings
    const identity = { strategyId: 'blue', configHash: '0123456789abcdef', buildId: build, initialCapitalUsd: '10000' }
    this.standing = new StandingCommands(switchPath)
    this.surface = new SessionSurface(
      { ...identity, startedAtMs: time.epochMs(), epochMs: () => time.epochMs() },
      this.standing,
      (message) => this.told.push(message),
    )
    const exchange = new PaperExchange({ instruments, startingBalanceUsd: '10000', seed: 1 })
    this.venue = new PaperVenue({ exchange, timer: time })
    this.decision = new DecisionSide(settings, [
      new ScriptedStrategy('blue', ({ prices }, { held, pending }) =>
        held !== null || pending !== null
          ? []
          : [{ symbol: 'BTCUSDT', type: 'ENTRY', direction: 1, notionalUsd: 1000, price: prices[0]!, reason: 'LAW' }],
      ),
    ])
    this.execution = new ExecutionSide({ ...EXECUTION_DEFAULTS, instruments, build })
    const [here, there] = delayedLinkPair(time, 1).map((link) => ({
      send: (text: string) => (this.isLinkUp ? link.send(text) : undefined),
      listen: (listener: (text: string) => void) => link.listen(listener),
      close: () => link.close(),
    }))
    const alerted = (alert: Alert) => this.surface.alerted(alert)
    const common = { timer: time, alerted, broken: (error: unknown) => expect(error).toBeUndefined() }
    this.host = new SideHost<DecisionInput, DecisionRecord>(this.decision, {
      ...common,
      journal: journals[0],
      link: here!,
      format: () => '',
      recorded: (record) => this.surface.decided(record),
    })
    const executionHost = new SideHost<ExecutionInput, ExecutionRecord>(this.execution, {
      ...common,
      journal: journals[1],
      link: there!,
      venue: hostedVenue(this.venue),
      format: () => '',
      recorded: (record) => this.surface.executed(record),
    })
    this.surface.attach({
      decision: { side: this.decision, host: this.host, journal: journals[0] },
      execution: { side: this.execution, host: executionHost, journal: journals[1] },
    })
    this.quote()
    executionHost.start()
    this.host.start()
    this.run(7000)
  }

  /** A bar, and five seconds. */
  bar(): void {
    const prices = Float64Array.of(50_000, 2_000)
    const market = { velDiv: 0, volOk: true, posture: 'APEX' } as const
    this.quote()
    const bar = { bar: this.bars++, timestampMs: this.time.epochMs(), symbols: SYMBOLS, prices, ...market }
    this.host.post({ kind: 'bar', bar })
    this.run(5000)
  }

  run(ms: number): void {
    this.time.runTo(this.time.epochMs() + ms)
  }

  private quote(): void {
    for (const [symbol, close] of [['BTCUSDT', '50000'] as const, ['ETHUSDT', '2000'] as const])
      this.venue.market({ kind: 'bar', symbol, close })
  }
}

let folder = ''
const rigs: Rig[] = []
function rig(path = join(folder, 'kill-switch.json')): Rig {
  const made = new Rig(path)
  rigs.push(made)
  return made
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dolphin-status-'))
})
afterEach(() => {
  for (const { surface } of rigs.splice(0)) surface.close()
  rmSync(folder, { recursive: true, force: true })
})

const KILL = { command: 'kill', reason: 'law' } as const

describe('a session and its surface', () => {
  it('says Active, shows the position with its gain, the capital, and what happened, newest first', () => {
    const made = rig()
    const { surface } = made
    made.bar()
    const status = surface.status()
    expect(checkStatus(status, { exact: true })).toEqual([])
    expect(status).toMatchObject({ trading_mode: 'Active', open_position_count: 1, last_scan_number: 0 })
    const { position, realizedCapitalUsd, equity, events } = surface.session()
    expect(position).toMatchObject({ symbol: 'BTCUSDT', direction: 'LONG', quantity: '0.02', markPrice: '50000' })
    expect(Number(position!.unrealizedPnlUsd)).toBeCloseTo((50_000 - Number(position!.entryPrice)) * 0.02, 6)
    expect({ realizedCapitalUsd, points: equity.length }).toEqual({ realizedCapitalUsd: '10000', points: 1 })
    expect(events[0]).toMatchObject({ level: 'INFO', category: 'position' })
  })

  it.each`
    what                               | fails                          | durable
    ${'nothing else is wrong'}         | ${[]}                          | ${true}
    ${'the disk takes no kill switch'} | ${['disk']}                    | ${false}
    ${'both journals have failed'}     | ${['journal']}                 | ${false}
    ${'the link is down'}              | ${['link']}                    | ${true}
    ${'all of it has failed'}          | ${['disk', 'journal', 'link']} | ${false}
  `('is killed at once and then flat although $what; durable: $durable', async ({ fails, durable }) => {
    writeFileSync(join(folder, 'file'), '')
    const made = rig(fails.includes('disk') ? join(folder, 'file', 'kill-switch.json') : undefined)
    made.bar()
    expect(made.execution.openPosition).not.toBeNull()
    if (fails.includes('journal')) for (const journal of made.journals) journal.fail()
    if (fails.includes('link')) made.isLinkUp = false
    const order = made.surface.operate(KILL)
    expect(made.surface.status()).toMatchObject({ trading_mode: 'Kill', risk_state: 'KILL' })
    expect([made.decision.state.mode, made.execution.mode]).toEqual(['KILL', 'KILL'])
    expect(await order).toMatchObject({ inForce: true, durable })
    made.run(3000)
    expect(made.execution.openPosition).toBeNull()
    made.bar()
    expect(made.execution.openPosition).toBeNull()
    expect(checkStatus(made.surface.status(), { exact: true })).toEqual([])
  })

  it('is persisted by a kill and taken back by a resume', async () => {
    const made = rig()
    await made.surface.operate(KILL)
    expect(await new StandingCommands(made.switchPath).inForce()).toEqual([KILL])
    await made.surface.operate({ command: 'resume', reason: 'over' })
    expect(await new StandingCommands(made.switchPath).inForce()).toEqual([])
    made.bar()
    expect(made.surface.status().trading_mode).toBe('Active')
  })

  it.each([
    ['deciding', 0],
    ['executing', 1],
  ] as const)(
    'is killed by the failed journal of the %s side, and still when it starts again, until a resume',
    async (_side, which) => {
      const made = rig()
      made.bar()
      made.journals[which].fail()
      const { standing } = made
      expect(made.surface.status().trading_mode).toBe('Kill')
      await standing.settled()
      const [found] = await new StandingCommands(made.switchPath).inForce()
      expect(found).toEqual({ command: 'kill', reason: expect.stringMatching(/^EMERGENCY journal: .*ENOSPC/) })
      const again = rig()
      await again.surface.operate(found!)
      again.bar()
      expect(again.surface.status()).toMatchObject({ trading_mode: 'Kill', open_position_count: 0 })
      await again.surface.operate({ command: 'resume', reason: 'a new disk' })
      again.bar()
      expect(again.surface.status()).toMatchObject({ trading_mode: 'Active' })
      expect(await new StandingCommands(made.switchPath).inForce()).toEqual([])
    },
  )

  it('keeps the kill of a failed journal, on disk too, when an operator resumes before the restart', async () => {
    const made = rig()
    made.journals[0].fail()
    await made.standing.settled()
    const killed = await new StandingCommands(made.switchPath).inForce()
    expect(await made.surface.operate({ command: 'resume', reason: 'too early' })).toEqual({
      inForce: false,
      durable: false,
      detail: 'resume: the mode stays Kill: the journal cannot be written, until a restart; nothing was changed',
    })
    expect(made.surface.status().trading_mode).toBe('Kill')
    expect(killed).toHaveLength(1)
    expect(await new StandingCommands(made.switchPath).inForce()).toEqual(killed)
  })

  it('keeps a maintenance beyond kill and resume, on disk as in memory, until it is ended', async () => {
    const made = rig()
    const begun = { command: 'maintenance-on', reason: 'the exchange upgrades' } as const
    expect(await made.surface.operate(begun)).toMatchObject({ inForce: true, durable: true })
    await made.surface.operate(KILL)
    await made.surface.operate({ command: 'resume', reason: 'over' })
    expect(await new StandingCommands(made.switchPath).inForce()).toEqual([begun])
    made.bar()
    expect(made.surface.status()).toMatchObject({
      trading_mode: 'ReduceOnly',
      mode_reasons: ['REDUCEONLY_MAINTENANCE'],
      risk_state: 'MAINTENANCE',
    })
    expect(made.execution.openPosition).toBeNull()
    await made.surface.operate({ command: 'maintenance-off', reason: 'upgraded' })
    expect(await new StandingCommands(made.switchPath).inForce()).toEqual([])
    // The other side's next heartbeat says so, too.
    made.run(1500)
    made.bar()
    expect(made.surface.status().trading_mode).toBe('Active')
    expect(made.execution.openPosition).not.toBeNull()
  })

  it('says a change to whoever listens, and no longer when that has ended', () => {
    const made = rig()
    let changes = 0
    const end = made.surface.listen(() => changes++)
    made.bar()
    expect(changes).toBeGreaterThan(0)
    end()
    const before = changes
    made.bar()
    expect(changes).toBe(before)
  })
})
