import fc from 'fast-check'
import { EMPTY_JOURNAL, recordLine, sumOf } from '../../../src/core/journal/frame.js'
import { journalFormat } from '../../../src/core/journal/journal-format.js'
import type { JournalEnd, JournalRecord, JournalSegment } from '../../../src/ports/journal.js'

export interface TestRecord extends JournalRecord {
  readonly payload: unknown
}

/** Segments of writes of payloads: a record each. */
export type Payloads = readonly (readonly (readonly unknown[])[])[]

export interface BuiltJournal {
  readonly segments: readonly JournalSegment[]
  readonly records: readonly TestRecord[]
  /** Where each record's line begins: index of its segment, byte in it. */
  readonly places: readonly { readonly segment: number; readonly offset: number }[]
}

export const FORMAT = journalFormat<TestRecord>('execution', 'b0b0b0b0b0b0b0b0')

/** The bytes that a writer leaves; `closed` says whether the last write is followed by its mark. */
export function built(payloads: Payloads, { closed = true, id = '00000000000000aa' } = {}): BuiltJournal {
  let end: JournalEnd = { ...EMPTY_JOURNAL, id }
  const records: TestRecord[] = []
  const places: { segment: number; offset: number }[] = []
  const segments = payloads.map((writes, i) => {
    let text = FORMAT.header(end)
    let marked = true
    for (const write of writes) {
      if (!marked) text += FORMAT.mark(records.length)
      for (const payload of write) {
        const record = { n: records.length + 1, atMs: 1000, inputs: 'abc', type: 'TEST', payload }
        places.push({ segment: i, offset: Buffer.byteLength(text) })
        records.push(record)
        const line = recordLine(record)
        end = { ...end, records: record.n, sum: sumOf(line) }
        text += line
      }
      marked = false
    }
    end = { ...end, segment: i + 1 }
    if (i < payloads.length - 1) text += FORMAT.continued(i + 2)
    else if (closed && !marked) text += FORMAT.mark(records.length)
    return { name: FORMAT.segmentName(i + 1), bytes: new Uint8Array(Buffer.from(text)) }
  })
  return { segments, records, places }
}

/** Journals of up to four segments of up to four writes of up to three records. */
export const payloadsOf = (least = 0): fc.Arbitrary<Payloads> =>
  fc.array(
    fc.array(fc.array(fc.jsonValue({ maxDepth: 1 }), { minLength: 1, maxLength: 3 }), {
      minLength: least,
      maxLength: 4,
    }),
    { minLength: 1, maxLength: 4 },
  )
