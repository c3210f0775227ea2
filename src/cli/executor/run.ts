import { systemClock } from '../../adapters/clock/system-clock.js'
import { connectLink } from '../../adapters/socket/socket-link.js'
import { SocketPathError } from '../../adapters/socket/socket-path.js'
import { connectVenue } from '../../adapters/socket/socket-venue.js'
import { directionName, openedDirection } from '../../base/direction.js'
import { InputMistake, type Mistake } from '../../base/mistakes.js'
import { loadExecutionConfig } from '../../config/execution-config.js'
import { loadInstruments } from '../../config/instruments.js'
import { ExecutionSide } from '../../core/execution/execution-side.js'
import type { ExecutionRecord } from '../../core/execution/records.js'
import { ExecutionRecovery } from '../../core/execution/recover.js'
import type { ExecutionSettings } from '../../core/execution/settings.js'
import { recordLine } from '../../core/journal/frame.js'
import { executionAtSpeed, limitFactor } from '../../core/session/limits-at-speed.js'
import { displayPath } from '../../files/package-files.js'
import type { Clock } from '../../ports/clock.js'
import type { JournalReader } from '../../ports/journal.js'
import type { Link } from '../../ports/link.js'
import type { ExecutionInput } from '../../ports/sides.js'
import type { Venue } from '../../ports/venue.js'
import { hostedVenue } from '../../runtime/host/hosted-venue.js'
import { SideHost } from '../../runtime/host/side-host.js'
import { clockTimer, scaledClock } from '../../runtime/time/scaled-clock.js'
import { heldText } from '../compose/account-refusal.js'
import { alertLog } from '../compose/alert-log.js'
import { demandedCredentials } from '../compose/demanded-credentials.js'
import type { ExchangeAccount } from '../compose/exchange-account.js'
import { refuseUngated } from '../compose/gates-held.js'
import { openJournal } from '../compose/journals.js'
import { ServedExecutor } from '../compose/served-executor.js'
import { operatorToken } from '../compose/status-server.js'
import { codeHash } from '../shell/code-hash.js'
import type { ExitCode } from '../shell/exit-codes.js'
import { reportError } from '../shell/report-error.js'
import { type StopSignals, stopExitCode, stopSignals } from '../shell/signals.js'
import { notice, noticeWarning, printResult } from '../shell/terminal.js'
import type { ExecutorOptions } from './options.js'

/** Runs `dolphin executor` on checked options, until it is told to stop. */
export async function runExecutor(options: ExecutorOptions): Promise<ExitCode> {
  const { exchange } = options
  if (typeof exchange !== 'string') refuseUngated(exchange.name, { parentPid: process.ppid, environment: process.env })
  const signals = stopSignals({ stdin: options.untilStdinEnds })
  try {
    return await execute(options, signals)
  } finally {
    signals.release()
  }
}

async function execute(options: ExecutorOptions, { stopped }: StopSignals): Promise<ExitCode> {
  const say = options.quiet ? () => {} : notice
  const token = operatorToken(options)
  const settings = await executionSettings(options)
  const clock = options.clock === undefined ? systemClock : scaledClock(options.clock, systemClock)
  const status = new ServedExecutor(options, { token, settings, clock, conditions: options.conditions })
  const { side, journal, records } = await recovered(options.journal, settings, { status, clock })
  say(`Executor ready: ${records} records in ${displayPath(options.journal)}, ${standing(side)}.`)
  const broken = new Broken()
  const { link, venue, account } = await connections(options, settings)
  if (account !== undefined) status.surface.showExchange(() => [account.view()])
  account?.ready.catch((error: Mistake) => {
    if (side.state.entry === null) broken.because(error)
    else noticeWarning(heldText(error))
  })
  const log = alertLog({ quiet: options.quiet })
  const host = new SideHost<ExecutionInput, ExecutionRecord>(side, {
    timer: clockTimer(clock),
    journal,
    link,
    venue: hostedVenue(venue, (event) => status.surface.venueTold(event)),
    format: recordLine,
    recorded: (record) => status.surface.executed(record),
    alerted: (alert) => {
      status.surface.alerted(alert)
      log(alert)
    },
    broken: (error) => broken.because(error),
  })
  host.start()
  let end: Awaited<typeof stopped | typeof broken.promise>
  try {
    await status.start({ side, host, journal })
    end = await Promise.race([stopped, broken.promise])
  } finally {
    await status.close()
    await host.stop()
  }
  say(`Executor stopped: ${side.state.n} records, state ${side.stateHash()}, ${standing(side)}.`)
  if (options.json) await printResult(`${JSON.stringify(endOf(side))}\n`)
  return typeof end === 'string' ? stopExitCode(end) : reportError(end.error)
}

/** What `/status` tells of the past is told of at least so long. */
const TOLD_MS = 86_400_000

/** The side as its journal left it; the records of the last day pass by `/status`, too. */
async function recovered(
  folder: string,
  settings: ExecutionSettings,
  { status, clock }: { readonly status: ServedExecutor; readonly clock: Clock },
) {
  const recovery = new ExecutionRecovery()
  const reader: JournalReader<ExecutionRecord> = {
    begin: (checkpoint) => recovery.begin(checkpoint),
    take(record) {
      recovery.take(record)
      status.surface.executed(record)
    },
    checkpoint: () => recovery.checkpoint(),
  }
  const start = { atMsMax: clock.epochMs() - TOLD_MS }
  const opened = await openJournal({ folder, kind: 'execution', build: settings.build }, reader, { start })
  opened.warnings.forEach(notice)
  return { ...opened, side: ExecutionSide.resume(settings, recovery.state) }
}

/** The side's exception, as something to wait for. */
class Broken {
  because: (error: unknown) => void = () => {}
  readonly promise = new Promise<{ readonly error: unknown }>((resolve) => {
    this.because = (error) => resolve({ error })
  })
}

async function executionSettings(options: ExecutorOptions): Promise<ExecutionSettings> {
  const { execution } = await loadExecutionConfig(options.config, options)
  const table = loadInstruments(options.instruments)
  const symbols = options.symbols ?? [...table.listed]
  const settings = {
    ...execution,
    // At a paper exchange the rules of the table are those of an exchange of that name.
    instruments: symbols.map((symbol) =>
      typeof options.exchange === 'string' ? table.instrument(symbol, PAPER) : table.instrument(symbol),
    ),
    build: codeHash().slice(0, BUILD_DIGITS),
  }
  return executionAtSpeed(settings, options.clock?.speed ?? 1)
}

const PAPER = 'PAPER'
const BUILD_DIGITS = 16

async function connections(
  options: ExecutorOptions,
  { instruments }: ExecutionSettings,
): Promise<{ readonly link: Link; readonly venue: Venue; readonly account?: ExchangeAccount }> {
  const { link, exchange, clock } = options
  const speed = clock?.speed ?? 1
  try {
    if (typeof exchange === 'string')
      return { link: connectLink(link), venue: connectVenue(exchange, { speed: speed / limitFactor(speed) }) }
    const { openExchangeAccount } = await import('../compose/exchange-account.js')
    const { risk } = await loadExecutionConfig(options.config, options)
    const account = await openExchangeAccount({
      at: exchange,
      risk,
      credentials: demandedCredentials().credentials,
      symbols: instruments.map(({ identity }) => identity.symbol),
      areKept: true,
      startedAtMs: options.sinceMs ?? Date.now(),
      journal: options.journal,
    })
    return { link: connectLink(link), venue: account.venue, account }
  } catch (error) {
    if (error instanceof SocketPathError) throw new InputMistake(error.message)
    throw error
  }
}

function standing(side: ExecutionSide): string {
  const { openPosition } = side
  if (openPosition === null) return 'flat'
  const { position, instrument, takeProfitPrice, stopPrice } = openPosition
  const what = `${directionName(openedDirection(openPosition.side))} ${position.quantity} ${instrument.symbol}`
  return `${what} held at the exchange by a take-profit at ${takeProfitPrice} and a stop at ${stopPrice}`
}

function endOf(side: ExecutionSide) {
  const { state } = side
  return {
    schema: 'dolphin.executor/1',
    records: state.n,
    stateHash: side.stateHash(),
    mode: state.mode,
    latches: state.latches,
    position: side.openPosition,
    unacknowledgedReports: side.unacknowledgedReports,
  }
}
