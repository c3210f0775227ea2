import type { Grid, GridEntryEvent } from '../../ports/grid.js'
import { Attendance } from './attendance.js'
import type { GridTime } from './grid-circuit.js'
import { reportOnce } from './report-once.js'

/** A text as a value, or what is wrong with it. */
export type TextReader<Value> = (
  text: string,
) =>
  | { readonly value: Value }
  | { readonly refused: { readonly path: string; readonly expected: string; readonly found: string } }

export interface WatchedKeySettings<Value> {
  readonly grid: Pick<Grid, 'map' | 'connection'>
  readonly map: string
  readonly key: string
  readonly read: TextReader<Value>
  readonly time: GridTime
  /** 0 … 1, for jitter. */
  readonly random: () => number
  /** Called with each value that arrives. */
  readonly arrived?: (arrival: Arrival<Value>) => void
  /** What was refused, and why: for a log. Once a minute for the same cause. */
  readonly report?: (text: string) => void
}

export interface Arrival<Value> {
  readonly value: Value
  /** Local time of its arrival, by the clock that never goes back. */
  readonly arrivedAtMs: number
  /** The same moment, UTC ms. */
  readonly arrivedAtEpochMs: number
}

/**
 * The latest valid value of one key. It listens, and reads once at the start and whenever the connection is back. A text that
 * cannot be used is counted and reported, and so is a removal; the last good value stays, with its time: how old is too old is
 * for whoever reads it.
 */
export class WatchedKey<Value> {
  private latest: Arrival<Value> | undefined
  private text: string | undefined
  /** Rises with every event: an answer to a read that was asked for before is old news. */
  private events = 0
  private refusals = 0
  private removals = 0
  private readonly attendance: Attendance
  private readonly reportOnce: (cause: string) => void

  constructor(private readonly settings: WatchedKeySettings<Value>) {
    this.reportOnce = reportOnce(settings.time, settings.report)
    this.attendance = new Attendance({
      ...settings,
      listen: () => this.map.listen((event) => this.heard(event), { key: settings.key }),
      readAll: () => this.readAll(),
    })
  }

  /** Undefined before the first valid value. */
  get current(): Arrival<Value> | undefined {
    return this.latest
  }

  /** Texts that were refused so far. */
  get refused(): number {
    return this.refusals
  }

  /** How often the key was removed, or its time to live passed. */
  get removed(): number {
    return this.removals
  }

  /** Begins; the grid may be away. Called once. Resolves when it has looked once, or could not. */
  start(): Promise<void> {
    this.attendance.start()
    return this.attendance.looked
  }

  /** Nothing arrives any more once this has been called. */
  stop(): Promise<void> {
    return this.attendance.stop()
  }

  private get map() {
    return this.settings.grid.map(this.settings.map)
  }

  private async readAll(): Promise<void> {
    const before = this.events
    const text = await this.map.get(this.settings.key)
    // The same text again has not arrived again: it was there all the time.
    const isNews = text !== undefined && text !== this.text
    if (isNews && before === this.events && !this.attendance.isStopped) this.take(text)
  }

  private heard({ kind, value }: GridEntryEvent): void {
    if (this.attendance.isStopped) return
    this.events++
    if (value !== undefined) {
      this.take(value)
      return
    }
    this.removals++
    this.text = undefined
    this.reportOnce(`${this.name} was ${kind === 'expired' ? 'not renewed in time' : 'removed'}`)
  }

  private take(text: string): void {
    this.text = text
    const reading = this.settings.read(text)
    if ('refused' in reading) {
      const { path, expected, found } = reading.refused
      this.refusals++
      this.reportOnce(`${this.name} refused: ${path}: expected ${expected}, found ${found}`)
      return
    }
    const { time, arrived } = this.settings
    this.latest = { value: reading.value, arrivedAtMs: time.nowMs(), arrivedAtEpochMs: time.epochMs() }
    arrived?.(this.latest)
  }

  private get name(): string {
    return `${this.settings.map}[${this.settings.key}]`
  }
}
