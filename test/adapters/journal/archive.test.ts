import { readdirSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { archiveSegment, DamagedSegment, plainSegments, removeHalfDone } from '../../../src/adapters/journal/archive.js'
import { openFileJournal } from '../../../src/adapters/journal/file-journal.js'
import { readSegments } from '../../../src/adapters/journal/segment-files.js'
import { recordLine } from '../../../src/core/journal/frame.js'
import { journalFormat } from '../../../src/core/journal/journal-format.js'
import type { JournalRecord } from '../../../src/ports/journal.js'
import { temporaryFolder } from './folders.js'
import { SumSide, sumRecord } from './sum-side.js'

const FORMAT = journalFormat<JournalRecord>('execution', 'b1')

async function written(upTo: number): Promise<string> {
  const folder = temporaryFolder()
  const side = new SumSide()
  const { journal } = await openFileJournal(folder, FORMAT, side, { segmentBytesMax: 300 })
  journal.listen({ durable: () => {}, failed: () => {}, checkpoint: () => side.checkpoint() })
  while (side.n < upTo) {
    const record = sumRecord(side.n + 1)
    side.take(record)
    journal.append(recordLine(record))
    while (side.n % 4 === 0 && journal.depth > 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await journal.close()
  return folder
}

async function archiveAll(folder: string): Promise<readonly string[]> {
  const segments = (await plainSegments(folder, FORMAT)).filter(({ isNeeded }) => !isNeeded)
  for (const segment of segments) await archive(folder, segment)
  return segments.map(({ name }) => name)
}

const archive = (folder: string, segment: Awaited<ReturnType<typeof plainSegments>>[number]) =>
  archiveSegment(folder, FORMAT, segment, { signal: new AbortController().signal, read() {} })

/** Everything that a folder's journal says, read from its first byte, and the verdict on it. */
async function readAll(folder: string) {
  const check = FORMAT.check()
  const records: JournalRecord[] = []
  for await (const part of readSegments(folder, FORMAT, check)) records.push(...part.records)
  return { records, verdict: check.finish() }
}

const filesOf = (folder: string) => readdirSync(folder).filter((name) => name.startsWith('journal-'))

test('every segment that no start reads goes into a file that gzip reads, and the journal says the same', async () => {
  const folder = await written(40)
  const before = await readAll(folder)
  const plain = new Map(filesOf(folder).map((name) => [name, readFileSync(join(folder, name))]))
  const archived = await archiveAll(folder)
  expect(archived.length).toBe(plain.size - 1)
  expect(filesOf(folder)).toEqual([...archived.map((name) => `${name}.gz`), [...plain.keys()].at(-1)])
  for (const name of archived) expect(gunzipSync(readFileSync(join(folder, `${name}.gz`)))).toEqual(plain.get(name))
  expect(await readAll(folder)).toEqual(before)
  expect(await archiveAll(folder)).toEqual([])
})

test('a start goes on behind archived segments, and falls back into them when the last checkpoint is damaged', async () => {
  const folder = await written(40)
  await archiveAll(folder)
  const name = readdirSync(folder)
    .filter((file) => file.startsWith('checkpoint-'))
    .at(-1)!
  writeFileSync(join(folder, name), 'nothing of ours\n')
  const side = new SumSide()
  const { journal, recordsRead } = await openFileJournal(folder, FORMAT, side)
  await journal.close()
  expect([side.n, side.sum, recordsRead]).toEqual([40, 820, 40])
})

test('a segment that is there both ways was archived by somebody who was killed: it counts as plain, and is archived again', async () => {
  const folder = await written(40)
  const before = await readAll(folder)
  const [first] = filesOf(folder)
  const bytes = readFileSync(join(folder, first!))
  await archiveAll(folder)
  writeFileSync(join(folder, first!), bytes)
  expect(await readAll(folder)).toEqual(before)
  expect(await archiveAll(folder)).toEqual([first])
  expect(filesOf(folder)).not.toContain(first)
  expect(await readAll(folder)).toEqual(before)
})

test('an archiving that is called off leaves the segment and nothing else', async () => {
  const folder = await written(40)
  const before = readdirSync(folder)
  const [segment] = await plainSegments(folder, FORMAT)
  const controller = new AbortController()
  const read = () => controller.abort(new Error('called off'))
  await expect(archiveSegment(folder, FORMAT, segment!, { signal: controller.signal, read })).rejects.toThrow()
  expect(readdirSync(folder)).toEqual(before)
})

test('what a killed archiving left half done is removed, but not what another may be at work on', async () => {
  const folder = await written(8)
  const before = readdirSync(folder)
  for (const [name, ageMs] of [
    ['0123456789ab', 120_000],
    ['ba9876543210', 0],
  ] as const) {
    const path = join(folder, `.journal-00000001.log.gz.${name}.tmp`)
    writeFileSync(path, '')
    utimesSync(path, new Date(), new Date(Date.now() - ageMs))
  }
  await removeHalfDone(folder, FORMAT)
  expect(readdirSync(folder).filter((name) => !before.includes(name))).toEqual([
    '.journal-00000001.log.gz.ba9876543210.tmp',
  ])
})

test('a segment that is damaged is left as it is', async () => {
  const folder = await written(40)
  const [segment] = await plainSegments(folder, FORMAT)
  const path = join(folder, segment!.name)
  const text = readFileSync(path, 'utf8').replace('"type":"TEST"', '"type":"TOST"')
  writeFileSync(path, text)
  const before = readdirSync(folder)
  await expect(archive(folder, segment!)).rejects.toThrow(DamagedSegment)
  expect(readdirSync(folder)).toEqual(before)
  expect(readFileSync(path, 'utf8')).toBe(text)
})

test.each<readonly [what: string, change: (bytes: Buffer) => Buffer]>([
  ['cut', (bytes) => bytes.subarray(0, bytes.length - 20)],
  [
    'flipped in the middle',
    (bytes) => Buffer.from(bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 4 : byte))),
  ],
  ['no gzip', () => Buffer.from('nothing of ours')],
  ['empty', () => Buffer.alloc(0)],
])('an archived segment that is %s is damage, by name', async (_what, change) => {
  const folder = await written(40)
  const [, second] = await archiveAll(folder)
  const path = join(folder, `${second}.gz`)
  writeFileSync(path, change(readFileSync(path)))
  const { verdict, records } = await readAll(folder)
  expect(verdict).toMatchObject({ kind: 'corrupt', segment: second })
  expect(records.map(({ n }) => n)).toEqual(records.map((_, i) => i + 1))
})

test('a segment is read although it is archived between a look at the folder and opening it', async () => {
  const folder = await written(40)
  const before = await readAll(folder)
  const check = FORMAT.check()
  const records: JournalRecord[] = []
  for await (const part of readSegments(folder, FORMAT, check)) {
    if (records.length === 0) await archiveAll(folder)
    records.push(...part.records)
  }
  expect({ records, verdict: check.finish() }).toEqual(before)
})

test('segments are needed from the last checkpoint on whose file is whole', async () => {
  const folder = await written(40)
  const names = readdirSync(folder).filter((file) => file.startsWith('checkpoint-'))
  renameSync(join(folder, names.at(-1)!), join(folder, 'elsewhere'))
  const segments = await plainSegments(folder, FORMAT)
  expect(segments.filter(({ isNeeded }) => isNeeded).map(({ name }) => name)).toEqual([segments.at(-1)!.name])
  expect(segments.at(-1)!.bytes).toBe(statSync(join(folder, segments.at(-1)!.name)).size)
})
