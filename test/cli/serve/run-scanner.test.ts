import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { register } from '../../../src/cli/serve/command.js'
import { runServeScanner } from '../../../src/cli/serve/run-scanner.js'
import { type RawServeScannerOptions, serveScannerOptions } from '../../../src/cli/serve/scanner-options.js'
import type { StopCause } from '../../../src/cli/shell/signals.js'
import { GRID_MAPS, SCAN_STREAM } from '../../../src/core/grid/names.js'
import { SERVICE_HEARTBEAT } from '../../../src/core/grid/watch-documents.js'
import { runCommand, temporaryFolder } from '../../support/in-process-command.js'
import { sharedGrid } from '../../support/shared-grid.js'
import { writeShortDay } from '../../support/short-days.js'
import { until } from '../../support/until.js'

const GRID = 'hazelcast://127.0.0.1:5701'
const DATE = '2025-05-10'
const BARS = 40

const folder = temporaryFolder()
const shown: string[] = []
beforeEach(async () => {
  mkdirSync(join(folder.path, 'days'))
  await writeShortDay(join(folder.path, 'days'), { date: DATE, fromRow: 0, toRow: BARS, stepMs: 5_000 })
  shown.length = 0
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk, ...rest) => {
    shown.push(String(chunk))
    rest.find((argument) => typeof argument === 'function')?.()
    return true
  })
})
afterEach(() => void vi.restoreAllMocks())

const storage = (): string => join(folder.path, 'scans')
const options = (more: Partial<RawServeScannerOptions> = {}) =>
  serveScannerOptions({
    days: [join(folder.path, 'days')],
    storage: storage(),
    speed: 'max',
    json: true,
    quiet: true,
    ...more,
  })
/** Numbers of the scan files, in their order. */
function written(): number[] {
  const names = readdirSync(join(storage(), 'arrow_scans', DATE)).filter((name) => name.startsWith('scan_'))
  return names.map((name) => Number(name.split('_')[1])).sort((one, other) => one - other)
}
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1)

/** A machine whose person says when it stops. */
function machine(grid = sharedGrid()) {
  let stop: (cause: StopCause) => void = () => {}
  const stopped = new Promise<StopCause>((resolve) => {
    stop = resolve
  })
  return { openGrid: grid.openGrid, signals: () => ({ stopped, release: () => {} }), stop }
}

describe('dolphin serve scanner', () => {
  it('writes a file for every recorded bar, and comes to its end with 0', async () => {
    expect(await runServeScanner(options(), machine())).toBe(0)
    expect(written()).toEqual(upTo(BARS))
    expect(JSON.parse(shown.join(''))).toMatchObject({ name: 'scanner', state: 'EXITED', last_scan: BARS })
  })

  it.each([
    ['SIGTERM', 0],
    ['SIGINT', 130],
  ] as const)('stops on %s with %d, and goes on after the last file', async (cause, code) => {
    const first = machine()
    // A bar a second: it is stopped long before its end.
    const run = runServeScanner(options({ speed: '5' }), first)
    await until(() => readdirSync(folder.path).includes('scans') && hasScans() && written().length > 0)
    first.stop(cause)
    expect(await run).toBe(code)
    const before = written().length
    expect(before).toBeLessThan(BARS)
    expect(await runServeScanner(options(), machine())).toBe(0)
    expect(written()).toEqual(upTo(BARS))
  })

  it('publishes each scan once where a grid is named, whatever another scanner has published there', async () => {
    const grid = sharedGrid()
    const stream = grid.client().stream(SCAN_STREAM)
    await stream.append(JSON.stringify({ scan_number: 9_000, timestamp_ns: '1746853770094000000', source: null }))
    expect(await runServeScanner(options({ grid: GRID }), machine(grid))).toBe(0)
    const read = await stream.read(1, { max: 1_000 })
    expect(read).toMatchObject({ kind: 'entries' })
    const numbers = 'entries' in read ? read.entries.map(({ value }) => JSON.parse(value).scan_number) : []
    expect(numbers).toEqual(upTo(BARS))
    const beat = await grid.client().map(GRID_MAPS.heartbeat).get('scanner')
    expect(SERVICE_HEARTBEAT.read(beat!)).toMatchObject({ value: { name: 'scanner', state: 'EXITED' } })
  })

  it.each([
    [['--grid', 'embedded'], '--grid: expected hazelcast://host:port[,host:port…][/cluster], found "embedded"'],
    [['--speed', 'fast'], '--speed: expected a factor above 0 such as 10, or max, found "fast"'],
    [['--from', '2025-05-11', '--to', '2025-05-10'], '--to: expected 2025-05-11 or later, found 2025-05-10'],
    [['--assets', 'BTCUSDT,'], '--assets: expected names of columns, each once'],
    [['--storage', ''], '--storage: expected a folder, found nothing'],
    [['--from', '2026-01-01'], 'no day from 2026-01-01 on'],
  ])('refuses %j', async (args, message) => {
    const days = ['--days', join(folder.path, 'days')]
    const { code, stderr } = await runCommand(register, ['serve', 'scanner', ...days, '--storage', storage(), ...args])
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  })
})

function hasScans(): boolean {
  return readdirSync(storage(), { recursive: true }).some((name) => String(name).endsWith('.arrow'))
}
