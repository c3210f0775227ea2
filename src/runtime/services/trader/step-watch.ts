import type { ScanAge, ScanAgeLimits } from '../../../core/grid/scan-intake.js'
import type { WatchedDecision } from '../../session/session-parts.js'
import type { Gates } from './gates.js'
import type { BarGates } from './scan-bars.js'
import type { TakenScan } from './scan-taker.js'

export interface StepWatchParts {
  readonly gates: Gates
  readonly limits: ScanAgeLimits
  /** A gate moved in a step. */
  staleState(): void
  /** Something that a person should know. */
  notice(text: string): void
  /** Nothing can be entered before that is over: a person should know it, whatever they asked to be spared. */
  waiting(text: string): void
}

/**
 * A trader's steps as they are under way: of which scan, under what they are decided, and whether that has moved meanwhile. A step
 * begins when its gates are read and ends when its entry has filled, or there is none.
 *
 * Source: system bible §14.3; spec "The grid", "Live path".
 */
export class StepWatch {
  /** Of the last scan, when it was stepped. */
  age: ScanAge | undefined
  /** Scans that were stepped too old, or of the future. */
  stale = 0
  private isOnItsWay = false
  private hasPosture = true
  private decision: WatchedDecision | undefined

  constructor(private readonly parts: StepWatchParts) {}

  /** It hears of gates that move. */
  attach(decision: WatchedDecision): void {
    this.decision = decision
  }

  begin(scan: TakenScan, age: ScanAge | undefined): void {
    this.isOnItsWay = true
    if (age?.isStale) this.stale++
    if (age?.isStale && !this.age?.isStale) {
      const ms = Math.round(oldest(age, this.parts.limits))
      const old = ms < 0 ? `of ${-ms} ms ahead` : `${ms} ms old`
      this.parts.notice(`scan ${scan.scanNumber} is ${old}: positions are managed, nothing is entered`)
    }
    this.age = age
  }

  /** What the step's bar, of this date, is decided under. */
  forBar(date: string, isStale: boolean): BarGates {
    const { gates: known, notice, waiting } = this.parts
    const gates = known.forBar(date, isStale)
    const hasPosture = gates.hold !== 'NO_POSTURE'
    if (hasPosture !== this.hasPosture) {
      this.hasPosture = hasPosture
      if (hasPosture) notice(`The posture can be read: ${gates.posture}.`)
      else waiting(NO_POSTURE)
    }
    return gates
  }

  /** The bar has been decided. False where it is one of the journal's. */
  decided(): boolean {
    if (!this.isOnItsWay) return false
    this.isOnItsWay = false
    this.parts.gates.decided()
    // What came while the bar was on its way is told behind it: the entry that it led to is taken back.
    this.tellMoves()
    return true
  }

  /** Something of the gates may have changed. Where no entry is under way, the next bar goes by it, and that is all. */
  moved(): void {
    const position = this.decision?.state().position
    if (position?.state === 'ENTERING' && position.entryPrice === null) this.tellMoves()
  }

  private tellMoves(): void {
    const { decision, parts } = this
    const detail = decision === undefined ? undefined : parts.gates.moved()
    if (detail === undefined) return
    parts.staleState()
    decision!.tell({ kind: 'gatesMoved', detail })
  }
}

const NO_POSTURE =
  'No posture can be read in the grid, or none of the last minute: positions are managed, nothing is entered. dolphin serve survival writes it.'

/** The age that makes a stale scan stale, ms. */
function oldest({ scanMs, publicationMs }: ScanAge, { ageFrom, ageMaxMs }: ScanAgeLimits): number {
  return ageFrom === 'publication' && publicationMs !== null && Math.abs(publicationMs) > ageMaxMs
    ? publicationMs
    : scanMs
}
