import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { readScanFile } from '../../../src/adapters/arrow/scan-archive.js'
import { parquetDayWriter } from '../../../src/adapters/parquet/day-writer.js'
import { findDayFiles, parquetDays } from '../../../src/adapters/parquet/parquet-days.js'
import { register } from '../../../src/cli/scan/command.js'
import { type RawScanOptions, scanOptions } from '../../../src/cli/scan/options.js'
import { runScan } from '../../../src/cli/scan/run.js'
import { readEigenScan } from '../../../src/core/grid/eigen-scan.js'
import { FEATURE_KEYS, GRID_MAPS, SCAN_STREAM } from '../../../src/core/grid/names.js'
import type { DayColumns } from '../../../src/ports/days.js'
import type { Grid } from '../../../src/ports/grid.js'
import type { ScanRecord } from '../../../src/ports/scan-archive.js'
import { runCommand, temporaryFolder } from '../../support/in-process-command.js'
import { sharedGrid } from '../../support/shared-grid.js'

const DAYS = fileURLToPath(new URL('../../../fixtures/days', import.meta.url))
const folder = temporaryFolder()
const inFolder = (...names: string[]) => join(folder.path, ...names)

function scan(...args: string[]) {
  return runCommand(register, ['scan', '--days', DAYS, '--storage', inFolder('data'), ...args])
}

function scanFiles(): string[] {
  return (readdirSync(inFolder('data'), { recursive: true }) as string[])
    .filter((name) => name.endsWith('.arrow'))
    .sort()
}

async function records(): Promise<ScanRecord[]> {
  return Promise.all(scanFiles().map((name) => readScanFile(inFolder('data', name))))
}

const published = (file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).scan_number as number)

let day: DayColumns

beforeAll(async () => {
  const file = join(DAYS, '2025-05-12.parquet')
  for await (const outcome of parquetDays.read(await findDayFiles([file]), { workers: 0, eigenColumns: true })) {
    if ('error' in outcome) throw outcome.error
    day = outcome.day.columns
  }
})

describe('dolphin scan', () => {
  it('warms up with the days before --from, so that the first scan agrees with the recorded one', async () => {
    const { code, stdout, stderr } = await scan('--from', '2025-05-12', '--limit', '20', '--json', '--quiet')
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'dolphin.scan/1',
      scans: 20,
      firstNumber: 1,
      lastNumber: 20,
      firstTimestampNs: String(day.timestampNs![0]),
      warmUpSteps: 751,
      symbols: 16,
      drift: null,
      stoppedBy: null,
    })
    const columns = ['v50', 'v150', 'v300', 'v750'].map((name) => day.eigen[`${name}_lambda_max_velocity` as never]!)
    for (const [bar, record] of (await records()).entries()) {
      expect(record.timestampNs).toBe(day.timestampNs![bar])
      expect(record.prices).toEqual(Float64Array.from(day.prices, (column) => column[bar]!))
      for (const [window, column] of (columns as Float64Array[]).entries()) {
        expect(record.windows[window]!.velocity).toBeCloseTo(column[bar]!, 9)
      }
    }
  })

  it('begins without history where there is none: undefined until the windows are full', async () => {
    expect((await scan('--limit', '3')).code).toBe(0)
    const [first] = await records()
    expect(first!.velDiv).toBeNaN()
    expect(first!.assets).toHaveLength(16)
  })

  it('goes on where it stopped: numbers, times and values of one run without a stop', async () => {
    await scan('--from', '2025-05-12', '--limit', '30')
    const whole = await records()
    const again = inFolder('again')
    for (const limit of ['1', '17', '12']) {
      const args = ['scan', '--days', DAYS, '--storage', again, '--from', '2025-05-12', '--limit', limit]
      expect((await runCommand(register, args)).code).toBe(0)
    }
    const names = (readdirSync(again, { recursive: true }) as string[]).filter((name) => name.endsWith('.arrow')).sort()
    expect(names).toEqual(scanFiles())
    for (const [i, name] of names.entries()) {
      const record = await readScanFile(join(again, name))
      expect(record.timestampNs).toBe(whole[i]!.timestampNs)
      expect(record.velDiv).toBeCloseTo(whole[i]!.velDiv, 10)
      expect(record.regimeSignal).toBe(whole[i]!.regimeSignal)
    }
  })

  it('has nothing left to do after the last step, and says so', async () => {
    const args = ['--days', join(DAYS, '2025-05-09.parquet'), '--storage', inFolder('data')]
    const first = await runCommand(register, ['scan', ...args])
    expect(first.stderr).toMatch(/^\d+ scans 1 … \d+ of 2025-05-09T/)
    const count = scanFiles().length
    const second = await runCommand(register, ['scan', ...args])
    expect([second.code, second.stderr]).toEqual([0, 'no step left to scan\n'])
    expect(scanFiles()).toHaveLength(count)
  })

  it('computes everything in extended precision when asked to, and agrees', async () => {
    await scan('--from', '2025-05-12', '--limit', '2')
    const quick = await records()
    const args = ['scan', '--days', DAYS, '--storage', inFolder('exact'), '--precision', '512', '--json']
    const { stdout } = await runCommand(register, [...args, '--from', '2025-05-12', '--limit', '2'])
    expect(JSON.parse(stdout)).toMatchObject({ precision: '512', escalated: 2 })
    for (const [i, name] of scanFiles().entries()) {
      expect((await readScanFile(inFolder('exact', name))).velDiv).toBeCloseTo(quick[i]!.velDiv, 10)
    }
  })

  it('keeps the universe of its storage', async () => {
    await scan('--to', '2025-05-12', '--limit', '2')
    const other = { ...day, date: '2025-05-13', assets: ['NEWUSDT', ...day.assets.slice(1)] }
    const shifted = BigInt64Array.from(day.timestampNs!, (ns) => ns + 86_400_000_000_000n)
    mkdirSync(inFolder('other'))
    await parquetDayWriter.write(inFolder('other', '2025-05-13.parquet'), { ...other, timestampNs: shifted })
    const args = ['scan', '--days', inFolder('other'), '--storage', inFolder('data'), '--limit', '1']
    expect((await runCommand(register, args)).stderr).toContain('not in the universe of the storage: NEWUSDT')
    const last = (await records()).at(-1)!
    expect(last.assets).toEqual(day.assets)
    expect(last.prices[0]).toBeNaN()
    expect(last.prices[1]).toBe(day.prices[1]![0])
  })
})

describe('the publication of dolphin scan', () => {
  it('has every scan once, to a file over restarts and to stdout', async () => {
    const file = inFolder('scans.jsonl')
    await scan('--limit', '3', '--publish', file)
    await scan('--limit', '2', '--publish', file)
    expect(published(file)).toEqual([1, 2, 3, 4, 5])
    const { stdout } = await scan('--limit', '2', '--publish', '-')
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).scan_number),
    ).toEqual([6, 7])
  })

  it('makes up for scans whose file was written and whose publication was not', async () => {
    const file = inFolder('scans.jsonl')
    await scan('--limit', '3', '--publish', file)
    const lines = readFileSync(file, 'utf8').split('\n')
    writeFileSync(file, `${lines[0]}\n${lines[1]!.slice(0, 50)}`)
    const { stderr } = await scan('--limit', '1', '--publish', file)
    expect(stderr).toContain('2 scans of an earlier run published')
    expect(published(file)).toEqual([1, 2, 3, 4])
    const repaired = JSON.parse(readFileSync(file, 'utf8').split('\n')[1]!)
    expect({ ...repaired, bridge_ts: 0 }).toEqual({ ...JSON.parse(lines[1]!), bridge_ts: 0 })
  })

  it('never has a number twice, even if the storage was lost', async () => {
    const file = inFolder('scans.jsonl')
    await scan('--limit', '3', '--publish', file)
    const args = ['scan', '--days', DAYS, '--storage', inFolder('new'), '--limit', '1', '--publish', file]
    await runCommand(register, args)
    expect(published(file)).toEqual([1, 2, 3, 4])
  })
})

describe('dolphin scan refuses', () => {
  it('wrong options, all at once, and writes nothing', async () => {
    const wrong = ['--from', 'x', '--speed', '0', '--precision', '53', '--limit', '1.5', '--publish', 'a.csv']
    const { code, stderr } = await scan(...wrong)
    expect(code).toBe(2)
    expect(stderr.trim().split('\n')).toEqual([
      'error: --from: expected a calendar date YYYY-MM-DD, found "x"',
      'error: --speed: expected a factor above 0 such as 10, or max, found "0"',
      'error: --precision: expected auto, 512, float64, found "53"',
      'error: --limit: expected an integer of at least 1, found "1.5"',
      'error: --publish: expected - or a file name.jsonl, found "a.csv"',
    ])
    expect(readdirSync(folder.path)).toEqual([])
  })

  it.each([
    [['--publish', '-', '--json'], '--json: cannot share stdout with --publish -'],
    [['--from', '2025-05-12', '--to', '2025-05-11'], '--to: expected 2025-05-12 or later, found 2025-05-11'],
    [['--from', '2026-01-01'], 'no day from 2026-01-01 on; the files cover 2025-05-09 to 2025-06-03'],
  ])('%j', async (args, message) => {
    const { code, stderr } = await scan(...args)
    expect([code, stderr]).toEqual([2, `error: ${message}\n`])
  })

  it('a storage that is itself arrow_scans', async () => {
    const { code, stderr } = await runCommand(register, ['scan', '--days', DAYS, '--storage', inFolder('arrow_scans')])
    expect(code).toBe(2)
    expect(stderr).toContain('--storage: expected the folder above arrow_scans, found arrow_scans itself')
    expect(readdirSync(folder.path)).toEqual([])
  })

  it('a storage whose last scan cannot be read, naming the file', async () => {
    await scan('--limit', '2')
    const last = inFolder('data', scanFiles().at(-1)!)
    writeFileSync(last, readFileSync(last).subarray(0, -100))
    const { code, stderr } = await scan('--limit', '1')
    expect(code).toBe(3)
    expect(stderr).toContain(`${last}: expected a whole Arrow IPC file`)
    expect(scanFiles()).toHaveLength(2)
  })

  it('a file of other lines as its publication', async () => {
    writeFileSync(inFolder('notes.jsonl'), '{"a":1}\n')
    const { code, stderr } = await scan('--publish', inFolder('notes.jsonl'))
    expect(code).toBe(2)
    expect(stderr).toContain('notes.jsonl: expected a scan in the last line, found {"a":1}')
  })
})

describe('stopping dolphin scan', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 0],
  ] as const)('by %s finishes the scan at hand, sums up and answers %i', async (signal, expected) => {
    const file = inFolder('scans.jsonl')
    const running = scan('--speed', '0.001', '--from', '2025-05-12', '--publish', file)
    await expect
      .poll(() => readdirSync(folder.path).includes('scans.jsonl') && readFileSync(file, 'utf8'))
      .toMatch(/\n$/)
    process.emit(signal, signal)
    const { code, stderr } = await running
    expect(code).toBe(expected)
    expect(stderr).toContain('1 scan 1 … 1')
    expect(stderr).toContain('started after due: p50')
    expect(stderr).toContain(`stopped by ${signal}; the same command continues`)
    expect(published(file)).toEqual([1])
    expect(readdirSync(inFolder('data', 'arrow_scans'))).toEqual(['2025-05-12'])
  })
})

const GRID = 'hazelcast://127.0.0.1:5701'

function gridOptions(changes: Partial<RawScanOptions>) {
  return scanOptions({
    days: [DAYS],
    storage: inFolder('data'),
    speed: 'max',
    precision: 'auto',
    quiet: true,
    grid: GRID,
    ...changes,
  })
}

async function streamed(grid: Grid): Promise<number[]> {
  const stream = grid.stream(SCAN_STREAM)
  const { oldest } = await stream.bounds()
  const read = await stream.read(oldest, { max: 100 })
  return read.kind === 'lost' ? [] : read.entries.map(({ value }) => JSON.parse(value).scan_number)
}

describe('dolphin scan --grid', () => {
  it('publishes each scan into the grid, and goes on where an earlier run stopped', async () => {
    const shared = sharedGrid()
    expect(await runScan(gridOptions({ limit: '3' }), shared)).toBe(0)
    expect(await runScan(gridOptions({ limit: '2' }), shared)).toBe(0)
    const grid = shared.client()
    expect(await streamed(grid)).toEqual([1, 2, 3, 4, 5])
    const latest = await grid.map(GRID_MAPS.features).get(FEATURE_KEYS.scan)
    expect(readEigenScan(latest!)).toMatchObject({ value: { scanNumber: 5 } })
  })

  it('publishes what an earlier run without the grid left, together with a file of lines', async () => {
    const shared = sharedGrid()
    expect(await runScan(gridOptions({ limit: '2' }), shared)).toBe(0)
    const { grid: _, ...without } = gridOptions({ limit: '2' })
    expect(await runScan(without, shared)).toBe(0)
    expect(await streamed(shared.client())).toEqual([1, 2])
    expect(await runScan(gridOptions({ limit: '1', publish: inFolder('scans.jsonl') }), shared)).toBe(0)
    expect(await streamed(shared.client())).toEqual([1, 2, 3, 4, 5])
  })

  it.each([
    ['embedded', 'hazelcast://host:port[,host:port…][/cluster], found "embedded"'],
    ['hazelcast://127.0.0.1', 'a member as host:port, such as 127.0.0.1:5701, found "127.0.0.1"'],
    ['http://127.0.0.1:5701', 'hazelcast://host:port[,host:port…][/cluster], found "http://127.0.0.1:5701"'],
  ])('refuses the grid %s: expected %s', async (grid, expected) => {
    const { code, stderr } = await scan('--grid', grid)
    expect(code).toBe(2)
    expect(stderr).toContain(`--grid: expected ${expected}`)
  })
})
