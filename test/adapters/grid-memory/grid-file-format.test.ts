import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeGrid, readGridFile } from '../../../src/adapters/grid-memory/grid-file-format.js'
import type { GridRecord } from '../../../src/adapters/grid-memory/grid-record.js'
import { crc32c, crc32cHexOf } from '../../../src/base/crc32c.js'
import { DataRefused, SurroundingsFailed } from '../../../src/base/mistakes.js'
import { temporaryFolder } from '../../support/in-process-command.js'

const folder = temporaryFolder()
const file = () => join(folder.path, 'grid.jsonl')

async function bytesOf(records: readonly GridRecord[], openings = 1): Promise<Buffer> {
  return Buffer.concat(await encodeGrid({ openings, records }))
}

/** The message of what is refused, without the name of the folder. */
async function refusalOf(bytes: Uint8Array): Promise<string> {
  writeFileSync(file(), bytes)
  const error = await readGridFile(file()).then(
    () => 'a grid',
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(DataRefused)
  return (error as DataRefused).message.replace(folder.path, '')
}

/** A text of lines with the end that belongs to it. */
function sealed(lines: readonly string[], records = lines.length - 1): Buffer {
  const before = Buffer.from(lines.map((line) => `${line}\n`).join(''))
  return Buffer.concat([before, Buffer.from(`{"records":${records},"crc32c":"${crc32cHexOf(crc32c(before))}"}\n`)])
}

const HEAD = '{"format":"dolphin-grid","version":1,"openings":1}'

describe('the file of a grid', () => {
  it('says in lines that a person can read what the grid held', async () => {
    const bytes = await bytesOf([
      { map: 'DOLPHIN_SAFETY', key: 'latest', value: '{"posture":"APEX"}' },
      { map: 'DOLPHIN_HEARTBEAT', key: 'trader', value: '{}', expiresAtMs: 1_767_571_260_000 },
      { reference: 'DOLPHIN_SAFETY', value: '{}' },
      { stream: 'DOLPHIN_SCANS', sequence: 17, value: '{}' },
    ])
    const lines = bytes.toString().split('\n')
    expect(lines).toEqual([
      HEAD,
      '{"map":"DOLPHIN_SAFETY","key":"latest","value":"{\\"posture\\":\\"APEX\\"}"}',
      '{"map":"DOLPHIN_HEARTBEAT","key":"trader","value":"{}","expiresAtMs":1767571260000}',
      '{"reference":"DOLPHIN_SAFETY","value":"{}"}',
      '{"stream":"DOLPHIN_SCANS","sequence":17,"value":"{}"}',
      expect.stringMatching(/^\{"records":4,"crc32c":"[0-9a-f]{8}"\}$/),
      '',
    ])
    expect(bytes).toEqual(sealed(lines.slice(0, -2)))
  })

  it('is read as it was written, whatever the texts', async () => {
    const text = fc.string({
      unit: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\n', '"', '\\', '\ud800')),
    })
    const name = text.filter((name) => name !== '')
    const entry = fc.record({ key: text, value: text, expiresAtMs: fc.nat() }, { requiredKeys: ['key', 'value'] })
    const grid = fc.tuple(
      fc.uniqueArray(fc.tuple(name, fc.uniqueArray(entry, { selector: ({ key }) => key })), {
        selector: ([map]) => map,
      }),
      fc.uniqueArray(fc.tuple(name, text), { selector: ([reference]) => reference }),
      fc.uniqueArray(fc.tuple(name, fc.nat(), fc.array(text)), { selector: ([stream]) => stream }),
    )
    await fc.assert(
      fc.asyncProperty(grid, fc.integer({ min: 1 }), async ([maps, references, streams], openings) => {
        const records: GridRecord[] = [
          ...maps.flatMap(([map, entries]) => entries.map((entry) => ({ map, ...entry }))),
          ...references.map(([reference, value]) => ({ reference, value })),
          ...streams.flatMap(([stream, first, values]) =>
            values.map((value, i) => ({ stream, sequence: first + i, value })),
          ),
        ]
        writeFileSync(file(), await bytesOf(records, openings))
        expect(await readGridFile(file())).toEqual({ openings, records })
      }),
      { numRuns: 200 },
    )
  })

  it('of many megabytes is written in several turns, and read as it was', async () => {
    const records = Array.from({ length: 40 }, (_, i) => ({
      map: 'map',
      key: `key ${i}`,
      value: 'ä€𝄞x'.repeat(30_000 + i),
    }))
    let turns = 0
    const count = setImmediate(function again() {
      turns++
      setImmediate(again).unref()
    })
    const bytes = await bytesOf(records)
    clearImmediate(count)
    expect(turns).toBeGreaterThan(3)
    writeFileSync(file(), bytes)
    expect((await readGridFile(file())).records).toEqual(records)
  })

  it('that is not there is the one of an empty grid that was never opened', async () => {
    expect(await readGridFile(file())).toEqual({ openings: 0, records: [] })
  })

  it('that cannot be read is no fault of the data', async () => {
    await expect(readGridFile(folder.path)).rejects.toThrow(SurroundingsFailed)
  })

  it('is refused when it is cut off anywhere, or any bit of it is another', async () => {
    const whole = await bytesOf([
      { map: 'map', key: 'key', value: 'a value', expiresAtMs: 1_767_571_260_000 },
      { reference: 'reference', value: '' },
      { stream: 'stream', sequence: 17, value: 'ä' },
      { stream: 'stream', sequence: 18, value: 'entry' },
    ])
    for (let length = 0; length < whole.length; length++) await refusalOf(whole.subarray(0, length))
    for (let bit = 0; bit < whole.length * 8; bit += 3) {
      const other = Buffer.from(whole)
      other[bit >> 3]! ^= 1 << (bit & 7)
      await refusalOf(other)
    }
  })

  it.each([
    [
      'nothing',
      '',
      '/grid.jsonl:1: expected the head of a grid, {"format":"dolphin-grid",…}, found the end of the file',
    ],
    ['another document', '{"format":"other"}\n', '/grid.jsonl:1: expected format "dolphin-grid", found "other"'],
    ['no JSON', 'hello\n', '/grid.jsonl:1: expected the head of a grid, {"format":"dolphin-grid",…}, found "hello"'],
    ['a list', '[]\n', '/grid.jsonl:1: expected the head of a grid, {"format":"dolphin-grid",…}, found "[]"'],
    ['a later version', HEAD.replace('"version":1', '"version":2'), '/grid.jsonl:1: expected version 1, found 2'],
    [
      'no openings',
      HEAD.replace('"openings":1', '"openings":0'),
      '/grid.jsonl:1: expected openings, a whole number above 0, found 0',
    ],
    [
      'no end',
      `${HEAD}\n`,
      '/grid.jsonl:2: expected a record, or the end with the number of records, found the end of the file',
    ],
    [
      'half a line',
      `${HEAD}\n{"map":`,
      '/grid.jsonl:2: expected a record, or the end with the number of records, found a line that is cut off',
    ],
  ])('is refused when it holds %s', async (_, text, message) => {
    expect(
      await refusalOf(Buffer.from(text.endsWith('\n') || text === '' || text.endsWith(':') ? text : `${text}\n`)),
    ).toBe(message)
  })

  it.each([
    ['{"map":"m","key":"k"}', 'a value that is a text, found nothing'],
    ['{"map":"m","key":"k","value":1}', 'a value that is a text, found 1'],
    ['{"map":"m","value":""}', 'a key that is a text, found nothing'],
    ['{"map":"m","key":"k","value":"","expiresAtMs":-1}', 'expiresAtMs in UTC milliseconds, found -1'],
    ['{"map":"","key":"k","value":""}', 'the name of a map, a reference or a stream, found ""'],
    ['{"value":""}', 'the name of a map, a reference or a stream, found nothing'],
    ['{"stream":"s","value":""}', 'the whole number of an entry, found nothing'],
    ['{"stream":"s","sequence":0.5,"value":""}', 'the whole number of an entry, found 0.5'],
  ])('is refused for the record %s', async (record, problem) => {
    expect(await refusalOf(sealed([HEAD, record]))).toBe(`/grid.jsonl:2: expected ${problem}`)
  })

  it('is refused when a name has two values, or an entry of a stream is missing', async () => {
    const map = '{"map":"m","key":"k","value":""}'
    const reference = '{"reference":"r","value":""}'
    const stream = (sequence: number) => `{"stream":"s","sequence":${sequence},"value":""}`
    expect(await refusalOf(sealed([HEAD, map, map]))).toBe(
      '/grid.jsonl:3: expected one value of key "k" of map "m", found a second one',
    )
    expect(await refusalOf(sealed([HEAD, reference, map, reference]))).toBe(
      '/grid.jsonl:4: expected one value of reference "r", found a second one',
    )
    expect(await refusalOf(sealed([HEAD, stream(5), stream(7)]))).toBe(
      '/grid.jsonl:3: expected entry 6 of stream "s", found 7',
    )
  })

  it('is refused when its end does not belong to it, or is none', async () => {
    const map = '{"map":"m","key":"k","value":""}'
    const whole = sealed([HEAD, map])
    const sum = /"crc32c":"(.*)"/.exec(whole.toString())![1]!
    expect(await refusalOf(sealed([HEAD, map], 2))).toBe('/grid.jsonl:3: expected the number of records, 1, found 2')
    expect(await refusalOf(Buffer.from(whole.toString().replace('"k"', '"K"')))).toMatch(
      new RegExp(`^/grid.jsonl:3: expected the sum [0-9a-f]{8} of the bytes before, found "${sum}"$`),
    )
    expect(await refusalOf(Buffer.concat([whole, Buffer.from('{}\n')]))).toBe(
      '/grid.jsonl:4: expected nothing after the end, found 3 bytes',
    )
  })
})
