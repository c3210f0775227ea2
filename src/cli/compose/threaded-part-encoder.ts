import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { encodePart, type PartEncoder } from '../../adapters/market-parquet/encode-part.js'
import { buffersOf } from '../../adapters/market-parquet/row-columns.js'
import type { PartAnswer, PartErrand } from './part-encoding-thread.js'
import { threadAnswer } from './thread-answer.js'

/**
 * Makes each large part of a recording in a thread of its own: one of a hundred thousand frames takes a second, in which live books
 * would stand still. The columns are given away with it. Without a built thread it does so here.
 */
export function threadedPartEncoder(entry: URL = PART_ENCODING_THREAD): PartEncoder {
  return async (part) => {
    if (part.rows <= ROWS_HERE_MAX || !existsSync(fileURLToPath(entry))) return encodePart(part)
    const errand: PartErrand = { part }
    const thread = { entry, data: errand, buffers: buffersOf(part), what: 'the thread that makes a part' }
    const answer = await threadAnswer<PartAnswer>(thread)
    if ('failure' in answer) throw new Error(answer.failure)
    return answer.bytes
  }
}

/** A part of fewer rows is made here, in a few milliseconds: a thread takes longer to start. */
const ROWS_HERE_MAX = 500

/** Where the thread's code is: beside this file once built. */
const PART_ENCODING_THREAD = new URL('./part-encoding-thread.js', import.meta.url)
