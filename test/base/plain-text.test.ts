import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plainText, textLines } from '../../src/base/plain-text.js'

describe('the text of a file', () => {
  it('loses its byte order mark and nothing else', () => {
    expect(plainText('\uFEFFa\uFEFF', 'f')).toBe('a\uFEFF')
    expect(plainText('', 'f')).toBe('')
  })

  it.each(['', '\uFEFF'])('in UTF-16, with the mark %j and in either byte order, is refused by name', (mark) => {
    const bytes = Buffer.from(`${mark}date,fng\n`, 'utf16le')
    for (const order of [bytes, Buffer.from(bytes).swap16()]) {
      expect(() => plainText(order.toString('utf8'), 'f.csv')).toThrow(
        'f.csv: expected text in UTF-8, found zero bytes',
      )
    }
  })

  it('has the same lines whichever system ended them', () => {
    const line = fc.string().filter((text) => !/[\r\n]/.test(text))
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), fc.constantFrom('\n', '\r\n', '\r'), (lines, end) => {
        expect(textLines(lines.join(end))).toEqual(lines)
      }),
    )
  })
})
