import type { Grid, GridEntryEvent } from '../../ports/grid.js'
import { Attendance } from './attendance.js'
import type { GridTime } from './grid-circuit.js'
import { reportOnce } from './report-once.js'
import type { TextReader } from './watched-key.js'

export interface WatchedMapSettings<Value> {
  readonly grid: Pick<Grid, 'map' | 'connection'>
  readonly map: string
  readonly read: TextReader<Value>
  readonly time: GridTime
  /** 0 … 1, for jitter. */
  readonly random: () => number
  readonly arrived: (key: string, value: Value) => void
  /** A key that was there and is not any more. */
  readonly removed: (key: string) => void
  readonly report?: (text: string) => void
}

/**
 * Every key of a map: listens to all, and reads all once at the start and whenever the connection is back. Keys come and go with
 * the map's. A text that cannot be used is counted and reported once a minute; what was told before stays.
 */
export class WatchedMap<Value> {
  /** Keys that are told of. */
  private readonly keys = new Set<string>()
  /** Keys that changed since the read that is under way was asked for: its answer is old news of them. */
  private readonly heardOf = new Set<string>()
  private refusals = 0
  private readonly attendance: Attendance
  private readonly reportOnce: (cause: string) => void

  constructor(private readonly settings: WatchedMapSettings<Value>) {
    this.reportOnce = reportOnce(settings.time, settings.report)
    this.attendance = new Attendance({
      ...settings,
      listen: () => this.map.listen((event) => this.heard(event)),
      readAll: () => this.readAll(),
    })
  }

  get refused(): number {
    return this.refusals
  }

  start(): void {
    this.attendance.start()
  }

  stop(): Promise<void> {
    return this.attendance.stop()
  }

  private get map() {
    return this.settings.grid.map(this.settings.map)
  }

  private async readAll(): Promise<void> {
    this.heardOf.clear()
    const there = await this.map.keys()
    const texts = there.length === 0 ? new Map<string, string>() : await this.map.getAll(there)
    if (this.attendance.isStopped) return
    for (const key of [...this.keys]) if (!texts.has(key) && !this.heardOf.has(key)) this.gone(key)
    for (const [key, text] of texts) if (!this.heardOf.has(key)) this.take(key, text)
  }

  private heard({ key, value }: GridEntryEvent): void {
    if (this.attendance.isStopped) return
    this.heardOf.add(key)
    if (value === undefined) this.gone(key)
    else this.take(key, value)
  }

  private take(key: string, text: string): void {
    const reading = this.settings.read(text)
    if ('value' in reading) {
      this.keys.add(key)
      this.settings.arrived(key, reading.value)
      return
    }
    const { path, expected, found } = reading.refused
    this.refusals++
    this.reportOnce(`${this.settings.map}[${key}] refused: ${path}: expected ${expected}, found ${found}`)
  }

  private gone(key: string): void {
    if (this.keys.delete(key)) this.settings.removed(key)
  }
}
