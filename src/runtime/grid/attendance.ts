import type { Grid } from '../../ports/grid.js'
import type { GridTime } from './grid-circuit.js'

export interface AttendanceSettings {
  readonly grid: Pick<Grid, 'connection'>
  readonly time: GridTime
  /** 0 … 1, for jitter. */
  readonly random: () => number
  /** Begins to hear changes; answers how to end that. */
  readonly listen: () => Promise<() => Promise<void>>
  /** Reads what is there now. */
  readonly readAll: () => Promise<void>
}

/**
 * What everybody does who follows something in the grid: listen first, read what is there, and read it again whenever the
 * connection is back, since nothing was heard meanwhile. A call that fails is made again, with growing pauses, or at once when
 * the connection is back. A read that is asked for while one is under way follows it.
 */
export class Attendance {
  isStopped = false
  /** Resolves when it has looked once, or could not. */
  readonly looked: Promise<void>
  private hasLooked = (): void => {}
  private unlisten: (() => Promise<void>) | undefined
  private stopListening: (() => void) | undefined
  private callOff: (() => void) | undefined
  private failures = 0
  private isReading = false
  private isReadDue = false

  constructor(private readonly settings: AttendanceSettings) {
    this.looked = new Promise((resolve) => {
      this.hasLooked = resolve
    })
  }

  /** The grid may be away. Called once. */
  start(): void {
    this.stopListening = this.settings.grid.connection.listen((state) => {
      if (state === 'CONNECTED') void this.readNow()
    })
    void this.readNow()
  }

  async stop(): Promise<void> {
    this.isStopped = true
    this.callOff?.()
    this.stopListening?.()
    await this.unlisten?.().catch(() => undefined)
  }

  /** Never rejects. */
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
        this.failures++
        if (!this.isReadDue && !this.isStopped) this.retryLater()
      }
    }
    this.isReading = false
    this.hasLooked()
  }

  private async listenAndRead(): Promise<void> {
    if (this.unlisten === undefined) {
      const unlisten = await this.settings.listen()
      if (this.isStopped) {
        await unlisten()
        return
      }
      this.unlisten = unlisten
    }
    await this.settings.readAll()
  }

  private retryLater(): void {
    const { time, random } = this.settings
    const pauseMs = Math.min(RETRY_MS * 2 ** (this.failures - 1), RETRY_MS_MAX) * (0.5 + 0.5 * random())
    this.callOff = time.at(time.epochMs() + Math.ceil(pauseMs), () => void this.readNow())
  }
}

const RETRY_MS = 1_000
const RETRY_MS_MAX = 10_000
