import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../../src/base/canonical-json.js'
import { isRefusal, open, seal } from '../../../src/core/link/envelope.js'
import { BODY_SCHEMAS } from '../../../src/core/link/message-schemas.js'
import { clipped, clippedBody } from '../../../src/core/link/prose.js'
import type { Schema } from '../../../src/core/link/schema.js'
import type { Message } from '../../../src/ports/vocabulary/messages.js'
import { anyMessage, arbitraryMessage, MESSAGE_TYPES } from '../execution/arbitrary-messages.js'

const STAMP = { seq: 7, sentAtMs: 1_700_000_000_000, session: 3 }
const PROSE_MAX = 500
/** A code unit that JSON cannot hold as it is takes six characters: \u0000. */
const ESCAPED = 6

/** Repeated, so that most of them are too long, with pairs at odd and at even places. */
const longText = fc
  .tuple(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom(0, 1, 20, 1500), fc.constantFrom('', 'x'))
  .map(([text, times, first]) => first + text.repeat(times))
const anyUnits = fc
  .array(fc.nat(0xffff), { minLength: 480, maxLength: 1100 })
  .map((units) => String.fromCharCode(...units))
const anyLongMessage = fc
  .constantFrom(...MESSAGE_TYPES)
  .chain((type) => arbitraryMessage(type, fc.oneof(longText, anyUnits)))

describe('a message whose prose is of any length', () => {
  it('is sealed into one that opens, with each prose field cut after 500 code points', () => {
    fc.assert(
      fc.property(anyLongMessage, (message) => {
        const opened = open(seal(message, STAMP))
        if (isRefusal(opened)) throw new Error(opened.problem)
        const cut = withProse(message, (text) => [...text].slice(0, PROSE_MAX).join(''))
        expect(opened.body).toEqual(JSON.parse(canonicalJson(cut.body)))
      }),
      { numRuns: 300 },
    )
  })

  it('is sealed into a text of bounded length', () => {
    fc.assert(
      fc.property(anyLongMessage, (message) => {
        let fields = 0
        const bare = withProse(message, () => {
          fields++
          return ''
        })
        // A pair takes two code units, and is never escaped.
        const longest = seal(bare, STAMP).length + fields * PROSE_MAX * ESCAPED
        expect(seal(message, STAMP).length).toBeLessThanOrEqual(longest)
      }),
      { numRuns: 300 },
    )
  })
})

describe('a clipped text', () => {
  it('never ends within a surrogate pair', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(30), (text, charactersMax) => {
        const short = clipped(text, charactersMax)
        expect(() => encodeURIComponent(short)).not.toThrow()
        expect(text.startsWith(short)).toBe(true)
        expect([...short]).toHaveLength(Math.min(charactersMax, [...text].length))
      }),
    )
  })

  it('is the text itself where that is short enough', () => {
    expect(clipped('😀'.repeat(500), 500)).toBe('😀'.repeat(500))
  })
})

it('a body in which nothing is too long is not copied', () => {
  fc.assert(
    fc.property(anyMessage, (message) => {
      expect(clippedBody(message)).toBe(message.body)
    }),
  )
})

function withProse({ type, body }: Message, change: (text: string) => string): Message {
  return { type, body: changed(BODY_SCHEMAS[type], body) } as Message

  function changed(schema: Schema, value: unknown): unknown {
    if (value === null || value === undefined) return value
    if (schema.kind === 'prose') return change(value as string)
    if (schema.kind === 'nullable') return changed(schema.of, value)
    if (schema.kind === 'array') return (value as unknown[]).map((item) => changed(schema.of, item))
    if (schema.kind !== 'object') return value
    const schemas = { ...schema.required, ...schema.optional }
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, changed(schemas[key]!, field)]))
  }
}
