import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson } from '../../../src/base/canonical-json.js'
import { crc32cHex } from '../../../src/base/crc32c.js'
import { isRefusal, open, seal } from '../../../src/core/link/envelope.js'
import { positionId } from '../../../src/ports/vocabulary/ids.js'
import type { Message } from '../../../src/ports/vocabulary/messages.js'
import { anyMessage } from '../execution/arbitrary-messages.js'

const stamp = { seq: 7, sentAtMs: 1_700_000_000_000, session: 3 }
const exit: Message = {
  type: 'EARLY_EXIT_NOW',
  body: {
    exitId: 'e1',
    positionId: positionId('i1'),
    trigger: 'SAFETY',
    reason: 'a "quoted", {odd} reason',
    requestedPrice: '100.5',
  },
}

test('what was sealed opens as it was, in canonical JSON, summed over the rest', () => {
  fc.assert(
    fc.property(anyMessage, fc.integer({ min: 1 }), (message, seq) => {
      const text = seal(message, { ...stamp, seq })
      const opened = open(text)
      expect(opened).toMatchObject({ ...JSON.parse(canonicalJson(message)), ...stamp, seq, v: 2 })
      const { sum, ...rest } = JSON.parse(text)
      expect(text).toBe(canonicalJson({ ...rest, sum }))
      expect(sum).toBe(crc32cHex(canonicalJson(rest)))
    }),
    { numRuns: 200 },
  )
})

test('the text of an envelope never changes', () => {
  expect(seal(exit, stamp)).toBe(
    '{"body":{"exitId":"e1","positionId":"i1","reason":"a \\"quoted\\", {odd} reason","requestedPrice":"100.5","trigger":"SAFETY"},"sentAtMs":1700000000000,"seq":7,"session":3,"sum":"57af30d7","type":"EARLY_EXIT_NOW","v":2}',
  )
})

test('every changed character is refused', () => {
  const text = seal(exit, stamp)
  for (let at = 0; at < text.length; at++) {
    const other = text[at] === '1' ? '2' : '1'
    expect(isRefusal(open(text.slice(0, at) + other + text.slice(at + 1))), `character ${at}`).toBe(true)
  }
})

test('every cut is refused', () => {
  const text = seal(exit, stamp)
  for (let length = 0; length < text.length; length++) expect(isRefusal(open(text.slice(0, length)))).toBe(true)
})

test.each([
  ['json', '{"v":1'],
  ['checksum', '{"v":1}'],
  ['checksum', seal(exit, stamp).replace('SAFETY', 'RISK')],
  ['checksum', seal(exit, stamp).replace(/"sum":"........"/, '"sum":"00000000"')],
  ['schema', sealed('{"body":{},"sentAtMs":1,"seq":1,"session":1', ',"type":"EARLY_EXIT_NOW","v":2}')],
  ['schema', sealed('{"body":{},"sentAtMs":1,"seq":1,"session":1', ',"type":"EARLY_EXIT_NOW","v":1}')],
  ['schema', sealed('{"body":{},"sentAtMs":1,"seq":1,"session":1', ',"type":"EARLY_EXIT_NOW","v":3}')],
  ['schema', sealed('{"body":{},"sentAtMs":1,"seq":1,"session":1', ',"type":"NEVER_HEARD_OF","v":1}')],
])('a text refused for its %s says so', (why, text) => {
  expect(open(text)).toMatchObject({ why })
})

function sealed(head: string, tail: string): string {
  return `${head},"sum":"${crc32cHex(head + tail)}"${tail}`
}
