import { execFile } from 'node:child_process'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { EXECUTION_CONFIG_DEFAULTS } from '../../config/execution-config.js'
import { CHAMPION_CONFIG, loadConfig } from '../../config/strategy-config.js'
import type { VenueRequest } from '../../ports/venue.js'
import type { OrderRequest } from '../../ports/vocabulary/orders.js'
import { type DrillDayShape, drillPrice } from './days.js'
import { type DrilledExecutor, type DrillSession, sayAt } from './session.js'
import { stagingArgs } from './staging.js'

/** A drill's session, and where it lies. */
export interface Drilled {
  readonly session: DrillSession
  /** Of the session's files. */
  readonly folder: string
  /** For what must be undone whatever happens, the last first. */
  undo(action: () => void): void
}

/** One way to put a running system into a state, and back. */
export interface Drill {
  /** Of the golden document too. */
  readonly name: string
  /** For a person who reads along. */
  readonly provokes: string
  readonly recovers: string
  /**
   * Arguments added to `dolphin paper`: `during` in the session that the state is provoked in, `after` in the session that
   * must become Active. Absent: one session goes on throughout. Files that the arguments name are made in `folder`.
   */
  sessions?(folder: string): Promise<readonly [during: readonly string[], after: readonly string[]]>
  readonly days?: DrillDayShape
  /** More of the execution configuration. */
  readonly execution?: string
  /** The state is there from the start: the session is not waited for. */
  readonly atStart?: true
  /** Answers what ends it. */
  provoke?(drilled: Drilled): Promise<void>
  /** Before the system is expected to be Active again; absent: it heals by itself. */
  recover?(drilled: Drilled): Promise<void>
}

const run = promisify(execFile)

const BY_DRILL = 'dolphin drill'

export const DRILLS: readonly Drill[] = [
  {
    name: 'healthy_active',
    provokes: 'nothing: a session is started',
    recovers: 'nothing to recover from',
  },
  {
    name: 'restart_reconcile',
    provokes: 'a session starts',
    recovers: 'by itself: contact, the first bar, a reconciliation',
    atStart: true,
  },
  {
    name: 'operator_kill',
    provokes: 'POST /api/v1/operator/kill',
    recovers: 'POST /api/v1/operator/resume',
    provoke: ({ session }) => session.command('kill', BY_DRILL),
    recover: ({ session }) => session.command('resume', BY_DRILL),
  },
  {
    name: 'operator_reduce_only',
    provokes: 'POST /api/v1/operator/reduce-only',
    recovers: 'POST /api/v1/operator/resume',
    provoke: ({ session }) => session.command('reduce-only', BY_DRILL),
    recover: ({ session }) => session.command('resume', BY_DRILL),
  },
  {
    name: 'maintenance',
    provokes: 'POST /api/v1/operator/maintenance-on',
    recovers: 'POST /api/v1/operator/maintenance-off',
    provoke: ({ session }) => session.command('maintenance-on', BY_DRILL),
    recover: ({ session }) => session.command('maintenance-off', BY_DRILL),
  },
  {
    name: 'watchdog',
    provokes: 'SIGSTOP to the executor, and SIGCONT eleven seconds later',
    recovers: 'by itself: its loop has run steadily for half a minute',
    provoke: async ({ session, undo }) => {
      const { pid } = await session.executor()
      undo(() => signal(pid, 'SIGCONT'))
      signal(pid, 'SIGSTOP')
      await pause(STALL_MS)
      signal(pid, 'SIGCONT')
    },
  },
  {
    name: 'margin_high',
    provokes: 'another client rests an order in the account that binds most of the equity as margin',
    recovers: 'by itself: an order that is not ours is cancelled',
    provoke: async ({ session }) => bindMargin(await session.executor(), 0.9),
  },
  {
    name: 'margin_critical',
    provokes: 'another client rests an order in the account that binds nearly all of the equity as margin',
    recovers: 'by itself: an order that is not ours is cancelled',
    provoke: async ({ session }) => bindMargin(await session.executor(), 0.97),
  },
  {
    name: 'link_lost',
    provokes: 'SIGSTOP to the executor: it is there and says nothing',
    recovers: 'SIGCONT, then by itself: contact, three good heartbeats, a resync',
    provoke: async ({ session, undo }) => {
      const { pid } = await session.executor()
      undo(() => signal(pid, 'SIGCONT'))
      signal(pid, 'SIGSTOP')
    },
    recover: async ({ session }) => signal((await session.executor()).pid, 'SIGCONT'),
  },
  {
    name: 'executor_restart',
    provokes: 'SIGKILL to the executor',
    recovers: 'by itself: it is started again, recovers from its journal, resyncs and reconciles',
    provoke: async ({ session }) => signal((await session.executor()).pid, 'SIGKILL'),
  },
  {
    name: 'link_corrupt',
    provokes: 'a line that is no message, said at the link’s socket',
    recovers: 'POST /api/v1/operator/resync, then /resume: the alert has taken the mode',
    provoke: async ({ session }) => sayAt((await session.executor()).link, ['{"v":1,"type":"HEARTBEAT"'], 50),
    recover: async ({ session }) => {
      await session.command('resync', BY_DRILL)
      await session.command('resume', BY_DRILL)
    },
  },
  {
    name: 'session_termination',
    provokes: 'another client takes the executor’s place at the exchange, again and again for two seconds',
    recovers: 'by itself: connected again, a reconciliation',
    provoke: async ({ session }) => {
      const { exchange } = await session.executor()
      void displace(exchange, 2_000)
    },
  },
  {
    name: 'account_lockout',
    provokes: 'somebody trades by hand in the account: a round trip that costs fees',
    recovers: 'POST /api/v1/operator/clear-lockout, then /resume',
    provoke: async ({ session }) => tradeByHand(await session.executor()),
    recover: async ({ session }) => {
      await session.command('clear-lockout', BY_DRILL)
      await session.command('resume', BY_DRILL)
    },
  },
  {
    name: 'market_data_stale',
    provokes: 'the recording pauses for half a minute of its own time',
    recovers: 'by itself: a minute of fresh bars, a reconciliation',
    days: { hasGap: true },
  },
  {
    name: 'partial_fill_containment',
    provokes: 'a book so thin that the first entry fills in part',
    recovers: 'by itself: the rest is cancelled, and what filled is held',
    days: { isHurried: true },
    execution: 'paper: { displayed_usd: 200 }',
  },
  {
    name: 'posture_hibernate',
    provokes: 'a session in posture HIBERNATE',
    recovers: 'a session in posture APEX',
    atStart: true,
    sessions: async () => [['--posture', 'HIBERNATE'], []],
  },
  {
    name: 'certificate_expired',
    provokes: 'a session in STAGING with a certificate whose time has passed',
    recovers: 'a session with a certificate that is valid for another hour',
    atStart: true,
    sessions: async (folder) => [
      await stagingArgs(folder, { name: 'expired', validMs: -1 }),
      await stagingArgs(folder, { name: 'valid', validMs: 3_600_000 }),
    ],
  },
  {
    name: 'journal_failed',
    provokes: 'the session may write no file beyond the size of its journal: the next append fails (prlimit, Linux)',
    recovers: 'a new session, with the limit gone',
    provoke: async ({ session, folder }) => {
      const journal = join(folder, 'journal', 'decision')
      const sizes = (await readdir(journal)).map(async (name) => (await stat(join(journal, name))).size)
      const limit = Math.max(...(await Promise.all(sizes)))
      await run('prlimit', ['--pid', String(session.pid), `--fsize=${limit}:unlimited`])
    },
    sessions: async () => [[], []],
  },
]

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    // A process that is gone needs nothing undone.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Longer than the loop may stand still. */
const STALL_MS = 11_000

/** Connects whenever the executor has connected: its session is over again each time. */
async function displace(exchange: string, forMs: number): Promise<void> {
  const endMs = performance.now() + forMs
  while (performance.now() < endMs) {
    await sayAt(exchange, [], 15).catch(() => {})
    await pause(1)
  }
}

/** As a client of the exchange like any other: buys and sells the same, and loses the fees and the spread. */
function tradeByHand({ exchange }: DrilledExecutor): Promise<void> {
  const lines = (['BUY', 'SELL'] as const).map((side) =>
    submitLine({
      clientOrderId: `by-hand-${side.toLowerCase()}`,
      symbol: HAND_SYMBOL,
      side,
      type: 'MARKET',
      quantity: '0.8',
      reduceOnly: false,
    }),
  )
  return sayAt(exchange, lines, 50)
}

/** Rests an order below the market whose margin is that share of the session's equity. */
async function bindMargin({ exchange }: DrilledExecutor, share: number): Promise<void> {
  const price = await drillPrice(HAND_SYMBOL)
  const equityUsd = loadConfig(CHAMPION_CONFIG).initialCapital
  const quantity = ((share * equityUsd * EXECUTION_CONFIG_DEFAULTS['paper.leverage']) / price).toFixed(2)
  const resting = {
    clientOrderId: 'by-hand-rest',
    symbol: HAND_SYMBOL,
    side: 'BUY',
    type: 'LIMIT',
    reduceOnly: false,
  } as const
  await sayAt(exchange, [submitLine({ ...resting, quantity, price: (price * BELOW_MARKET).toFixed(0) })], 50)
}

function submitLine(order: OrderRequest): string {
  const { clientOrderId: requestId } = order
  const request: VenueRequest = { kind: 'submit', requestId, order, validUntilMs: Number.MAX_SAFE_INTEGER }
  return JSON.stringify(request)
}

const HAND_SYMBOL = 'BTCUSDT'
/** Within the exchange's price band, and out of reach in the minutes of a drill. */
const BELOW_MARKET = 0.97
