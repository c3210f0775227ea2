import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NpyFault, readNpyNumber } from '../../../src/adapters/npz/npy-array.js'
import { npyOf } from './npz.js'

describe('an array of numpy with one number', () => {
  it('is that number, bit for bit, in both versions', () => {
    fc.assert(
      fc.property(fc.double(), fc.constantFrom<[number, number]>([1, 0], [2, 0]), (value, version) => {
        expect(readNpyNumber(npyOf(value, { version }))).toBe(value)
      }),
    )
    expect(readNpyNumber(npyOf(0.1, { descr: "'<f4'" }))).toBe(Math.fround(0.1))
  })

  it.each(['()', '(1,)', '(1, 1)'])('may have the shape %s', (shape) => {
    expect(readNpyNumber(npyOf(7, { shape }))).toBe(7)
  })

  it.each([
    ['dtype >f8', npyOf(1, { descr: "'>f8'" }), "expected dtype '<f8' or '<f4', found dtype '>f8'"],
    ['dtype |O', npyOf(1, { descr: "'|O'" }), "expected dtype '<f8' or '<f4', found dtype '|O'"],
    ['a record', npyOf(1, { descr: "[('a', '<f8')]" }), "expected dtype '<f8' or '<f4', found dtype [('a', '<f8')]"],
    ['shape (3,)', npyOf(1, { shape: '(3,)' }), 'expected one value, found an array of shape (3,)'],
    ['shape (0,)', npyOf(1, { shape: '(0,)' }), 'expected one value, found an array of shape (0,)'],
    ['version 3', npyOf(1, { version: [3, 0] }), 'expected NPY version 1.0 or 2.0, found 3.0'],
    ['no dtype', npyOf(1, { header: '{}' }), "expected dtype '<f8' or '<f4', found dtype none"],
    ['no bytes', Buffer.alloc(0), 'expected an array file of numpy, found other bytes'],
    ['text', Buffer.from('scan,1\n2,3\n4,5\n'), 'expected an array file of numpy, found other bytes'],
    ['a cut header', npyOf(1).subarray(0, 40), 'expected a header of 118 bytes, found 30'],
    ['cut data', npyOf(1).subarray(0, -1), 'expected 8 bytes of data, found 7'],
    ['more data', Buffer.concat([npyOf(1), npyOf(1)]), 'expected 8 bytes of data, found 144'],
  ])('is refused where it has %s', (_, bytes, message) => {
    expect(() => readNpyNumber(bytes)).toThrow(message)
  })

  it('is a number or a refusal, whatever byte is changed', () => {
    const sound = npyOf(42)
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.nat(255), (at, byte) => {
        const bytes = Buffer.from(sound)
        bytes[at] = byte
        try {
          expect(typeof readNpyNumber(bytes)).toBe('number')
        } catch (error) {
          expect(error).toBeInstanceOf(NpyFault)
        }
      }),
      { numRuns: 500 },
    )
  })
})
