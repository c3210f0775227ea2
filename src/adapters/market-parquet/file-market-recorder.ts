import { rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { assert } from '../../base/assert.js'
import { SurroundingsFailed } from '../../base/mistakes.js'
import { displayPath } from '../../files/package-files.js'
import { reason } from '../../files/reason.js'
import type { WriterLock } from '../../files/writer-lock.js'
import type {
  MarketRecorder,
  MarketRows,
  MarketTable,
  RecorderHealth,
  RecordingFacts,
} from '../../ports/market-recording.js'
import { dateFolder, nextPart, partName } from './part-files.js'
import type { MarketRecorderOptions } from './recorder-options.js'
import {
  joinedGaps,
  RECORDING_FILE,
  type Recording,
  type RecordingGap,
  recordingText,
  withFacts,
} from './recording-file.js'
import { OpenWindow, type PartBytes, type SealedWindow, type WindowFile } from './row-window.js'
import { BEAT_MS, type Life, type SignOfLife } from './sign-of-life.js'

/** What a recorder begins with. */
export interface RecorderBeginning {
  readonly lock: WriterLock
  readonly recording: Recording
  /** What an earlier process lost. */
  readonly gap: RecordingGap | undefined
  readonly started: Life
}

/** A window that could not be written is tried again after this. */
const RETRY_MS = 10_000

/**
 * Takes rows into a window, which is sealed each `flushMs` or when it is large, made into files beside the loop, and written: first
 * `recording.json` names the files, then each is renamed into its place, then `recording.json` says that they count. A process
 * that is killed in between leaves named files, which the next one removes: so a window is there whole, or not at all.
 */
export class FileMarketRecorder implements MarketRecorder {
  private recording: Recording
  private n: number
  /** The highest that was added: a number may be taken long before its row is. */
  private addedN: number
  private window: OpenWindow
  private readonly queue: SealedWindow[] = []
  private draining: Promise<void> | undefined
  private readonly nextParts = new Map<string, number>()
  private written = 0
  private failure: string | undefined
  private state: 'open' | 'closed' | 'taken over' = 'open'
  private life: SignOfLife | undefined
  private readonly callOffs = new Set<() => void>()
  private callOffRetry: (() => void) | undefined

  constructor(
    private readonly options: Required<Omit<MarketRecorderOptions, 'facts'>>,
    private readonly beginning: RecorderBeginning,
  ) {
    this.recording = beginning.recording
    this.n = beginning.started.n
    this.addedN = this.n
    this.window = new OpenWindow({ fromMs: options.clock.epochMs(), afterN: this.addedN })
  }

  /** From now on it flushes and gives signs of life by itself. */
  start(life: SignOfLife): void {
    this.life = life
    this.every(BEAT_MS, () => life.show(this.lifeNow()))
    this.every(this.options.flushMs, () => {
      this.seal()
      void this.drained()
    })
  }

  nextNumber(): number {
    return ++this.n
  }

  scale(symbol: string, scale: RecordingFacts['scales'][string]): void {
    this.recording = withFacts(this.recording, this.options.folder, { ...this.recording, scales: { [symbol]: scale } })
  }

  add<Table extends MarketTable>(table: Table, row: MarketRows[Table]): void {
    assert(this.state !== 'closed', 'a recorder takes rows until it is closed')
    if (this.state === 'taken over') return
    assert(row.n <= this.n, `the number ${row.n} of a row was given by nextNumber`)
    this.addedN = Math.max(this.addedN, row.n)
    this.window.add(table, row)
    if (!this.window.isLarge) return
    this.seal()
    void this.drained()
  }

  async flush(): Promise<void> {
    this.seal()
    await this.drained()
    if (this.failure !== undefined) throw this.notWritten(this.failure)
  }

  health(): RecorderHealth {
    const { gap } = this.beginning
    return {
      written: this.written,
      waiting: this.queue.reduce((sum, { rows }) => sum + rows, this.window.rows),
      durableMs: this.recording.durable?.ms ?? null,
      lost: gap === undefined ? undefined : { fromMs: gap.fromMs, untilMs: gap.untilMs },
      failure: this.failure,
    }
  }

  /** Rejects with `SurroundingsFailed` where what waits cannot be written; the next start tells what that was. */
  async close(): Promise<void> {
    if (this.state === 'closed') return
    const wasOpen = this.state === 'open'
    this.state = 'closed'
    for (const callOff of this.callOffs) callOff()
    try {
      if (wasOpen) await this.flush()
    } finally {
      const isWritten = wasOpen && this.queue.length === 0
      await this.life?.close(isWritten ? { ...this.lifeNow(), ended: true } : undefined)
      await this.beginning.lock.release()
    }
  }

  /** Another process records into the folder: whatever this one wrote now would be in its way. */
  lose(): void {
    if (this.state !== 'open') return
    this.state = 'taken over'
    this.failure = 'another process has taken the recording over while this one was silent; nothing more is written'
    for (const callOff of this.callOffs) callOff()
    this.report('ERROR', 'RECORDING_TAKEN_OVER', this.failure)
  }

  async saveRecording(): Promise<void> {
    await this.options.write(join(this.options.folder, RECORDING_FILE), recordingText(this.recording))
  }

  /** Ends the window at hand, also an empty one: that there was nothing until now is worth knowing. */
  private seal(): void {
    const { clock, encode } = this.options
    const nowMs = clock.epochMs()
    const after = this.queue.at(-1)?.encoded ?? Promise.resolve()
    this.queue.push(this.window.seal({ untilMs: nowMs, lastN: this.addedN, encode, after }))
    this.window = new OpenWindow({ fromMs: nowMs, afterN: this.addedN })
    this.boundBacklog()
  }

  /** Resolves when everything that was sealed is written, or something cannot be. */
  private async drained(): Promise<void> {
    do {
      this.draining ??= this.drain().finally(() => {
        this.draining = undefined
      })
      await this.draining
    } while (this.queue.length > 0 && this.failure === undefined)
  }

  private async drain(): Promise<void> {
    for (let window = this.queue[0]; window !== undefined; window = this.queue[0]) {
      if (this.state === 'taken over') return
      try {
        await this.writeWindow(window)
      } catch (error) {
        this.failed(error)
        return
      }
      this.queue.shift()
      this.worked()
    }
  }

  private async writeWindow(window: SealedWindow): Promise<void> {
    const { folder, write } = this.options
    const { parts, failure } = await window.encoded
    if (failure !== undefined) this.giveUp(window, failure)
    window.files ??= await this.filesOf(parts)
    if (window.files.length > 0) {
      this.recording = { ...this.recording, writing: window.files.map(({ path }) => relative(folder, path)) }
      await this.saveRecording()
    }
    for (const file of window.files) {
      if (!file.isWritten) await write(file.path, file.bytes)
      file.isWritten = true
    }
    this.recording = { ...this.recording, writing: [], durable: { ms: window.untilMs, n: window.lastN } }
    await this.saveRecording()
    if (failure === undefined) this.written += window.rows
  }

  private async filesOf(parts: readonly PartBytes[]): Promise<WindowFile[]> {
    const { folder } = this.options
    const files: WindowFile[] = []
    for (const { table, date, bytes } of parts) {
      const of = dateFolder(folder, table, date)
      const number = this.nextParts.get(of) ?? (await nextPart(folder, table, date))
      this.nextParts.set(of, number + 1)
      files.push({ path: join(of, partName(number)), bytes, isWritten: false })
    }
    return files
  }

  private failed(error: unknown): void {
    const why = reason(error)
    if (this.failure === undefined) {
      this.report(
        'ERROR',
        'RECORDING_NOT_WRITTEN',
        `cannot be written: ${why}; it is tried again each ${RETRY_MS / 1000} s`,
      )
    }
    this.failure = why
    this.callOffRetry?.()
    if (this.state === 'open') this.callOffRetry = this.after(RETRY_MS, () => void this.drained())
  }

  private worked(): void {
    if (this.failure === undefined) return
    this.failure = undefined
    this.report('INFO', 'RECORDING_WRITTEN_AGAIN', 'is written again')
  }

  /** Gives the oldest windows up, but for one that is being written at this moment. */
  private boundBacklog(): void {
    const first = this.draining === undefined ? 0 : 1
    let bytes = this.queue.reduce((sum, window) => sum + window.bytes, 0)
    while (bytes > this.options.backlogBytesMax && this.queue.length > first) {
      const [window] = this.queue.splice(first, 1)
      bytes -= window!.bytes
      this.giveUp(window!, this.failure ?? 'the disk is too slow')
    }
  }

  /** Once: one that could not be made stays in the queue while the disk does not take the note of that. */
  private giveUp(window: SealedWindow, why: string): void {
    if (window.isGivenUp) return
    window.isGivenUp = true
    const { fromMs, untilMs, afterN, lastN, files = [] } = window
    const gap: RecordingGap = { fromMs, untilMs, afterN, beforeN: lastN + 1, why: 'unwritable' }
    this.recording = { ...this.recording, gaps: joinedGaps(this.recording.gaps, gap) }
    for (const { path, isWritten } of files) if (isWritten) void rm(path, { force: true }).catch(() => undefined)
    const [from, until] = [fromMs, untilMs].map((ms) => new Date(ms).toISOString())
    this.report('ERROR', 'RECORDING_LOST', `lost is what came from ${from} to ${until}: ${why}`)
  }

  private report(
    level: 'INFO' | 'ERROR',
    code: Parameters<MarketRecorderOptions['report']>[0]['code'],
    what: string,
  ): void {
    this.options.report({ level, code, message: `${displayPath(this.options.folder)}: ${what}` })
  }

  private notWritten(why: string): SurroundingsFailed {
    return new SurroundingsFailed({ place: displayPath(this.options.folder), message: `cannot be written: ${why}` })
  }

  private every(ms: number, work: () => void): void {
    this.after(ms, () => {
      work()
      if (this.state === 'open') this.every(ms, work)
    })
  }

  private after(ms: number, work: () => void): () => void {
    const { clock, timer } = this.options
    const callOff = timer.at(clock.epochMs() + ms, () => {
      this.callOffs.delete(callOff)
      work()
    })
    this.callOffs.add(callOff)
    return () => {
      this.callOffs.delete(callOff)
      callOff()
    }
  }

  private lifeNow(): Life {
    return { ...this.beginning.started, atMs: this.options.clock.epochMs(), n: this.n }
  }
}
