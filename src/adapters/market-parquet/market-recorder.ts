import type { Clock, Timer } from '../../ports/clock.js'
import type { MarketRecorder, RecordingFacts } from '../../ports/market-recording.js'
import type { PartEncoder } from './encode-part.js'

export interface MarketRecorderOptions {
  /** Made where it is missing. */
  readonly folder: string
  /** A recording that is there goes on only with the same step and books; scales may be added, none may change. */
  readonly facts: RecordingFacts
  readonly clock: Pick<Clock, 'epochMs'>
  readonly timer: Timer
  /** How long a row waits at most before it is written. */
  readonly flushMs?: number
  /** Hears what people should know: what an earlier process lost, what cannot be written, what is given up. */
  readonly report: (notice: RecorderNotice) => void
  /** Makes files of columns; absent: on the calling thread, where a large window stalls it. */
  readonly encode?: PartEncoder
}

export interface RecorderNotice {
  readonly level: 'INFO' | 'WARNING' | 'ERROR'
  readonly code: string
  readonly message: string
}

/** Opens or goes on with a recording. Throws `InputMistake` where it is one of other facts, or another process writes it. */
export function openMarketRecorder(_options: MarketRecorderOptions): Promise<MarketRecorder> {
  throw new Error('to come')
}
