/**
 * What durability costs: a record appended and fsynced alone, records in groups, and reading a journal back. Not part of
 * the path of an exit, which leaves before its record is durable; an entry waits for exactly one such append.
 *
 *   npx tsx bench/journal.ts [folder]      the folder's disk is what is measured (default: bench/data)
 *
 * The baselines write the same bytes with bare fdatasync in the same run.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DurableEndFile } from '../src/adapters/journal/durable-end-file.js'
import { openFileJournal } from '../src/adapters/journal/file-journal.js'
import { openSegmentFile } from '../src/adapters/journal/segment-files.js'
import { recordLine } from '../src/core/journal/frame.js'
import { journalFormat } from '../src/core/journal/journal-format.js'
import type { Journal, JournalRecord } from '../src/ports/journal.js'
import { type Figure, line } from './measure.js'

const SINGLE = 1000
const GROUPED = 100_000
/** Lines that wait at once, as when many orders are worked on. */
const IN_FLIGHT = 256

const folder = process.argv[2] ?? fileURLToPath(new URL('data', import.meta.url))
const format = journalFormat<JournalRecord>('execution', 'bench')

/** Of the size of an order's record. */
function lineOf(n: number): string {
  const order = {
    clientOrderId: `P-12345-7.e`,
    symbol: 'BTCUSDT',
    side: 'SELL',
    type: 'MARKET',
    quantity: '0.125',
    reduceOnly: false,
  }
  const record = { n, atMs: 1_772_366_400_000 + n, inputs: '0a1b2c3d', type: 'order', order, kind: 'e' }
  return recordLine(record as JournalRecord)
}

async function inScratch<T>(run: (path: string) => Promise<T>): Promise<T> {
  mkdirSync(folder, { recursive: true })
  const path = mkdtempSync(join(folder, 'journal-'))
  try {
    return await run(path)
  } finally {
    rmSync(path, { recursive: true })
  }
}

const microseconds = (since: bigint) => Number(process.hrtime.bigint() - since) / 1e3

async function bareTimes(lines: readonly string[]): Promise<number[]> {
  return inScratch(async (path) => {
    const file = await open(join(path, 'bare'), 'wx')
    const times: number[] = []
    for (const text of lines) {
      const start = process.hrtime.bigint()
      await writeAndSync(file, text)
      times.push(microseconds(start))
    }
    await file.close()
    return times
  })
}

async function writeAndSync(file: FileHandle, text: string): Promise<void> {
  await file.write(Buffer.from(text))
  await file.datasync()
}

/** Keeps `inFlight` lines waiting until all are durable. Answers µs from append to durable, line by line. */
async function journalTimes(lines: readonly string[], inFlight: number): Promise<number[]> {
  return inScratch(async (path) => {
    const { journal } = await openFileJournal(path, format, { take() {} })
    const times = await driven(journal, lines, inFlight)
    await journal.close()
    return times
  })
}

function driven(journal: Journal, lines: readonly string[], inFlight: number): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const starts: bigint[] = []
    const times: number[] = []
    const fill = (): void => {
      while (starts.length < lines.length && starts.length - times.length < inFlight) {
        starts.push(process.hrtime.bigint())
        journal.append(lines[starts.length - 1]!)
      }
    }
    journal.listen({
      durable(count) {
        while (times.length < count) times.push(microseconds(starts[times.length]!))
        if (times.length === lines.length) resolve(times)
        else fill()
      },
      failed: (message) => reject(new Error(message)),
    })
    fill()
  })
}

/** What each fdatasync is followed by: how far the journal is durable, written over itself. µs. */
async function durableEndTimes(count: number): Promise<number[]> {
  return inScratch(async (path) => {
    const end = { id: '0123456789abcdef', records: 0, sum: '00000000' }
    const file = await DurableEndFile.create(path, format, end, openSegmentFile)
    const times: number[] = []
    for (let records = 1; records <= count; records++) {
      const start = process.hrtime.bigint()
      await file.write({ ...end, records })
      times.push(microseconds(start))
    }
    await file.close()
    return times
  })
}

/** Wall time of `run`, s. */
async function seconds(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await run()
  return (performance.now() - start) / 1e3
}

function quantile(times: readonly number[], share: number): number {
  return times.toSorted((a, b) => a - b)[Math.floor((times.length - 1) * share)]!
}

const few = Array.from({ length: SINGLE }, (_, i) => lineOf(i + 1))
const bare = await bareTimes(few)
const single = await journalTimes(few, 1)
const figures: Figure[] = [0.5, 0.99].map((share) => ({
  name: `a record appended and durable, alone, p${share * 100}`,
  value: quantile(single, share),
  unit: 'µs',
  baseline: { name: 'write + fdatasync', value: quantile(bare, share) },
}))

figures.push({
  name: 'of it, how far it is durable, p50',
  value: quantile(await durableEndTimes(SINGLE), 0.5),
  unit: 'µs',
})

const encodeSeconds = await seconds(async () => Array.from({ length: GROUPED }, (_, i) => lineOf(i + 1)))
const many = Array.from({ length: GROUPED }, (_, i) => lineOf(i + 1))
const groupedSeconds = await seconds(() => journalTimes(many, IN_FLIGHT))
const groups = Array.from({ length: Math.ceil(GROUPED / IN_FLIGHT) }, (_, i) =>
  many.slice(i * IN_FLIGHT, (i + 1) * IN_FLIGHT).join(''),
)
const groupTimes = await bareTimes(groups)
figures.push({
  name: `${IN_FLIGHT} records waiting at any time`,
  value: GROUPED / groupedSeconds,
  unit: 'records/s',
  baseline: {
    name: `${IN_FLIGHT} a write + fdatasync`,
    value: GROUPED / (groupTimes.reduce((sum, time) => sum + time, 0) / 1e6),
  },
})
figures.push({
  name: 'the same, one record a write + fdatasync',
  value: 1e6 / (bare.reduce((sum, time) => sum + time, 0) / bare.length),
  unit: 'records/s',
})
figures.push({ name: 'a record encoded', value: (encodeSeconds / GROUPED) * 1e6, unit: 'µs' })
await inScratch(async (path) => {
  const { journal } = await openFileJournal(path, format, { take() {} })
  await driven(journal, many, 10_000)
  await journal.close()
  const openSeconds = await seconds(async () => (await openFileJournal(path, format, { take() {} })).journal.close())
  figures.push({ name: 'records read and checked at opening', value: GROUPED / openSeconds, unit: 'records/s' })
})
for (const figure of figures) console.log(line(figure))
