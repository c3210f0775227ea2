import type { DurableEnd } from '../../ports/journal.js'
import { decodeLine, durableLine, NEWLINE } from './frame.js'

/** Name of the file that says how far a folder's journal was durable. */
export const DURABLE_NAME = 'journal.durable'

export function durableText(end: DurableEnd): string {
  return durableLine(end)
}

/** What the file says, or what is wrong with it. */
export function readDurable(bytes: Uint8Array): DurableEnd | string {
  const end = bytes.indexOf(NEWLINE)
  if (end < 0) return `an incomplete line of ${bytes.length} bytes`
  if (end !== bytes.length - 1) return `${bytes.length - end - 1} bytes behind its line`
  const line = decodeLine(bytes.subarray(0, end))
  if (line.kind === 'durable') return line.end
  return line.kind === 'bad' || line.kind === 'foreign' ? line.reason : `a ${line.kind}`
}
