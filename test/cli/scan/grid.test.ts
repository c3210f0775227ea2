import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { register } from '../../../src/cli/scan/command.js'
import { type RawScanOptions, scanOptions } from '../../../src/cli/scan/options.js'
import { runScan } from '../../../src/cli/scan/run.js'
import { readEigenScan } from '../../../src/core/grid/eigen-scan.js'
import { FEATURE_KEYS, GRID_MAPS, SCAN_STREAM } from '../../../src/core/grid/names.js'
import type { Grid } from '../../../src/ports/grid.js'
import { runCommand, temporaryFolder } from '../../support/in-process-command.js'
import { sharedGrid } from '../../support/shared-grid.js'

const DAYS = fileURLToPath(new URL('../../../fixtures/days', import.meta.url))
const folder = temporaryFolder()

function options(changes: Partial<RawScanOptions>) {
  const storage = join(folder.path, 'data')
  const grid = 'hazelcast://127.0.0.1:5701'
  return scanOptions({ days: [DAYS], storage, speed: 'max', precision: 'auto', quiet: true, grid, ...changes })
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
    expect(await runScan(options({ limit: '3' }), shared)).toBe(0)
    expect(await runScan(options({ limit: '2' }), shared)).toBe(0)
    const grid = shared.client()
    expect(await streamed(grid)).toEqual([1, 2, 3, 4, 5])
    const latest = await grid.map(GRID_MAPS.features).get(FEATURE_KEYS.scan)
    expect(readEigenScan(latest!)).toMatchObject({ value: { scanNumber: 5 } })
  })

  it('publishes what an earlier run without the grid left, together with a file of lines', async () => {
    const shared = sharedGrid()
    expect(await runScan(options({ limit: '2' }), shared)).toBe(0)
    const { grid: _, ...without } = options({ limit: '2' })
    expect(await runScan(without, shared)).toBe(0)
    expect(await streamed(shared.client())).toEqual([1, 2])
    expect(await runScan(options({ limit: '1', publish: join(folder.path, 'scans.jsonl') }), shared)).toBe(0)
    expect(await streamed(shared.client())).toEqual([1, 2, 3, 4, 5])
  })

  it.each(['embedded', 'hazelcast://127.0.0.1', 'http://127.0.0.1:5701'])('refuses the grid %s', async (grid) => {
    const args = ['scan', '--days', DAYS, '--storage', join(folder.path, 'data'), '--grid', grid]
    const { code, stderr } = await runCommand(register, args)
    expect(code).toBe(2)
    expect(stderr).toContain(`--grid: expected hazelcast://host:port[,host:port…], found "${grid}"`)
  })
})
