import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { messageSchemaFiles, storedMessageSchemas } from '../../../scripts/message-schemas.js'
import { canonicalJson } from '../../../src/base/canonical-json.js'
import { envelopeProblem } from '../../../src/core/link/message-schemas.js'
import type { MessageType } from '../../../src/ports/vocabulary/messages.js'
import { anyMessage, arbitraryMessage, MESSAGE_TYPES } from '../execution/arbitrary-messages.js'

test('specs/messages is what the core checks by', () => {
  const stored = storedMessageSchemas()
  const generated = messageSchemaFiles()
  expect([...stored.keys()].sort()).toEqual([...generated.keys()].sort())
  for (const [name, text] of generated) expect(JSON.parse(stored.get(name)!), name).toEqual(JSON.parse(text))
})

const ajv = new Ajv2020({ allErrors: false, strict: true })
const validators = new Map(
  [...messageSchemaFiles().values()].map((text) => {
    const schema = JSON.parse(text)
    return [schema.title as MessageType, ajv.compile(schema)]
  }),
)

const stamp = { v: 2, seq: 1, sentAtMs: 1_700_000_000_000, session: 3, sum: '0123abcd' } as const

describe.each(MESSAGE_TYPES)('%s', (type) => {
  const isValid = validators.get(type)!

  test('whatever the description allows passes both', () => {
    fc.assert(
      fc.property(arbitraryMessage(type), (message) => {
        const envelope = JSON.parse(canonicalJson({ ...stamp, ...message }))
        expect(envelopeProblem(envelope)).toBe(undefined)
        expect(isValid(envelope), JSON.stringify(isValid.errors)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  test('after any change both give the same verdict, and the core names a place', () => {
    fc.assert(
      fc.property(arbitraryMessage(type), fc.nat(), change, (message, at, how) => {
        const envelope = JSON.parse(canonicalJson({ ...stamp, ...message }))
        mutate(envelope, at, how)
        if (envelope.type !== type) return
        const problem = envelopeProblem(envelope)
        expect(problem === undefined, `${problem}; ${JSON.stringify(isValid.errors)}`).toBe(isValid(envelope))
        if (problem !== undefined) expect(problem).toMatch(/^message(\.\w+|\[\d+\])*: /)
      }),
      { numRuns: 200 },
    )
  })
})

test.each<[string, unknown, string]>([
  ['null', null, 'message: expected an object, found none'],
  ['no type', {}, 'message.type: expected one of'],
  ['a type of the language', { ...stamp, type: 'constructor', body: {} }, 'message.type: expected one of'],
  ['no body', { ...stamp, type: 'RESYNC_STATE' }, 'message.body: expected, not found'],
  [
    'a trailing zero',
    {
      ...stamp,
      type: 'FUNDING_REPORT',
      body: { reportNumber: 1, fundingId: 1, positionId: null, symbol: 'A', amountUsd: '1.10', settledAtMs: 1 },
    },
    'message.body.amountUsd: expected a decimal, found "1.10"',
  ],
])('%s is refused with what was expected and found', (_, value, problem) => {
  expect(envelopeProblem(value)).toContain(problem)
})

test('an unknown field anywhere is refused', () => {
  fc.assert(
    fc.property(anyMessage, (message) => {
      const envelope = JSON.parse(canonicalJson({ ...stamp, ...message }))
      envelope.body.extra = 1
      expect(envelopeProblem(envelope)).toBe('message.body.extra: not expected')
    }),
    { numRuns: 50 },
  )
})

type Change = { readonly kind: 'remove' | 'rename' } | { readonly kind: 'replace'; readonly by: unknown }

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.constantFrom<Change>({ kind: 'remove' }, { kind: 'rename' }),
  fc
    .oneof(
      fc.constantFrom<unknown>(
        null,
        true,
        '',
        '-0',
        '0',
        '00',
        '1.0',
        '1e5',
        '-1',
        '.5',
        '5.',
        ' 1',
        '9'.repeat(43),
        0,
        -1,
        1.5,
        1e300,
        2 ** 53,
        [],
        {},
      ),
      fc.string(),
      fc.constant('x'.repeat(600)),
      fc.constant('😀'.repeat(500)),
    )
    .map((by): Change => ({ kind: 'replace', by })),
)

/** Changes one field, however deep, chosen by number. */
function mutate(value: Record<string, unknown>, at: number, how: Change): void {
  const places: [Record<string, unknown>, string][] = []
  const visit = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return
    for (const [key, field] of Object.entries(node)) {
      places.push([node as Record<string, unknown>, key])
      visit(field)
    }
  }
  visit(value)
  const [parent, key] = places[at % places.length]!
  if (how.kind === 'replace') parent[key] = how.by
  else if (Array.isArray(parent)) parent[Number(key)] = null
  else {
    if (how.kind === 'rename') parent[`${key}_`] = parent[key]
    delete parent[key]
  }
}
