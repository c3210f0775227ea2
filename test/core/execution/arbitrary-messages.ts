import fc from 'fast-check'
import { BODY_SCHEMAS } from '../../../src/core/link/message-schemas.js'
import type { Schema } from '../../../src/core/link/schema.js'
import type { Message, MessageType } from '../../../src/ports/vocabulary/messages.js'

export const MESSAGE_TYPES = Object.keys(BODY_SCHEMAS) as MessageType[]

const SHORT_PROSE = fc.string({ unit: 'grapheme', maxLength: 40 })

/** Any message of a type that its description allows; with another `prose`, one that may be too long for it. */
export function arbitraryMessage(type: MessageType, prose: fc.Arbitrary<string> = SHORT_PROSE): fc.Arbitrary<Message> {
  return arbitraryOf(BODY_SCHEMAS[type], prose).map((body) => ({ type, body }) as Message)
}

export const anyMessage: fc.Arbitrary<Message> = fc
  .constantFrom(...MESSAGE_TYPES)
  .chain((type) => arbitraryMessage(type))

function arbitraryOf(schema: Schema, prose: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  switch (schema.kind) {
    case 'decimal':
      return fc
        .tuple(fc.bigInt(1n, 10n ** 18n), fc.nat(12), fc.boolean(), fc.boolean())
        .map(([digits, places, minus, zero]) => {
          if (zero && schema.sign !== 'positive') return '0'
          const sign = minus && schema.sign === 'any' ? '-' : ''
          const text = digits.toString().padStart(places + 1, '0')
          const whole = text.slice(0, text.length - places)
          const fraction = text.slice(text.length - places).replace(/0+$/, '')
          return `${sign}${fraction === '' ? whole : `${whole}.${fraction}`}`
        })
    case 'text':
      return fc.stringMatching(new RegExp(schema.pattern))
    case 'prose':
      return prose
    case 'integer':
      return fc.integer({ min: schema.min, max: Number.MAX_SAFE_INTEGER })
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value))
    case 'boolean':
      return fc.boolean()
    case 'one of':
      return fc.constantFrom(...schema.values)
    case 'nullable':
      return fc.option(arbitraryOf(schema.of, prose))
    case 'array':
      return fc.array(arbitraryOf(schema.of, prose), { maxLength: 3 })
    case 'object': {
      const fields = { ...schema.required, ...schema.optional }
      return fc.record(
        Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, arbitraryOf(field, prose)])),
        {
          requiredKeys: Object.keys(schema.required),
          noNullPrototype: true,
        },
      )
    }
  }
}
