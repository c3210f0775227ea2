import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dayColumns } from '../../../src/adapters/parquet/day-columns.js'
import { decodeDay } from '../../../src/adapters/parquet/decode-day.js'
import { Kernels } from '../../../src/adapters/parquet/kernels.js'
import { dayError } from '../../../src/adapters/parquet/refusal.js'
import { DayError } from '../../../src/ports/days.js'
import { fuzzBytes } from '../../support/fuzz.js'
import { MATRIX, matrixFile } from './matrix.js'

/** More mutations a file than in a normal run: `FUZZ_RUNS=2000 npx vitest run test/adapters/parquet/hostile.test.ts`. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 25)
const BYTES_MAX = 1 << 30

/** Half of all damage goes to the footer and the first page header: there a changed byte means the most. */
const damage = fc.record({
  kind: fc.constantFrom('flip', 'set', 'zero', 'ones', 'truncate', 'splice'),
  where: fc.constantFrom('anywhere', 'anywhere', 'footer', 'head'),
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  value: fc.nat(255),
  length: fc.integer({ min: 1, max: 12 }),
})

type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never

function damaged(original: Uint8Array, { kind, where, at, value, length }: Damage): Uint8Array {
  const bytes = original.slice()
  if (bytes.length < 12) return bytes
  const footer = Math.min(new DataView(bytes.buffer).getUint32(bytes.length - 8, true), bytes.length - 8)
  const from = where === 'footer' ? bytes.length - 8 - footer : where === 'head' ? 4 : 0
  const to = where === 'head' ? 64 : bytes.length
  const position = Math.min(bytes.length - 1, from + Math.floor(at * (to - from)))
  if (kind === 'truncate') return bytes.slice(0, position)
  if (kind === 'splice') return Uint8Array.from([...bytes.subarray(0, position), ...bytes.subarray(position + length)])
  if (kind === 'flip') bytes[position]! ^= 1 << (value & 7)
  else if (kind === 'set') bytes[position] = value
  else bytes.fill(kind === 'zero' ? 0 : 255, position, position + length)
  return bytes
}

describe('damaged bytes give an error with a place or a well-formed day, soon and within bounds', () => {
  for (const { path } of [...MATRIX.files, ...MATRIX.refused]) {
    test(path, async () => {
      const file = matrixFile(path)
      const original = Uint8Array.from(readFileSync(file.path))
      if (original.length < 12) return
      const damages = fc.array(damage, { minLength: 1, maxLength: 3 })
      await fuzzBytes(
        { suite: 'parquet', subject: path, numRuns: RUNS, seed: 20260105 },
        damages.map((each) => each.reduce(damaged, original)),
        async (bytes) => void (await expectSound(bytes, file.date)),
      )
    })
  }

  test('every length to which a file can be cut', async () => {
    const original = Uint8Array.from(readFileSync(matrixFile('basic/pandas-default/2026-01-05.parquet').path))
    for (let length = 0; length < original.length; length += 7) {
      expect(await expectSound(original.slice(0, length), '2026-01-05')).toBe('refused')
    }
  })
})

async function expectSound(bytes: Uint8Array, date: string): Promise<'day' | 'refused'> {
  const kernels = new Kernels()
  let largest = 0
  try {
    kernels.fileRoom(bytes.length).set(bytes)
    const decoded = await decodeDay(kernels, bytes.length, { eigen: true }, (size) => {
      largest = size
      return new ArrayBuffer(size)
    })
    const day = dayColumns({ date, path: 'x.parquet' }, decoded)
    expect(day.velDiv.length).toBe(day.bars)
    expect(day.prices.every((prices) => prices.length === day.bars)).toBe(true)
    expect(day.assets.length).toBe(day.prices.length)
    return 'day'
  } catch (error) {
    if (error instanceof Error && error.name === 'AssertionError') throw error
    const refusal = dayError(error, 'x.parquet')
    expect(refusal).toBeInstanceOf(DayError)
    expect(refusal.message).toMatch(/^x\.parquet.*: expected .+, found ./s)
    return 'refused'
  } finally {
    expect(largest).toBeLessThan(BYTES_MAX)
  }
}
