import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { JsonLinesError, openJsonLines, streamJsonLines } from '../../../src/adapters/jsonl/jsonl-scan-sink.js'
import { eigenScanPayload } from '../../../src/core/eigen/payload.js'
import { temporaryFolder } from '../../support/in-process-command.js'
import { sampleScan } from '../../support/scans.js'

const folder = temporaryFolder()
const path = () => join(folder.path, 'deep', 'scans.jsonl')
const scan = (scanNumber: number) => eigenScanPayload(sampleScan({ scanNumber }), { publishedAtMs: 0 })
const numbers = () =>
  readFileSync(path(), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line).scan_number)

async function publish(...scanNumbers: number[]): Promise<number | undefined> {
  const sink = await openJsonLines(path())
  const before = await sink.lastPublished()
  for (const number of scanNumbers) await sink.publish(scan(number))
  await sink.close()
  return before
}

describe('a file of scans', () => {
  it('holds one a line, is appended to, and remembers the last', async () => {
    expect(await publish(1, 2)).toBeUndefined()
    expect(await publish(3)).toBe(2)
    expect(numbers()).toEqual([1, 2, 3])
    expect(JSON.parse(readFileSync(path(), 'utf8').split('\n')[2]!)).toEqual(scan(3))
  })

  it('loses a line that was cut off, wherever it was', async () => {
    await publish(1, 2)
    const line = `${JSON.stringify(scan(3))}`
    for (let length = 1; length <= line.length; length += 97) {
      appendFileSync(path(), line.slice(0, length))
      expect(await publish()).toBe(2)
      expect(numbers()).toEqual([1, 2])
    }
  })

  it('that an earlier process opened without publishing knows that nothing was published, a new one does not', async () => {
    expect(await publish()).toBeUndefined()
    expect(await publish()).toBe(0)
  })

  it('of nothing but a cut-off line is empty: nothing was published', async () => {
    await publish()
    writeFileSync(path(), '{"scan_num')
    expect(await publish(1)).toBe(0)
    expect(numbers()).toEqual([1])
  })

  it('is read from its end, however long its lines are', async () => {
    await publish()
    const long = { ...scan(8), note: 'x'.repeat(200_000) }
    writeFileSync(path(), `${JSON.stringify(scan(7))}\n${JSON.stringify(long)}\n`)
    expect(await publish(9)).toBe(8)
    expect(numbers()).toEqual([7, 8, 9])
  })

  it.each([
    ['other lines', 'a\nb\n'],
    ['other JSON', '{"scan":1}\n'],
    ['other lines and a cut-off one', 'a\n{"scan_number":1'],
    ['no line at all', 'notes'],
  ])('is refused and left alone when it holds %s', async (_, text) => {
    await publish()
    writeFileSync(path(), text)
    await expect(openJsonLines(path())).rejects.toThrow(JsonLinesError)
    expect(readFileSync(path(), 'utf8')).toBe(text)
  })
})

describe('a stream of scans', () => {
  it('waits for its reader and knows nothing of the past', async () => {
    const lines: string[] = []
    let taken = 0
    const stream = new Writable({
      write(chunk, _, done) {
        lines.push(String(chunk))
        setTimeout(() => {
          taken++
          done()
        }, 5)
      },
    })
    const sink = streamJsonLines(stream)
    await sink.publish(scan(1))
    expect(taken).toBe(1)
    expect(lines).toEqual([`${JSON.stringify(scan(1))}\n`])
    expect(await sink.lastPublished()).toBeUndefined()
  })
})
