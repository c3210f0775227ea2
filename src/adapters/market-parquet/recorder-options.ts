import type { FileContents } from '../../files/whole-file.js'
import type { Clock, Timer } from '../../ports/clock.js'
import type { RecordingFacts } from '../../ports/market-recording.js'
import type { PartEncoder } from './encode-part.js'

export interface MarketRecorderOptions {
  /** Made where it is missing. */
  readonly folder: string
  /** A recording that is there goes on only with the same step and books; scales may be added, none may change. */
  readonly facts: RecordingFacts
  readonly clock: Pick<Clock, 'epochMs'>
  readonly timer: Pick<Timer, 'at'>
  /** How long a row waits at most before it is written, ms; absent: 300 s. */
  readonly flushMs?: number
  /** Hears what people should know: what an earlier process lost, what cannot be written, what is given up. */
  readonly report: (notice: RecorderNotice) => void
  /** Makes files of columns; absent: on the calling thread, where a large window stalls it. */
  readonly encode?: PartEncoder
  /** Memory of what waits for a disk that takes nothing, bytes; beyond it the oldest is given up. Absent: 256 MB. */
  readonly backlogBytesMax?: number
  /** Writes a file durably, whole or not at all; absent: `writeAtomically`. */
  readonly write?: (path: string, contents: FileContents) => Promise<void>
}

export interface RecorderNotice {
  readonly level: 'INFO' | 'WARNING' | 'ERROR'
  readonly code: 'RECORDING_LOST' | 'RECORDING_NOT_WRITTEN' | 'RECORDING_WRITTEN_AGAIN' | 'RECORDING_TAKEN_OVER'
  readonly message: string
}
