import fc from 'fast-check'
import { BODY_SCHEMAS } from '../../../src/core/link/message-schemas.js'
import type { Schema } from '../../../src/core/link/schema.js'
import type { Message, MessageType } from '../../../src/ports/vocabulary/messages.js'

export const MESSAGE_TYPES = Object.keys(BODY_SCHEMAS) as MessageType[]

/** Any message of a type that its description allows. */
export function arbitraryMessage(type: MessageType): fc.Arbitrary<Message> {
  return arbitraryOf(BODY_SCHEMAS[type]).map((body) => ({ type, body }) as Message)
}

export const anyMessage: fc.Arbitrary<Message> = fc.constantFrom(...MESSAGE_TYPES).chain(arbitraryMessage)

function arbitraryOf(schema: Schema): fc.Arbitrary<unknown> {
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
      return fc.string({ unit: 'grapheme', maxLength: 40 })
    case 'integer':
      return fc.integer({ min: schema.min, max: Number.MAX_SAFE_INTEGER })
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value))
    case 'boolean':
      return fc.boolean()
    case 'one of':
      return fc.constantFrom(...schema.values)
    case 'nullable':
      return fc.option(arbitraryOf(schema.of))
    case 'array':
      return fc.array(arbitraryOf(schema.of), { maxLength: 3 })
    case 'object': {
      const fields = { ...schema.required, ...schema.optional }
      return fc.record(Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, arbitraryOf(field)])), {
        requiredKeys: Object.keys(schema.required),
        noNullPrototype: true,
      })
    }
  }
}
