import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KlineError, type SymbolDay } from '../../../src/ports/klines.js'
import { fuzzBytes } from '../../support/fuzz.js'
import { archiveText, type Bar, inputFolder, readAll, tidyParquet, tidyText, zipOf } from './inputs.js'

const write = inputFolder()

const ARCHIVE = 'BTCUSDT-1m-2025-05-10'
const NOON = Date.UTC(2025, 4, 10, 12)
const BARS: Bar[] = Array.from({ length: 60 }, (_, i) => ({
  symbol: i % 2 ? 'BTCUSDT' : 'ETHUSDT',
  timeMs: NOON + i * 60_000,
  close: `${100 + i / 8}`,
  volume: `${i}`,
  taker: `${i / 2}`,
}))

const INPUTS: [string, string, Uint8Array][] = [
  ['archive CSV', `${ARCHIVE}.csv`, Buffer.from(archiveText(BARS))],
  ['deflated archive', `${ARCHIVE}.zip`, zipOf(`${ARCHIVE}.csv`, archiveText(BARS))],
  ['stored archive', `${ARCHIVE}.zip`, zipOf(`${ARCHIVE}.csv`, archiveText(BARS), { stored: true })],
  ['tidy CSV', 'p.csv', Buffer.from(tidyText(BARS))],
  ['tidy ZIP', 'p.zip', zipOf('p.csv', tidyText(BARS))],
  ['tidy Parquet', 'p.parquet', tidyParquet(BARS, 'MILLIS', 25)],
]

function expectSound(day: SymbolDay): void {
  const { openTimesMs, closes, volume, takerBuyVolume } = day
  for (const values of [closes, volume, takerBuyVolume]) {
    if (values !== undefined) expect(values.length).toBe(openTimesMs.length)
  }
  for (let i = 0; i < openTimesMs.length; i++) {
    expect(closes[i]! > 0 && Number.isFinite(closes[i]!)).toBe(true)
    if (i > 0) expect(openTimesMs[i]! > openTimesMs[i - 1]!).toBe(true)
  }
}

test.each(INPUTS)('%s with damaged bytes gives sound days or a KlineError', async (subject, name, bytes) => {
  const damage = fc.oneof(
    fc
      .array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 6 })
      .map((flips) => {
        const damaged = Buffer.from(bytes)
        for (const [at, mask] of flips) damaged[at]! ^= mask
        return damaged
      }),
    fc.nat(bytes.length - 1).map((length) => Buffer.from(bytes.subarray(0, length))),
    fc
      .tuple(fc.nat(bytes.length - 1), fc.uint8Array({ maxLength: 9 }))
      .map(([at, extra]) => Buffer.concat([bytes.subarray(0, at), extra, bytes.subarray(at)])),
  )
  await fuzzBytes({ suite: 'klines', subject, numRuns: 250 }, damage, async (damaged) => {
    try {
      const days = await readAll([join(write({ [name]: Buffer.from(damaged) }), name)])
      for (const day of Object.values(days)) expectSound(day)
    } catch (error) {
      if (!(error instanceof KlineError)) throw error
      expect(error.message).toContain(name)
    }
  })
})

test.each([0x80, 0x7f, 0xff, 0x40])(
  'any one byte of a Parquet table changed by %s gives sound days or a KlineError',
  async (mask) => {
    // Counts of values, of runs and of bytes all lie somewhere in it.
    const table = Buffer.from(tidyParquet(BARS.slice(0, 9)))
    for (let at = 0; at < table.length; at++) {
      table[at]! ^= mask
      const days = await readAll([join(write({ 'p.parquet': table }), 'p.parquet')]).catch((error: unknown) => error)
      if (!(days instanceof KlineError))
        for (const day of Object.values(days as Record<string, SymbolDay>)) expectSound(day)
      table[at]! ^= mask
    }
  },
)

test('damaged bytes of a ZIP never give other prices', async () => {
  const zip = zipOf(`${ARCHIVE}.csv`, archiveText(BARS), { stored: true })
  const sound = await readAll([write({ [`${ARCHIVE}.zip`]: zip })])
  const flip = fc.tuple(fc.nat(zip.length - 1), fc.integer({ min: 1, max: 255 }))
  await fc.assert(
    fc.asyncProperty(flip, async ([at, mask]) => {
      const damaged = Buffer.from(zip)
      damaged[at]! ^= mask
      const days = await readAll([write({ [`${ARCHIVE}.zip`]: damaged })]).catch((error: unknown) => error)
      if (!(days instanceof KlineError)) expect(days).toEqual(sound)
    }),
    { numRuns: 300 },
  )
})
