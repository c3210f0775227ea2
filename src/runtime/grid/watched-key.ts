import type { Grid, GridEntryEvent } from '../../ports/grid.js'
import type { GridTime } from './grid-circuit.js'

/** The same refusal is reported again only after this, ms. */
const REPORT_AGAIN_MS = 60_000
/** Causes that are remembered as reported; of more than so many at once the rest is counted only. */
const CAUSES_MAX = 32
const RETRY_MS = 1_000
const RETRY_MS_MAX = 10_000

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
  private readonly reportedAtMs = new Map<string, number>()
  private unlisten: (() => Promise<void>) | undefined
  private stopListening: (() => void) | undefined
  private callOff: (() => void) | undefined
  private failures = 0
  private isReading = false
  private isReadDue = false
  private isStopped = false

  constructor(private readonly settings: WatchedKeySettings<Value>) {}

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

  /** Begins; the grid may be away. Called once. */
  start(): void {
    this.stopListening = this.settings.grid.connection.listen((state) => {
      if (state === 'CONNECTED') void this.readNow()
    })
    void this.readNow()
  }

  /** Nothing arrives any more once this has been called. */
  async stop(): Promise<void> {
    this.isStopped = true
    this.callOff?.()
    this.stopListening?.()
    await this.unlisten?.().catch(() => undefined)
  }

  /** Never rejects. A read that is asked for while one is under way follows it. */
  private async readNow(): Promise<void> {
    this.isReadDue = true
    if (this.isReading) return
    this.isReading = true
    this.callOff?.()
    while (this.isReadDue && !this.isStopped) {
      this.isReadDue = false
      try {
        await this.listenAndRead()
        this.failures = 0
      } catch {
        // What failed is tried again: by itself, or because the connection is back.
        this.failures++
        if (!this.isReadDue) this.retryLater()
      }
    }
    this.isReading = false
  }

  private async listenAndRead(): Promise<void> {
    const { grid, map: mapName, key } = this.settings
    const map = grid.map(mapName)
    if (this.unlisten === undefined) {
      const unlisten = await map.listen((event) => this.heard(event), { key })
      if (this.isStopped) return void unlisten().catch(() => undefined)
      this.unlisten = unlisten
    }
    const before = this.events
    const text = await map.get(key)
    // The same text again has not arrived again: it was there all the time.
    if (text !== undefined && before === this.events && text !== this.text && !this.isStopped) this.take(text)
  }

  private retryLater(): void {
    const { time, random } = this.settings
    const pauseMs = Math.min(RETRY_MS * 2 ** (this.failures - 1), RETRY_MS_MAX) * (0.5 + 0.5 * random())
    this.callOff = time.at(time.epochMs() + Math.ceil(pauseMs), () => void this.readNow())
  }

  private heard({ kind, value }: GridEntryEvent): void {
    if (this.isStopped) return
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

  private reportOnce(cause: string): void {
    const nowMs = this.settings.time.nowMs()
    for (const [reported, atMs] of this.reportedAtMs) {
      if (nowMs - atMs < REPORT_AGAIN_MS) break
      this.reportedAtMs.delete(reported)
    }
    if (this.reportedAtMs.has(cause) || this.reportedAtMs.size >= CAUSES_MAX) return
    this.reportedAtMs.set(cause, nowMs)
    this.settings.report?.(cause)
  }
}
