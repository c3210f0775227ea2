import type { CircuitBreaker } from '../../core/grid/circuit-breaker.js'
import type { Grid, GridState } from '../../ports/grid.js'
import type { Attempted, GridCircuit, GridTime } from './grid-circuit.js'
import { LatestFile, type LatestFileSettings } from './latest-file.js'

/** Limits of a writer; each may be set. */
export const WRITER_LIMITS: WriterLimits = Object.freeze({
  keysMax: 10_000,
  underWayMax: 16,
  retryMs: 100,
  retryMsMax: 5_000,
})

export interface WriterLimits {
  /** Keys that it remembers. A value for one more is refused, and counted. */
  readonly keysMax: number
  /** Writes under way at once, one of each key. */
  readonly underWayMax: number
  /** From a failed write of a key to the next, doubled with each failure in a row, ms. */
  readonly retryMs: number
  /** The longest that this becomes, ms. */
  readonly retryMsMax: number
}

export interface GridWriterSettings {
  readonly grid: Pick<Grid, 'map' | 'connection'>
  /** Shared by everybody who writes over this connection. */
  readonly circuit: GridCircuit
  readonly time: GridTime
  /** 0 … 1, for jitter. */
  readonly random: () => number
  /** Documents that a file holds, too, for readers without a grid. */
  readonly files?: readonly DocumentFile[]
  readonly report?: (text: string) => void
  readonly limits?: Partial<WriterLimits>
  readonly writeFile?: LatestFileSettings['write']
}

/** Which document a file holds, too. */
export interface DocumentFile {
  readonly map: string
  readonly key: string
  readonly path: string
}

export interface GridWriterHealth {
  readonly connection: GridState
  readonly circuit: CircuitBreaker['state']
  /** Keys whose latest value the grid is not known to hold. */
  readonly waiting: number
  /** Keys that it remembers. */
  readonly keys: number
  /** For how long the one of them that waits longest has had a value that is not there; 0 while none waits. */
  readonly behindMs: number
  /** Values that were put. */
  readonly puts: number
  /** Of those, that a newer one replaced before they were written. */
  readonly coalesced: number
  /** Of those, of a key too many. */
  readonly refused: number
  /** Writes into the grid that succeeded. */
  readonly written: number
  /** Writes into the grid that failed; each is tried again. */
  readonly failed: number
  /** Writes of files that succeeded. */
  readonly filesWritten: number
  /** Writes of files that failed. */
  readonly filesFailed: number
}

/**
 * Latest values on their way into the grid. Of each key the newest value is written, at some time after it was put: at once
 * where all is well, otherwise again and again until it is there or a newer one is. When a connection is back every value is
 * written anew, since a cluster that was down has forgotten them. Nothing here waits for the grid or throws what the grid does.
 *
 * A file of a document is written always, not only while the grid is away: a reader may have lost a grid that this
 * process still reaches.
 */
export class GridWriter {
  private readonly limits: WriterLimits
  private readonly maps = new Map<string, Map<string, Value>>()
  /** Values to be written, in the order in which they became so. */
  private readonly due = new Set<Value>()
  /** Values that are due, under way, or wait for their retry. */
  private readonly unwritten = new Set<Value>()
  private readonly files = new Map<string, Map<string, LatestFile>>()
  private readonly counts = { puts: 0, coalesced: 0, refused: 0, written: 0, failed: 0 }
  private keys = 0
  private underWay = 0
  private isWoken = false
  private isStopped = false
  private isEnded = false
  private readonly stopListening: () => void
  private whenSettled: (() => void) | undefined

  constructor(private readonly settings: GridWriterSettings) {
    const { grid, time, files = [], report, limits, writeFile: write } = settings
    this.limits = { ...WRITER_LIMITS, ...limits }
    for (const { map, key, path } of files) {
      const ofMap = this.files.get(map) ?? new Map<string, LatestFile>()
      this.files.set(map, ofMap)
      ofMap.set(key, new LatestFile({ path, time, ...(report && { report }), ...(write && { write }) }))
    }
    this.stopListening = grid.connection.listen((state) => {
      if (state === 'CONNECTED') this.writeAllAnew()
    })
  }

  /** The value of a key from now on. Returns at once. */
  put(map: string, key: string, text: string): void {
    if (this.isStopped) return
    this.counts.puts++
    this.files.get(map)?.get(key)?.put(text)
    const value = this.maps.get(map)?.get(key) ?? this.added(map, key)
    if (value === undefined) {
      this.counts.refused++
      return
    }
    if (this.unwritten.has(value) && (!value.isUnderWay || value.isChanged)) this.counts.coalesced++
    value.text = text
    if (!value.isUnderWay) {
      if (!value.isRetrying) this.becomesDue(value)
    } else if (!value.isChanged) {
      value.isChanged = true
      value.changedAtMs = this.settings.time.nowMs()
    }
  }

  health(): GridWriterHealth {
    const files = [...this.files.values()].flatMap((ofMap) => [...ofMap.values()])
    let sinceMs = this.settings.time.nowMs()
    const nowMs = sinceMs
    for (const value of this.unwritten) sinceMs = Math.min(sinceMs, value.unwrittenSinceMs)
    return {
      connection: this.settings.grid.connection.state,
      circuit: this.settings.circuit.state,
      waiting: this.unwritten.size,
      keys: this.keys,
      behindMs: nowMs - sinceMs,
      ...this.counts,
      filesWritten: files.reduce((sum, { written }) => sum + written, 0),
      filesFailed: files.reduce((sum, { failed }) => sum + failed, 0),
    }
  }

  /** Takes nothing more, gives what waits `withinMs` to get there, and writes the files. */
  async stop(withinMs: number): Promise<void> {
    if (this.isStopped) return
    this.isStopped = true
    const { time } = this.settings
    if (this.unwritten.size > 0) {
      await new Promise<void>((resolve) => {
        const callOff = time.at(time.epochMs() + withinMs, resolve)
        this.whenSettled = () => {
          callOff()
          resolve()
        }
      })
    }
    this.isEnded = true
    this.stopListening()
    this.due.clear()
    for (const value of this.unwritten) value.callOff?.()
    this.unwritten.clear()
    await Promise.all([...this.files.values()].flatMap((ofMap) => [...ofMap.values()].map((file) => file.stop())))
  }

  private added(map: string, key: string): Value | undefined {
    if (this.keys >= this.limits.keysMax) {
      if (this.counts.refused === 0)
        this.settings.report?.(`a value for one key more than ${this.limits.keysMax} is refused: ${map}[${key}]`)
      return undefined
    }
    const value = newValue(map, key)
    const ofMap = this.maps.get(map) ?? new Map<string, Value>()
    this.maps.set(map, ofMap)
    ofMap.set(key, value)
    this.keys++
    return value
  }

  private becomesDue(value: Value): void {
    if (!this.unwritten.has(value)) {
      value.unwrittenSinceMs = this.settings.time.nowMs()
      this.unwritten.add(value)
    }
    this.due.add(value)
    this.wake()
  }

  /** Writes are made in a turn of their own: whoever puts many values pays for none of them. */
  private wake(): void {
    if (this.isWoken) return
    this.isWoken = true
    const { time } = this.settings
    time.at(time.epochMs(), this.writeDue)
  }

  private readonly writeDue = (): void => {
    this.isWoken = false
    for (const value of this.due) {
      if (this.underWay >= this.limits.underWayMax) return
      const { map, key, text } = value
      const attempted = this.settings.circuit.attempt(() => this.settings.grid.map(map).set(key, text!))
      if (attempted === undefined) {
        this.settings.circuit.whenReady(this.writeDue)
        return
      }
      this.due.delete(value)
      value.isUnderWay = true
      value.isChanged = false
      this.underWay++
      void attempted.then((answer) => this.answered(value, answer))
    }
  }

  private answered(value: Value, answer: Attempted): void {
    this.underWay--
    value.isUnderWay = false
    if (answer.ok) {
      this.counts.written++
      value.failures = 0
      if (value.isChanged) {
        value.unwrittenSinceMs = value.changedAtMs
        this.due.add(value)
      } else this.unwritten.delete(value)
    } else {
      this.counts.failed++
      value.failures++
      this.retryLater(value)
    }
    if (this.unwritten.size === 0) this.whenSettled?.()
    if (this.due.size > 0) this.wake()
  }

  /** Also when it has changed meanwhile: a key that cannot be written is not tried more often because it changes often. */
  private retryLater(value: Value): void {
    if (this.isEnded) return
    const { time, random } = this.settings
    const pauseMs = Math.min(this.limits.retryMs * 2 ** (value.failures - 1), this.limits.retryMsMax)
    value.isRetrying = true
    value.callOff = time.at(time.epochMs() + Math.ceil(pauseMs * (0.5 + 0.5 * random())), () => {
      value.isRetrying = false
      this.due.add(value)
      this.wake()
    })
  }

  private writeAllAnew(): void {
    if (this.isEnded) return
    for (const ofMap of this.maps.values()) {
      for (const value of ofMap.values()) {
        if (value.isUnderWay) {
          value.isChanged = true
          value.changedAtMs = this.settings.time.nowMs()
        } else if (!value.isRetrying) this.becomesDue(value)
      }
    }
  }
}

interface Value {
  readonly map: string
  readonly key: string
  text: string | undefined
  isUnderWay: boolean
  /** While its write is under way: has to be written again. */
  isChanged: boolean
  changedAtMs: number
  unwrittenSinceMs: number
  isRetrying: boolean
  /** In a row. */
  failures: number
  callOff: (() => void) | undefined
}

function newValue(map: string, key: string): Value {
  return {
    map,
    key,
    text: undefined,
    isUnderWay: false,
    isChanged: false,
    changedAtMs: 0,
    unwrittenSinceMs: 0,
    isRetrying: false,
    failures: 0,
    callOff: undefined,
  }
}
