import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { scanFileName } from '../../../src/adapters/arrow/scan-archive.js'
import { encodeScan } from '../../../src/adapters/arrow/scan-encoder.js'
import { serveBridgeOptions } from '../../../src/cli/serve/bridge-options.js'
import { register } from '../../../src/cli/serve/command.js'
import { runServeBridge } from '../../../src/cli/serve/run-bridge.js'
import type { StopCause } from '../../../src/cli/shell/signals.js'
import { FEATURE_KEYS, GRID_MAPS } from '../../../src/core/grid/names.js'
import { SERVICE_HEARTBEAT } from '../../../src/core/grid/watch-documents.js'
import { runCommand, temporaryFolder } from '../../support/in-process-command.js'
import { sampleScan } from '../../support/scans.js'
import { sharedGrid } from '../../support/shared-grid.js'
import { until } from '../../support/until.js'

const folder = temporaryFolder()
const GRID = 'hazelcast://127.0.0.1:5701'

async function write(scanNumber: number): Promise<void> {
  const path = join(folder.path, scanFileName(sampleScan({ scanNumber })))
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, encodeScan(sampleScan({ scanNumber })))
}

describe('dolphin serve bridge', () => {
  it.each<[StopCause, number]>([
    ['SIGTERM', 0],
    ['SIGINT', 130],
  ])('publishes until %s, answers %d, and says what it did', async (cause, code) => {
    const shared = sharedGrid()
    await write(7)
    const stop: { with?: (cause: StopCause) => void } = {}
    const signals = () => ({
      stopped: new Promise<StopCause>((resolve) => {
        stop.with = resolve
      }),
      release: () => {},
    })
    const written: string[] = []
    const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk, ...rest) => {
      written.push(String(chunk))
      rest.find((argument) => typeof argument === 'function')?.()
      return true
    })
    try {
      const options = serveBridgeOptions({ scans: folder.path, grid: GRID, from: 'all', json: true, quiet: true })
      const run = runServeBridge(options, { ...shared, signals })
      const features = shared.client().map(GRID_MAPS.features)
      await until(async () => (await features.get(FEATURE_KEYS.scan)) !== undefined)
      stop.with!(cause)
      expect(await run).toBe(code)
    } finally {
      spy.mockRestore()
    }
    expect(JSON.parse(written.join(''))).toMatchObject({ name: 'bridge', state: 'EXITED', published: 1, refused: 0 })
    const beat = await shared.client().map(GRID_MAPS.heartbeat).get('bridge')
    expect(SERVICE_HEARTBEAT.read(beat!)).toMatchObject({ value: { name: 'bridge', state: 'EXITED' } })
  })

  it.each([
    ['newest', 'newest'],
    ['all', 'all'],
    ['2026-01-05', { sinceMs: Date.UTC(2026, 0, 5) }],
    ['2026-01-05T10:00:00Z', { sinceMs: Date.UTC(2026, 0, 5, 10) }],
  ])('begins where --from %s says', (from, start) => {
    expect(serveBridgeOptions({ scans: 'scans', grid: GRID, from })).toMatchObject({ start })
  })

  it.each([
    [['--grid', 'embedded'], '--grid: expected hazelcast://host:port[,host:port…][/cluster], found "embedded"'],
    [['--grid', GRID, '--from', 'yesterday'], '--from: expected newest, all, or a date or time in UTC'],
    [['--grid', GRID, '--scans', ''], '--scans: expected a folder, found nothing'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await runCommand(register, ['serve', 'bridge', '--scans', folder.path, ...args])
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  })
})
