import { parentPort, workerData } from 'node:worker_threads'
import { encodePart } from '../../adapters/market-parquet/encode-part.js'
import type { PartColumns } from '../../adapters/market-parquet/row-columns.js'
import { reason } from '../../files/reason.js'

/** What the thread is started for: one part to make. */
export interface PartErrand {
  readonly part: PartColumns
}

/** What it answers. */
export type PartAnswer = { readonly bytes: Uint8Array } | { readonly failure: string }

if (parentPort !== null && isErrand(workerData)) {
  const answer = await answerTo(workerData)
  parentPort.postMessage(answer, 'bytes' in answer ? [answer.bytes.buffer as ArrayBuffer] : [])
}

async function answerTo({ part }: PartErrand): Promise<PartAnswer> {
  try {
    return { bytes: await encodePart(part) }
  } catch (error) {
    return { failure: reason(error) }
  }
}

/** Other threads load modules of this one's bundle, too. */
function isErrand(data: unknown): data is PartErrand {
  return typeof data === 'object' && data !== null && 'part' in data
}
