import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { createParquetDays } from '../../../src/adapters/parquet/parquet-days.js'
import type { DayFile, DayOutcome } from '../../../src/ports/days.js'
import { MATRIX, matrixFile, tableOf } from './matrix.js'

/** Built by `npm run build`, which `npm test` does first. */
const workerEntry = new URL('../../../dist/adapters/parquet/decode-worker.js', import.meta.url)
const root = mkdtempSync(join(tmpdir(), 'dolphin-workers-'))
afterAll(() => rmSync(root, { recursive: true }))

const files: DayFile[] = [...MATRIX.files.slice(0, 40), ...MATRIX.refused, ...MATRIX.files.slice(40, 60)].map(
  ({ path }) => matrixFile(path),
)

/** An outcome in a few words: two outcomes that differ in a bit have different ones. */
function digest(outcome: DayOutcome): string {
  if ('error' in outcome) return outcome.error.message
  const hash = createHash('sha256')
  for (const [name, values] of tableOf(outcome.day.columns)) {
    hash.update(name).update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
  }
  return `${outcome.file.path} ${outcome.day.sha256} ${hash.digest('hex')}`
}

async function digests(workers: number, entry = workerEntry, reuseBuffers = false): Promise<string[]> {
  const result: string[] = []
  const source = createParquetDays({ workerEntry: entry, reuseBuffers })
  for await (const outcome of source.read(files, { workers, eigenColumns: true })) result.push(digest(outcome))
  return result
}

/** A worker's code that does something else than reading for some paths. */
function entryWith(code: string): URL {
  const path = join(root, `${createHash('sha256').update(code).digest('hex').slice(0, 8)}.mjs`)
  writeFileSync(
    path,
    `import ${JSON.stringify(workerEntry.href)}
     import { parentPort } from 'node:worker_threads'
     parentPort.on('message', ({ path }) => { ${code} })`,
  )
  return pathToFileURL(path)
}

test('the worker has been built', () => {
  expect(existsSync(workerEntry), 'run `npm run build` first').toBe(true)
})

describe('decoding threads', () => {
  test('change nothing: outcomes and their order are those of one thread, bit for bit', async () => {
    const alone = await digests(0)
    for (const workers of [1, 2, 5]) {
      expect(await digests(workers)).toEqual(alone)
      expect(await digests(workers, workerEntry, true)).toEqual(alone)
    }
  })

  test('that cannot start are done without', async () => {
    expect(await digests(2, pathToFileURL(join(root, 'nowhere.mjs')))).toEqual(await digests(0))
  })

  test('that die take one file with them, and the others come', async () => {
    const alone = await digests(0)
    for (const crash of ['process.exit(3)', "throw new Error('struck')"]) {
      const entry = entryWith(`if (path?.includes('pyarrow-row-groups')) ${crash}`)
      const found = await digests(2, entry)
      expect(found).toHaveLength(alone.length)
      for (const [i, line] of found.entries()) {
        if (line !== alone[i]) expect(line).toMatch(/expected a decoding thread to read the file, found its end/)
      }
      expect(found.filter((line, i) => line !== alone[i])).toHaveLength(1)
    }
  })

  test('read at most one day each and two more ahead of the consumer', async () => {
    const asked: string[] = []
    const watched = files.slice(0, 30).map((file) => ({
      ...file,
      get path() {
        asked.push(file.path)
        return file.path
      },
    }))
    let taken = 0
    const days = createParquetDays({ workerEntry }).read(watched, { workers: 2 })
    // The arguments have been checked by now, paths included; nothing has been read.
    asked.length = 0
    for await (const _ of days) {
      taken++
      expect(new Set(asked).size).toBeLessThanOrEqual(taken + 2 + 2)
    }
    expect(taken).toBe(30)
  })

  test('end when the signal aborts, with its reason', async () => {
    const controller = new AbortController()
    const seen: DayOutcome[] = []
    const read = async () => {
      for await (const outcome of createParquetDays({ workerEntry }).read(files, {
        workers: 2,
        signal: controller.signal,
      })) {
        seen.push(outcome)
        if (seen.length === 3) controller.abort(new Error('enough'))
      }
    }
    await expect(read()).rejects.toThrow('enough')
    expect(seen).toHaveLength(3)
    expect(openThreads()).toBe(0)
  })

  test('end when the consumer stops', async () => {
    for await (const _ of createParquetDays({ workerEntry }).read(files, { workers: 3 })) break
    expect(openThreads()).toBe(0)
  })

  test('are not started for an aborted signal', async () => {
    const signal = AbortSignal.abort(new Error('before'))
    const days = createParquetDays({ workerEntry }).read(files, { workers: 2, signal })
    await expect(days[Symbol.asyncIterator]().next()).rejects.toThrow('before')
  })
})

function openThreads(): number {
  return (
    process.getActiveResourcesInfo().filter((name) => name === 'MessagePort' || name === 'Worker').length - portsAtStart
  )
}
const portsAtStart = process
  .getActiveResourcesInfo()
  .filter((name) => name === 'MessagePort' || name === 'Worker').length
