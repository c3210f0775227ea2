import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { encodePart, type PartEncoder } from '../../adapters/market-parquet/encode-part.js'
import { buffersOf, copyOf, type PartColumns } from '../../adapters/market-parquet/row-columns.js'
import { reason } from '../../files/reason.js'
import type { PartAnswer, PartErrand } from './part-encoding-thread.js'
import { threadAnswer } from './thread-answer.js'

/**
 * Makes each large part of a recording in a thread of its own: one of a hundred thousand frames takes a second, in which live books
 * would stand still. Without a built thread, and where none can be started or one dies, it does so here: what stands still for a
 * second is better than what is lost. Of the threads that fail in a row, the first is told.
 */
export function threadedPartEncoder({ warn, entry = PART_ENCODING_THREAD }: ThreadedEncoding): PartEncoder {
  let isTold = false
  return async (part) => {
    if (part.rows <= ROWS_HERE_MAX || !existsSync(fileURLToPath(entry))) return encodePart(part)
    let answer: PartAnswer
    try {
      answer = await answerOfThread(entry, copyOf(part))
    } catch (error) {
      // This thread has no more memory than that one had.
      if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY') throw error
      if (!isTold)
        warn(`a part of the recording is made without a thread, and books stand still meanwhile: ${reason(error)}`)
      isTold = true
      return encodePart(part)
    }
    isTold = false
    if ('failure' in answer) throw new Error(answer.failure)
    return answer.bytes
  }
}

export interface ThreadedEncoding {
  /** For the person who runs it. */
  warn(text: string): void
  /** The thread's built code. */
  readonly entry?: URL
}

function answerOfThread(entry: URL, part: PartColumns): Promise<PartAnswer> {
  const errand: PartErrand = { part }
  return threadAnswer({ entry, data: errand, buffers: buffersOf(part), what: 'the thread that makes a part' })
}

/** A part of fewer rows is made here, in a few milliseconds: a thread takes longer to start. */
const ROWS_HERE_MAX = 500

/** Where the thread's code is: beside this file once built. */
const PART_ENCODING_THREAD = new URL('./part-encoding-thread.js', import.meta.url)
