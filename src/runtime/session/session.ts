/**
 * A whole session, run in time: this folder drives both sides over whichever venue, links, journals and log it is handed,
 * on a clock or on virtual time.
 *
 * `session.ts` is the way in; `course.ts` takes the steps, `session-steps.ts` makes them of recorded days,
 * `session-recorder.ts` keeps the books, `timed-journal.ts` makes a session on virtual time the same every time.
 * Not here: what the sides decide (`core/decision`, `core/execution`), what drives one of them (`runtime/host`), what a
 * person sees of a running session (`runtime/status`), and which adapters a command uses (`cli/compose`).
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { refuse } from '../../base/arguments.js'
import { InputMistake } from '../../base/mistakes.js'
import { EXPECTED_WIN_RATE } from '../../core/assumptions/system-regime.js'
import { DecisionSide } from '../../core/decision/decision-side.js'
import type { DecisionInput } from '../../core/decision/event.js'
import type { DecisionRecord } from '../../core/decision/records.js'
import { isInFlight } from '../../core/decision/truth.js'
import { ExecutionSide } from '../../core/execution/execution-side.js'
import type { ExecutionRecord } from '../../core/execution/records.js'
import type { ExecutionSettings } from '../../core/execution/settings.js'
import { recordLine } from '../../core/journal/frame.js'
import type { Journal, SideKind } from '../../ports/journal.js'
import { isPlayed } from '../../ports/played-market.js'
import type { ExecutionInput } from '../../ports/sides.js'
import type { Alert } from '../../ports/vocabulary/alerts.js'
import { hostedVenue } from '../host/hosted-venue.js'
import { SideHost } from '../host/side-host.js'
import type { HostedDecision, HostedExecution } from '../status/hosted-side.js'
import { everyRealMs, Vitals } from '../status/vitals.js'
import { type Pace, paceOf } from '../time/pace.js'
import { PacedTime } from '../time/paced-time.js'
import { VirtualTime } from '../time/virtual-time.js'
import { AssumptionWatch } from './assumption-watch.js'
import { type CourseEnd, type CourseParts, runCourse } from './course.js'
import { PacedJournal, pacedSteps } from './paced-session.js'
import { QuietTime } from './quiet-time.js'
import { SessionBooks, type SessionFigures } from './session-books.js'
import {
  type JournalStanding,
  type RemoteExecution,
  SESSION_PARTS,
  type SessionParts,
  type SideJournal,
  type SideParts,
} from './session-parts.js'
import { SessionRecorder } from './session-recorder.js'
import type { SessionPoint } from './session-recovery.js'
import { TimedJournal } from './timed-journal.js'

/**
 * Runs a session to the end of its steps, or until the signal: then it is unfinished. The same parts with its journals continue
 * it: on virtual time it is computed again, by a clock it goes on from what they were read into (`SessionRecovery`).
 *
 * @throws what a side threw, the steps, or a journal that departs from what it holds (`JournalDeparture`).
 */
export async function runSession(parts: SessionParts, signal?: AbortSignal): Promise<SessionResult> {
  refuse(SESSION_PARTS(parts, 'parts'))
  const session = new Session(parts)
  try {
    await session.start()
    return await session.run(signal)
  } finally {
    await session.stop()
  }
}

/** Where a session stands when it ends, or is interrupted. */
export interface SessionResult extends CourseEnd {
  readonly figures: SessionFigures
  readonly journals: Readonly<Record<SideKind, JournalStanding>>
}

/** What a record takes to be durable on virtual time. */
const DURABLE_MS = 1
/** On virtual time, bars between looks at the disk and at signals. */
const BARS_PER_TURN = 60

/** Both sides of a running session. */
class Session {
  private readonly parts: SessionParts
  private readonly pace: Pace
  private readonly recorder: SessionRecorder
  /** Where it goes on; undefined where it begins. */
  private readonly from: SessionPoint | undefined
  private readonly decision: HostedDecision & { readonly host: SideHost<DecisionInput, DecisionRecord> }
  private readonly execution: ExecutionParty
  private readonly timedJournals: TimedJournal[] = []
  private vitals: Vitals | undefined
  private readonly assumptions: AssumptionWatch | undefined
  private isEdgeGone = false
  /** Aborted with what a side threw. */
  private readonly broken = new AbortController()

  constructor(parts: SessionParts) {
    this.parts = parts
    this.pace = paceOf(parts.time)
    this.from = pointOf(parts)
    this.recorder = new SessionRecorder({
      books: parts.recovery?.books ?? new SessionBooks(parts.start, parts.log),
      onAlert: (alert) => parts.onAlert?.(alert),
      instruct: (command) => this.decision.host.post({ kind: 'command', command }),
    })
    this.decision = this.hostDecision(parts.decision)
    this.execution = 'settings' in parts.execution ? this.hostExecution(parts.execution) : parts.execution
    this.assumptions = this.watchAssumptions()
  }

  async start(): Promise<void> {
    const { decision, execution, parts } = this
    if ('host' in execution) execution.host.start()
    decision.host.start()
    this.actOnRegime()
    parts.outside?.({ tell: (input) => decision.host.post(input), state: () => decision.side.state })
    if (parts.status !== undefined) await this.show(parts.status)
    this.measure()
    await parts.started?.()
  }

  async run(signal?: AbortSignal): Promise<SessionResult> {
    const { decision, execution, parts, recorder, broken } = this
    const ended = signal === undefined ? broken.signal : AbortSignal.any([signal, broken.signal])
    let bars = 0
    const end = await runCourse(
      {
        steps: this.stepsOf(ended),
        from: this.from,
        resumed: (from, bar) => parts.onResumed?.(from, bar),
        pace: this.quietPace(),
        ...marketOf(parts),
        ...this.settling(),
        bar: (bar) => {
          decision.host.post({ kind: 'bar', bar })
          this.assumptions?.bar(bar, this.pace.timer.epochMs())
        },
        dayEnded: (atMs) => recorder.books.write(atMs, false),
        turn: (step) => {
          parts.onStep?.(step)
          return ++bars % BARS_PER_TURN === 0 || step.dayEndMs !== undefined ? this.letDiskCatchUp() : undefined
        },
      },
      ended,
    )
    if (broken.signal.aborted) throw broken.signal.reason
    const standing = await execution.stop()
    await decision.host.stop()
    recorder.books.write(end.atMs, end.finished)
    const { side } = decision
    return {
      ...end,
      figures: recorder.books.figures(end.atMs),
      journals: { decision: { records: side.state.records, stateHash: side.stateHash() }, execution: standing },
    }
  }

  /** Lets go of everything; journals are durable when it resolves. */
  async stop(): Promise<void> {
    this.vitals?.close()
    await this.execution.stop()
    await this.decision.host.stop()
    await this.parts.venue?.close()
  }

  /**
   * By a clock that shows now, bars end because somebody wants no more of them: the market's silence is no news, and the session
   * ends before it would be told as such. Whatever plays recorded days takes its time, which is the same every time.
   */
  private settling(): Pick<CourseParts, 'isSettled'> {
    const { time } = this.parts
    if (time instanceof VirtualTime || time instanceof PacedTime) return {}
    return {
      isSettled: () => {
        const { state } = this.decision.side
        return state.undecided.length === 0 && !isInFlight(state)
      },
    }
  }

  private stepsOf(signal: AbortSignal): ReturnType<SessionParts['steps']> {
    const { time, steps } = this.parts
    const given = steps(signal, this.from)
    return time instanceof PacedTime ? pacedSteps(given, time) : given
  }

  /** Where everything is in this process, on virtual time, and nobody watches, quiet times are passed over. */
  private quietPace(): Pace {
    const { pace, decision, execution, parts } = this
    const { time, venue, status } = parts
    if (!(time instanceof VirtualTime && 'host' in execution) || status !== undefined) return pace
    const standstill = venue !== undefined && isPlayed(venue) ? venue.standstill : undefined
    if (standstill === undefined) return pace
    const quiet = new QuietTime({ time, venue: standstill, decision, execution })
    return { timer: pace.timer, passTo: (epochMs) => quiet.passTo(epochMs) }
  }

  private hostDecision({ settings, journal: given, link }: SessionParts['decision']): Session['decision'] {
    const { status, recovery, strategies } = this.parts
    const surface = status?.surface
    const side = recovery?.decisionSide() ?? new DecisionSide(settings, strategies)
    const journal = this.journalOf(given)
    const host = new SideHost<DecisionInput, DecisionRecord>(side, {
      ...this.commonPorts(),
      journal,
      link,
      format: recordLine,
      recorded: (record) => {
        this.recorder.recorded(record)
        this.actOnRegime()
        surface?.decided(record)
        this.parts.recorded?.(record)
      },
    })
    return { side, host, journal }
  }

  private hostExecution({ settings, journal: given, link }: SideParts<ExecutionSettings>) {
    const { venue, status, recovery } = this.parts
    if (venue === undefined)
      throw new InputMistake('parts.venue: expected a venue for the execution side of this process, found nothing')
    const side = recovery?.executionSide(settings) ?? new ExecutionSide(settings)
    const journal = this.journalOf(given)
    const host = new SideHost<ExecutionInput, ExecutionRecord>(side, {
      ...this.commonPorts(),
      journal,
      link,
      venue: hostedVenue(venue, (event) => status?.surface.venueTold(event)),
      format: recordLine,
      recorded: (record) => status?.surface.executed(record),
    })
    const stop = async (): Promise<JournalStanding> => {
      await host.stop()
      return { records: side.state.n, stateHash: side.stateHash() }
    }
    return { side, host, journal, stop }
  }

  private watchAssumptions(): AssumptionWatch | undefined {
    const { parts, decision, recorder } = this
    const { settings } = parts.decision
    if (settings.assumptions === undefined || parts.assumptions === undefined) return undefined
    return new AssumptionWatch(settings.assumptions, {
      parts: parts.assumptions,
      expectedWinRate: parts.start.expectedWinRate ?? EXPECTED_WIN_RATE,
      stands: () => decision.side.state.assumptions,
      trades: () => recorder.books.trades,
      agreedAtMs: () => decision.side.agreedAtMs,
      tell: (run) => decision.host.post({ kind: 'assumption', run }),
    })
  }

  /** Where that is wanted, what the trades make of the system is a condition of every entry. */
  private actOnRegime(): void {
    if (this.parts.decision.settings.assumptions?.actOnRegime !== true) return
    const isEdgeGone = this.recorder.books.health.regime.regime === 'EDGE_GONE'
    if (isEdgeGone === this.isEdgeGone) return
    this.isEdgeGone = isEdgeGone
    this.decision.host.post({ kind: 'conditions', conditions: { isEdgeGone } })
  }

  private commonPorts() {
    return {
      timer: this.pace.timer,
      alerted: (alert: Alert) => {
        this.parts.status?.surface.alerted(alert)
        this.recorder.alerted(alert)
      },
      broken: (error: unknown) => this.broken.abort(error),
    }
  }

  private journalOf({ journal, there }: SideJournal): Journal {
    const { time } = this.parts
    if (time instanceof VirtualTime) {
      const timed = new TimedJournal(journal, time, { delayMs: DURABLE_MS, there })
      this.timedJournals.push(timed)
      return timed
    }
    if (there.length === 0) return time instanceof PacedTime ? new PacedJournal(journal, time) : journal
    const found = `${there.length} records that no recovery has read`
    throw new InputMistake(
      `a session by a clock: expected journals that are empty or read into parts.recovery, found ${found}`,
    )
  }

  /** Commands that outlived their process are in force before anything is shown or traded. */
  private async show({ surface, standing }: NonNullable<SessionParts['status']>): Promise<void> {
    const { decision, execution } = this
    for (const command of await standing.inForce()) {
      decision.host.post({ kind: 'command', command })
      if ('host' in execution) execution.host.post({ kind: 'command', command })
    }
    const health = () => this.recorder.books.health
    surface.attach('host' in execution ? { decision, execution, health } : { decision, elsewhere: [execution], health })
  }

  /** By a clock; on virtual time no process has to keep up with anything. */
  private measure(): void {
    const { decision, execution, parts } = this
    if (parts.time instanceof VirtualTime) return
    this.vitals = new Vitals({
      disk: parts.disk,
      nowMs: () => performance.now(),
      every: everyRealMs,
      changed: (conditions) => {
        decision.host.post({ kind: 'conditions', conditions })
        if ('host' in execution) execution.host.post({ kind: 'conditions', conditions })
      },
    })
  }

  private async letDiskCatchUp(): Promise<void> {
    if (this.timedJournals.length === 0) return
    for (const journal of this.timedJournals) await journal.keepUp()
    await nextTurn()
  }
}

/** What the session has to play to its venue. */
function marketOf({ venue, fundingRate }: SessionParts): Pick<CourseParts, 'market' | 'fundingRate'> {
  return venue !== undefined && isPlayed(venue) ? { fundingRate, market: (event) => venue.market(event) } : {}
}

function pointOf({ recovery, time }: SessionParts): SessionPoint | undefined {
  if (recovery === undefined) return undefined
  if (time instanceof VirtualTime)
    throw new InputMistake(
      'a session on virtual time: expected no parts.recovery: it is computed again from its first bar',
    )
  const { from } = recovery
  return from.atMs === 0 ? undefined : from
}

type ExecutionParty =
  | RemoteExecution
  | (HostedExecution & {
      readonly host: SideHost<ExecutionInput, ExecutionRecord>
      stop(): Promise<JournalStanding>
    })
