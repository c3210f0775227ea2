import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson } from '../../../src/base/canonical-json.js'
import { crc32cHex } from '../../../src/base/crc32c.js'
import {
  continuedLine,
  decodeLine,
  headerLine,
  isSegmentName,
  markLine,
  recordLine,
  segmentName,
  sumOf,
} from '../../../src/core/journal/frame.js'
import type { JournalRecord } from '../../../src/ports/journal.js'

const bytesOf = (line: string) => new Uint8Array(Buffer.from(line.slice(0, -1)))
const summed = (text: string) => bytesOf(`${crc32cHex(text)} ${text}\n`)

describe('a line', () => {
  test('of a record is its sum, its number and canonical JSON', () => {
    expect(recordLine({ type: 'FILL', n: 12, inputs: '00ff', atMs: 5 })).toBe(
      '7d7b0cc4 12 {"atMs":5,"inputs":"00ff","n":12,"type":"FILL"}\n',
    )
  })

  test('of any record is one line and reads back, whatever text is in it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1 }),
        fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }),
        (n, fields) => {
          const record = { ...fields, n } as unknown as JournalRecord
          const line = recordLine(record)
          expect(line.indexOf('\n')).toBe(line.length - 1)
          const read = decodeLine(bytesOf(line))
          expect(read).toMatchObject({ kind: 'record', n, sum: sumOf(line) })
          expect(canonicalJson(read.kind === 'record' && read.record)).toBe(canonicalJson(record))
        },
      ),
    )
  })

  test.each([
    [markLine(3), { kind: 'mark', records: 3 }],
    [continuedLine(2), { kind: 'continued', segment: 2 }],
    [headerLine({ segment: 1 } as never), { kind: 'header', header: { segment: 1 } }],
  ])('%j reads back', (line, expected) => {
    expect(decodeLine(bytesOf(line))).toEqual(expected)
  })

  test.each([
    ['', 'bad', 'a line of 0 bytes'],
    ['12345678 ', 'bad', 'a line of 9 bytes'],
    ['no sum at all here', 'bad', 'no sum'],
    [markLine(3).toUpperCase().replace('\n', ''), 'bad', 'no sum'],
    ['00000000 1 {}', 'bad', /^sum 00000000 over a line whose sum is [0-9a-f]{8}$/],
  ])('%j is bad', (text, kind, reason) => {
    const found = decodeLine(new Uint8Array(Buffer.from(text)))
    expect(found).toEqual({
      kind,
      hidesMark: false,
      reason: reason instanceof RegExp ? expect.stringMatching(reason) : reason,
    })
  })

  test('that swallowed the next for want of a newline shows the mark at its end', () => {
    const record = recordLine({ n: 9, atMs: 0, inputs: '', type: 'T' }).trim()
    for (const [next, hidesMark] of [
      [markLine(9), true],
      [markLine(2 ** 53 - 1), true],
      [continuedLine(2), true],
      [recordLine({ n: 10, atMs: 0, inputs: '', type: 'T' }), false],
      [markLine(9).replace('9\n', '8\n'), false],
    ] as const) {
      expect(decodeLine(bytesOf(`${record}\v${next}`))).toMatchObject({ kind: 'bad', hidesMark })
    }
  })

  test.each([
    ['1 {"n":2}', 'a line numbered 1 over a record numbered 2'],
    ['0 {"n":0}', 'a line numbered 0 over a record numbered 0'],
    ['1.5 {"n":1.5}', 'a line numbered 1.5 over a record numbered 1.5'],
    ['? {"n":1}', 'a line numbered ? over a record numbered 1'],
    ['1 {"n":1', 'a line without JSON'],
    ['1 7', 'a line without JSON'],
    ['word', 'a line without JSON'],
  ])('with a right sum over %j is foreign', (text, reason) => {
    expect(decodeLine(summed(text))).toEqual({ kind: 'foreign', reason })
  })

  test('is only made of records numbered from 1', () => {
    for (const n of [0, -1, 1.5, Number.NaN, 2 ** 53]) {
      expect(() => recordLine({ n, atMs: 0, inputs: '', type: 'T' })).toThrow('a record is numbered from 1')
    }
  })
})

test('segment names sort as their numbers do', () => {
  const names = [1, 2, 9, 10, 99, 100, 12_345_678].map(segmentName)
  expect(names.toSorted()).toEqual(names)
  expect(names[0]).toBe('journal-00000001.log')
  expect(names.every(isSegmentName)).toBe(true)
  for (const name of ['journal-00000001.log.torn-3', '.journal-00000001.log.tmp', 'journal-1.log', 'x']) {
    expect(isSegmentName(name)).toBe(false)
  }
})
