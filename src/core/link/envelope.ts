import { canonical } from '../../base/canonical-json.js'
import { crc32cHexWithout } from '../../base/crc32c.js'
import type { Envelope, Message } from '../../ports/vocabulary/messages.js'
import { envelopeProblem } from './message-schemas.js'
import { clippedBody } from './prose.js'
import { fromVersionOne, isVersionOne, versionOneProblem } from './version-one.js'

/** What a sender adds to a message: see {@link Envelope}. */
export interface Stamp {
  readonly seq: number
  readonly sentAtMs: number
  readonly session: number
}

/** Why a text is not an envelope. `problem` says where, what was expected and what was found. */
export interface Refusal {
  readonly why: 'json' | 'checksum' | 'schema'
  readonly problem: string
}

const SUM_KEY = ',"sum":"'
const SUM_LENGTH = 8
const SUM_PLACE = `${SUM_KEY}00000000"`

/**
 * The message as canonical JSON with its checksum. Prose is clipped here and nowhere else, so that no sender can forget
 * it and have its message refused. The text is written once: in canonical order `sum` stands between
 * `session` and `type`, so it is spliced in where the sum was taken without it.
 */
export function seal(message: Message, { seq, sentAtMs, session }: Stamp): string {
  const text = canonical().ascii('{"body":').value(clippedBody(message))
  text.ascii(`,"sentAtMs":${sentAtMs},"seq":${seq},"session":${session}`)
  const at = text.length
  text.ascii(SUM_PLACE).ascii(`,"type":"${message.type}","v":2}`)
  const sum = text.sum(at + SUM_PLACE.length, text.length, text.partialSum(0, at))
  return text.overwrite(at + SUM_KEY.length, sum).text()
}

/**
 * The envelope that a text holds, checked wholly: JSON, checksum, then every field of the message. One of version 1 is read
 * by that version's rules and said in today's words. Never throws.
 */
export function open(text: string): Envelope | Refusal {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return { why: 'json', problem: `expected JSON, found ${text.length} characters that are none` }
  }
  const at = text.lastIndexOf(SUM_KEY)
  const found = text.slice(at + SUM_KEY.length, at + SUM_KEY.length + SUM_LENGTH)
  const expected = at < 0 ? '' : crc32cHexWithout(text, at, Math.min(at + SUM_PLACE.length, text.length))
  if (at < 0 || found !== expected) {
    return { why: 'checksum', problem: `sum: expected ${expected || 'one'}, found ${at < 0 ? 'none' : found}` }
  }
  const isOld = isVersionOne(parsed)
  const problem = isOld ? versionOneProblem(parsed) : envelopeProblem(parsed)
  if (problem !== undefined) return { why: 'schema', problem }
  return isOld ? fromVersionOne(parsed as object) : (parsed as Envelope)
}

export function isRefusal(opened: Envelope | Refusal): opened is Refusal {
  return 'why' in opened
}
