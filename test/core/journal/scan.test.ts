import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { continuedLine, EMPTY_JOURNAL, markLine, recordLine } from '../../../src/core/journal/frame.js'
import { journalFormat } from '../../../src/core/journal/journal-format.js'
import { JournalScan, scanJournal } from '../../../src/core/journal/scan.js'
import type { JournalSegment } from '../../../src/ports/journal.js'
import { type BuiltJournal, built, FORMAT, payloadsOf, type TestRecord } from './journals.js'

const scan = (segments: readonly JournalSegment[]) => scanJournal<TestRecord>('execution', segments)
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text))
const textOf = ({ bytes }: JournalSegment) => Buffer.from(bytes).toString()
const withBytes = (segments: readonly JournalSegment[], index: number, bytes: Uint8Array) =>
  segments.map((segment, i) => (i === index ? { ...segment, bytes } : segment))
const headerLength = ({ bytes }: JournalSegment) => bytes.indexOf(0x0a) + 1

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice()
  copy[bit >> 3]! ^= 1 << (bit & 7)
  return copy
}

/** Three segments, two writes each, the last of them of two records. */
const SAMPLE = built([
  [['a'], ['b', { c: 1 }]],
  [['d'], ['e', 'f']],
  [[7], ['g', 'h']],
])

describe('a journal as it was written', () => {
  test('gives its records back, whatever they are and however the bytes come', () => {
    fc.assert(
      fc.property(payloadsOf(), fc.integer({ min: 1, max: 40 }), fc.boolean(), (payloads, step, closed) => {
        const { segments, records } = built(payloads, { closed })
        const check = new JournalScan<TestRecord>('execution')
        const found: TestRecord[] = []
        const buffer = new Uint8Array(step)
        for (const { name, bytes } of segments) {
          check.begin(name)
          for (let at = 0; at < bytes.length; at += step) {
            const part = bytes.subarray(at, at + step)
            buffer.set(part)
            found.push(...check.feed(buffer.subarray(0, part.length)))
          }
        }
        expect(check.finish()).toEqual({ kind: 'whole' })
        expect(found).toEqual(JSON.parse(JSON.stringify(records)))
        expect(check.end).toMatchObject({ segment: segments.length, records: records.length, build: FORMAT.build })
      }),
    )
  })

  test('is whole when nothing is there yet', () => {
    expect(scan([])).toEqual({ records: [], verdict: { kind: 'whole' }, end: EMPTY_JOURNAL })
  })
})

describe('a journal that a crash cut', () => {
  test('at any byte behind the last header loses nothing but the cut record, and says where to cut', () => {
    fc.assert(
      fc.property(payloadsOf(1), fc.nat(), fc.boolean(), (payloads, position, closed) => {
        const { segments, records, places } = built(payloads, { closed })
        const last = segments.length - 1
        const header = headerLength(segments[last]!)
        const length = header + (position % (segments[last]!.bytes.length - header + 1))
        const cut = withBytes(segments, last, segments[last]!.bytes.slice(0, length))
        const { verdict, records: found } = scan(cut)
        const ends = places.map(({ segment }, i) => segment < last || endOf(segments, places, i) <= length)
        expect(found).toEqual(JSON.parse(JSON.stringify(records.slice(0, ends.filter(Boolean).length))))
        expect(verdict.kind).not.toBe('corrupt')
        if (verdict.kind !== 'tornTail') return
        expect(verdict.offset + verdict.bytes).toBe(length)
        const repaired = withBytes(cut, last, cut[last]!.bytes.slice(0, verdict.offset))
        expect(scan(repaired)).toMatchObject({ verdict: { kind: 'whole' }, records: found })
      }),
    )
  })

  test('loses no more when the last write came in pieces, in any order: zeros, garbage, whole records behind them', () => {
    const { segments, records, places } = built([[['a'], ['b', 'c', 'd', 'e']]], { closed: false })
    for (let hole = 2; hole <= 5; hole++) {
      for (const filler of [0, 0xff, 0x20]) {
        const bytes = segments[0]!.bytes.slice()
        const { offset } = places[hole - 1]!
        bytes.fill(filler, offset + 3, offset + 20)
        const { verdict, records: found } = scan([{ ...segments[0]!, bytes }])
        expect(verdict).toMatchObject({ kind: 'tornTail', offset, bytes: bytes.length - offset })
        expect(found).toEqual(records.slice(0, hole - 1))
      }
    }
  })

  test.each([
    ['zeros', new Uint8Array(5000)],
    ['a record of zeros with a newline', bytesOf(`${'\0'.repeat(60)}\n`)],
    ['half a mark', bytesOf(markLine(9).slice(0, 7))],
    ['half a continuation', bytesOf(continuedLine(4).slice(0, -1))],
  ])('may end in %s', (_, tail) => {
    const bytes = new Uint8Array([...SAMPLE.segments[2]!.bytes, ...tail])
    const { verdict, records } = scan(withBytes(SAMPLE.segments, 2, bytes))
    expect(verdict).toMatchObject({ kind: 'tornTail', offset: SAMPLE.segments[2]!.bytes.length, bytes: tail.length })
    expect(records).toEqual(SAMPLE.records)
  })

  test('while it went on in a new segment may have half a continuation in the old one', () => {
    const { segments, records } = built([[['a'], ['b']], []])
    const whole = textOf(segments[0]!)
    const mark = whole.length - continuedLine(2).length
    for (let length = mark; length < whole.length; length++) {
      const cut = withBytes(segments, 0, bytesOf(whole.slice(0, length)))
      const expected =
        length === mark ? { kind: 'whole' } : { kind: 'tornTail', segment: segments[0]!.name, offset: mark }
      expect(scan(cut)).toMatchObject({ verdict: expected, records })
    }
  })
})

describe('a journal that was damaged', () => {
  test('in any bit before the last mark is refused, and says which record', () => {
    const { segments, places } = SAMPLE
    const lastMark = segments[2]!.bytes.length - markLine(9).length
    for (const [i, { bytes }] of segments.entries()) {
      const bits = (i === 2 ? lastMark : bytes.length) * 8
      for (let bit = 0; bit < bits; bit++) {
        const { verdict, records } = scan(withBytes(segments, i, flipped(bytes, bit)))
        const before = places.filter(({ segment, offset }, n) => {
          return segment < i || (segment === i && endOf(segments, places, n) <= bit >> 3 && offset < bit >> 3)
        }).length
        expect(verdict).toMatchObject({ kind: 'corrupt', segment: segments[i]!.name, record: before + 1 })
        expect(records).toEqual(SAMPLE.records.slice(0, before))
      }
    }
  })

  test('in any bit behind the last mark never gives a wrong record', () => {
    const { segments, records } = built([[['a'], ['b', 'c']]], { closed: false })
    const { bytes } = segments[0]!
    for (let bit = headerLength(segments[0]!) * 8; bit < bytes.length * 8; bit++) {
      const { verdict, records: found } = scan(withBytes(segments, 0, flipped(bytes, bit)))
      expect(verdict.kind).not.toBe('whole')
      expect(found).toEqual(records.slice(0, found.length))
    }
  })

  test('in the header of its last segment is refused, for no crash leaves that', () => {
    const { bytes } = SAMPLE.segments[2]!
    for (let length = 0; length < headerLength(SAMPLE.segments[2]!); length++) {
      const { verdict } = scan(withBytes(SAMPLE.segments, 2, bytes.slice(0, length)))
      expect(verdict).toMatchObject({ kind: 'corrupt', record: 7, offset: 0, expected: 'a header' })
    }
  })

  const [one, two, three] = SAMPLE.segments as readonly [JournalSegment, JournalSegment, JournalSegment]
  const other = built([[['a'], ['b', { c: 1 }]], [['d'], ['e', 'f']], [[]]], { id: '00000000000000bb' })
  const sameEnd = built([[['a'], ['b', { c: 1 }]], [['d'], ['e', 'F']], [[]]])
  const linesOf = (segment: JournalSegment) => textOf(segment).split('\n').slice(0, -1)
  const rewritten = (index: number, lines: readonly string[]) =>
    withBytes(SAMPLE.segments, index, bytesOf(lines.map((line) => `${line}\n`).join('')))
  /** Two segments of a record each, with no mark behind the second; the first without the end of its continuation. */
  const { segments: lonely } = built([[['a']], [['b']]], { closed: false })
  const unmarked = (second: Uint8Array) => [
    { ...lonely[0]!, bytes: lonely[0]!.bytes.slice(0, -3) },
    { ...lonely[1]!, bytes: second },
  ]
  const thirdHeader = FORMAT.header({ ...scan(lonely.slice(0, 1)).end, segment: 2 })
  const later = journalFormat('execution', 'b')
    .header({ ...EMPTY_JOURNAL, id: '1' })
    .replace('"version":1', '"version":2')

  test.each<[string, readonly JournalSegment[], object]>([
    ['its first segment gone', [two, three], { segment: two.name, record: 1, found: 'segment 2' }],
    ['a middle segment gone', [one, three], { segment: three.name, record: 4, expected: 'segment 2' }],
    ['its last segment gone', [one, two], { segment: two.name, record: 7, expected: `segment ${three.name}` }],
    ['all but one gone', [one], { segment: one.name, record: 4, found: 'no such file' }],
    ['a segment twice', [one, two, { ...two, name: three.name }], { segment: three.name, record: 7 }],
    ['segments swapped', [one, { ...three, name: two.name }, { ...two, name: three.name }], { record: 4 }],
    ['a segment renamed', [one, { ...two, name: three.name }], { expected: `file name ${two.name}` }],
    [
      'a segment of another journal',
      [one, other.segments[1]!, three],
      { expected: 'journal 00000000000000aa', found: 'journal 00000000000000bb' },
    ],
    ['an older copy of a segment', [one, two, sameEnd.segments[2]!], { record: 7, expected: /^sum of the record/ }],
    ['an emptied segment', withBytes(SAMPLE.segments, 1, new Uint8Array()), { record: 4, found: 'an empty file' }],
    ['a segment cut short', withBytes(SAMPLE.segments, 0, one.bytes.slice(0, -30)), { record: 3, segment: one.name }],
    ['half a continuation before a record', unmarked(lonely[1]!.bytes), { segment: one.name, record: 2 }],
    [
      'half a continuation before two headers',
      [...unmarked(bytesOf(`${linesOf(lonely[1]!)[0]}\n`)), { name: three.name, bytes: bytesOf(thirdHeader) }],
      { segment: one.name, record: 2 },
    ],
    [
      'half a continuation before garbage',
      [
        { ...one, bytes: one.bytes.slice(0, -3) },
        { ...two, bytes: bytesOf(`${linesOf(two)[0]}\nx\n`) },
      ],
      { segment: one.name, record: 4 },
    ],
    ['its end cut off at a line', rewritten(0, linesOf(one).slice(0, -2)), { record: 3, found: 'first record 4' }],
    ['a record left out', rewritten(1, linesOf(two).toSpliced(1, 1)), { record: 4 }],
    ['a record twice', rewritten(1, linesOf(two).toSpliced(1, 0, linesOf(two)[1]!)), { record: 5, found: 'record 4' }],
    ['a header in the middle', rewritten(1, [...linesOf(two), linesOf(two)[0]!]), { found: 'a header' }],
    ['a second header', rewritten(1, linesOf(two).toSpliced(1, 0, linesOf(two)[0]!)), { found: 'a second header' }],
    ['a mark of another place', rewritten(1, linesOf(two).toSpliced(1, 1)), { expected: 'a mark after record 3' }],
    [
      'another continuation',
      rewritten(1, [...linesOf(two).slice(0, -1), continuedLine(9).trim()]),
      { found: 'a continuation in segment 9' },
    ],
    ['something behind a continuation', rewritten(0, [...linesOf(one), linesOf(one)[1]!]), { found: 'a record' }],
    ['garbage behind a continuation', rewritten(0, [...linesOf(one), 'x']), { expected: /^nothing behind/ }],
    ['no header', rewritten(1, linesOf(two).slice(1)), { expected: 'a header', found: 'a record' }],
    ['another version', [{ ...one, bytes: bytesOf(later) }], { expected: 'a header' }],
  ])('is refused: %s', (_, segments, expected) => {
    const { verdict } = scan(segments)
    const shown = Object.fromEntries(
      Object.entries(expected).map(([key, value]) => [
        key,
        value instanceof RegExp ? expect.stringMatching(value) : value,
      ]),
    )
    expect(verdict).toMatchObject({ kind: 'corrupt', ...shown })
  })

  test('is refused when it is the other side’s', () => {
    expect(scanJournal('decision', SAMPLE.segments).verdict).toMatchObject({
      kind: 'corrupt',
      expected: 'kind decision',
      found: 'kind execution',
    })
  })

  test('is refused, not cut, where a line is sound and says something unheard of', () => {
    const { segments } = built([[['a']]], { closed: false })
    const odd = recordLine({ n: 2, atMs: 0, inputs: '', type: 'T' })
    for (const [line, found] of [
      [odd.replace(' 2 {', ' 2 '), 'sum'],
      [recordLine({ n: 5, atMs: 0, inputs: '', type: 'T' }), 'record 5'],
    ] as const) {
      const bytes = new Uint8Array([...segments[0]!.bytes, ...bytesOf(line)])
      const { verdict } = scan([{ ...segments[0]!, bytes }])
      if (found === 'sum') expect(verdict.kind).toBe('tornTail')
      else expect(verdict).toMatchObject({ kind: 'corrupt', record: 2, found })
    }
  })
})

function endOf(segments: readonly JournalSegment[], places: BuiltJournal['places'], n: number): number {
  const { segment, offset } = places[n]!
  return segments[segment]!.bytes.indexOf(0x0a, offset) + 1
}
