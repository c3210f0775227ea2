import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../adapters/clock/system-clock.js'
import { memoryLinkPair } from '../../adapters/link-memory/memory-link.js'
import { PaperExchange } from '../../adapters/paper/paper-exchange.js'
import { PaperVenue } from '../../adapters/paper/paper-venue.js'
import { serveLink } from '../../adapters/socket/socket-link.js'
import { serveVenue } from '../../adapters/socket/venue-server.js'
import { DecisionSide } from '../../core/decision/decision-side.js'
import type { DecisionInput } from '../../core/decision/event.js'
import type { DecisionRecord } from '../../core/decision/records.js'
import { DecisionRecovery } from '../../core/decision/recover.js'
import { ExecutionSide } from '../../core/execution/execution-side.js'
import type { ExecutionRecord } from '../../core/execution/records.js'
import { ExecutionRecovery } from '../../core/execution/recover.js'
import { recordLine } from '../../core/journal/frame.js'
import type { Clock } from '../../ports/clock.js'
import type { Link } from '../../ports/link.js'
import type { ExecutionInput } from '../../ports/sides.js'
import type { Alert } from '../../ports/vocabulary/alerts.js'
import { hostedVenue } from '../../runtime/host/hosted-venue.js'
import { SideHost } from '../../runtime/host/side-host.js'
import {
  COOL_DOWN_MS,
  championOf,
  type JournalStanding,
  type PaperDesk,
  type PaperResult,
  withPaperDesk,
} from '../../runtime/session/session-recorder.js'
import { paperSteps } from '../../runtime/session/session-steps.js'
import { pricesOf } from '../../runtime/session/virtual-session.js'
import type { HostedDecision, HostedExecution } from '../../runtime/status/hosted-side.js'
import { ExecutorSupervisor } from '../../runtime/supervision/child.js'
import { type ClockScale, clockTimer, scaledClock } from '../../runtime/time/scaled-clock.js'
import type { PaperOptions } from '../paper/options.js'
import { startProgress } from '../shell/progress.js'
import { notice } from '../shell/terminal.js'
import { openJournal } from './journals.js'
import { SessionStatus } from './served-session.js'
import { journalFolder, type PaperSetup } from './session-settings.js'

/** An execution side somewhere, connected to the decision side. */
interface Execution {
  readonly link: Link
  /** Where it is in this process. */
  readonly hosted?: HostedExecution
  /** Lets go of everything but the link. */
  stop(): Promise<JournalStanding>
}

/** Trades the days by a clock that runs `--speed` times faster than they were recorded. */
export function runLivePaper(setup: PaperSetup, options: PaperOptions, signal: AbortSignal): Promise<PaperResult> {
  return withPaperDesk(setup, options, async (desk) => {
    const scale: ClockScale = {
      speed: options.speed === 'max' ? 1 : options.speed,
      epochMs: setup.session.startedAtMs,
      realEpochMs: Date.now(),
    }
    const clock = scaledClock(scale, systemClock)
    const venue = new PaperVenue({ exchange: new PaperExchange(setup.exchange), timer: clockTimer(clock) })
    const broken = new AbortController()
    const status = new SessionStatus(setup, options.status, { folder: desk.log.folder, clock })
    const surroundings = { setup, options, desk, clock, scale, venue, broken, status }
    const execution = await (options.executor === 'process' ? executorProcess(surroundings) : inProcess(surroundings))
    let decision: SideHost<DecisionInput, DecisionRecord> | undefined
    try {
      const decided = await decisionHost(surroundings, execution.link)
      decision = decided.host
      await status.start({ decision: decided, execution: execution.hosted })
      const end = await course(surroundings, decision, AbortSignal.any([signal, broken.signal]))
      if (broken.signal.aborted) throw broken.signal.reason
      const standing = await execution.stop()
      await decision.stop()
      desk.books.write(end.atMs, end.finished)
      await desk.log.flush()
      const { side } = decided
      return {
        ...end,
        figures: desk.books.figures(end.atMs),
        journals: { decision: { records: side.state.records, stateHash: side.stateHash() }, execution: standing },
      }
    } finally {
      await status.close()
      await execution.stop()
      await decision?.stop()
      await venue.close()
    }
  })
}

interface Surroundings {
  readonly setup: PaperSetup
  readonly options: PaperOptions
  readonly desk: PaperDesk
  readonly clock: Clock
  readonly scale: ClockScale
  readonly venue: PaperVenue
  readonly status: SessionStatus
  /** Aborted with what a side threw. */
  readonly broken: AbortController
}

/** The session's way through its days: each bar when its time has come. */
async function course(
  { setup, options, desk, clock, venue }: Surroundings,
  host: SideHost<DecisionInput, DecisionRecord>,
  signal: AbortSignal,
): Promise<Pick<PaperResult, 'finished' | 'bars' | 'atMs'>> {
  const progress = startProgress({ total: setup.days.bars, unit: 'bars', label: 'Paper', quiet: options.quiet })
  const sleepUntil = (epochMs: number) => clock.sleep(epochMs - clock.epochMs(), signal)
  let bars = 0
  try {
    for await (const { bar, date, dayEndMs, fundedAtMs } of paperSteps(setup, signal)) {
      if (fundedAtMs !== undefined && setup.fundingRate !== undefined) {
        await sleepUntil(fundedAtMs)
        for (const symbol of bar.symbols) venue.market({ kind: 'fundingRate', symbol, rate: setup.fundingRate })
      }
      await sleepUntil(bar.timestampMs)
      host.post({ kind: 'bar', bar })
      for (const event of pricesOf(bar)) venue.market(event)
      bars++
      progress.advance(1, date)
      if (dayEndMs !== undefined) {
        await sleepUntil(dayEndMs)
        desk.books.write(clock.epochMs(), false)
      }
    }
    await sleepUntil(clock.epochMs() + COOL_DOWN_MS)
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error
  } finally {
    progress.stop()
  }
  return { finished: !signal.aborted, bars, atMs: clock.epochMs() }
}

async function decisionHost(
  { setup, desk, clock, broken, status }: Surroundings,
  link: Link,
): Promise<HostedDecision & { readonly host: SideHost<DecisionInput, DecisionRecord> }> {
  const folder = journalFolder(desk.log.folder, 'decision')
  const recovery = new DecisionRecovery(setup.decision, () => [championOf(setup)])
  const { journal } = await openJournal({ folder, kind: 'decision', build: setup.decision.build }, recovery)
  const side = DecisionSide.resume(recovery)
  const host: SideHost<DecisionInput, DecisionRecord> = new SideHost<DecisionInput, DecisionRecord>(side, {
    timer: clockTimer(clock),
    journal,
    link,
    format: recordLine,
    recorded: (record) => {
      desk.recorded(record, (command) => host.post({ kind: 'command', command }))
      status.surface.decided(record)
    },
    alerted: alertedIn({ desk, status }),
    broken: (error) => broken.abort(error),
  })
  host.start()
  return { side, host, journal }
}

/** What becomes of an alert of a side that is hosted here. */
function alertedIn({ desk, status }: Pick<Surroundings, 'desk' | 'status'>): (alert: Alert) => void {
  return (alert) => {
    status.surface.alerted(alert)
    desk.alerted(alert)
  }
}

async function inProcess({ setup, desk, clock, venue, broken, status }: Surroundings): Promise<Execution> {
  const [link, other] = memoryLinkPair()
  const folder = journalFolder(desk.log.folder, 'execution')
  const recovery = new ExecutionRecovery()
  const { journal } = await openJournal({ folder, kind: 'execution', build: setup.execution.build }, recovery)
  const side = ExecutionSide.resume(setup.execution, recovery.state)
  const host = new SideHost<ExecutionInput, ExecutionRecord>(side, {
    timer: clockTimer(clock),
    journal,
    link: other,
    venue: hostedVenue(venue, (event) => status.surface.venueTold(event)),
    format: recordLine,
    recorded: (record) => status.surface.executed(record),
    alerted: alertedIn({ desk, status }),
    broken: (error) => broken.abort(error),
  })
  host.start()
  return {
    link,
    hosted: { side, host, journal },
    stop: async () => {
      await host.stop()
      return { records: side.state.n, stateHash: side.stateHash() }
    },
  }
}

/** An executor as a child, reached over sockets that only this user can enter. */
async function executorProcess({ setup, options, desk, scale, venue, status }: Surroundings): Promise<Execution> {
  const folder = await mkdtemp(join(tmpdir(), 'dolphin-paper-'))
  const [linkPath, exchangePath] = [join(folder, 'link.sock'), join(folder, 'exchange.sock')]
  const link = await serveLink(linkPath)
  const server = await serveVenue(exchangePath, venue)
  const { execution, instruments } = options
  const supervisor = new ExecutorSupervisor({
    options: {
      link: linkPath,
      exchange: exchangePath,
      journal: journalFolder(desk.log.folder, 'execution'),
      symbols: setup.days.symbols.join(','),
      ...status.executorOptions,
      ...(execution === undefined ? {} : { config: execution }),
      ...(instruments === undefined ? {} : { instruments }),
    },
    environment: status.executorEnvironment,
    clock: scale,
    tell: (line) => {
      if (!status.executorSaid(line) && !options.quiet) notice(line)
    },
  })
  let stopped: Promise<JournalStanding> | undefined
  const stop = async (): Promise<JournalStanding> => {
    const standing = await supervisor.stop()
    await server.close()
    await link.close()
    await rm(folder, { recursive: true, force: true })
    return standing ?? { records: 0, stateHash: '' }
  }
  return {
    link,
    stop: () => {
      stopped ??= stop()
      return stopped
    },
  }
}
