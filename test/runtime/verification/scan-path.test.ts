import { describe, expect, it } from 'vitest'
import { FEATURE_KEYS, GRID_MAPS, SCAN_STREAM } from '../../../src/core/grid/names.js'
import type { Grid } from '../../../src/ports/grid.js'
import { ScanBridge } from '../../../src/runtime/services/bridge/scan-bridge.js'
import type { Service } from '../../../src/runtime/services/service.js'
import { scanPath } from '../../../src/runtime/verification/scan-path.js'
import { MemoryFolder } from '../services/bridge/memory-folder.js'
import { verdicts, verificationRig, withMap } from './rig.js'

function setUp({ through = (grid: Grid) => grid, bridge }: { through?: (grid: Grid) => Grid; bridge?: Service } = {}) {
  const rig = verificationRig()
  const { grid, time } = rig
  const folder = new MemoryFolder()
  const path = scanPath({
    grid,
    clock: time,
    writeFile: async (scan) => {
      const file = `scan_${scan.scanNumber}.arrow`
      folder.put(file, time.epochMs(), scan)
      folder.tell(file)
    },
    bridge: () => bridge ?? new ScanBridge({ folder, grid: through(grid), clock: time, start: 'newest' }),
  })
  return { ...rig, path }
}

const idle: Service = {
  name: 'bridge',
  start: (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
  health: () => ({ name: 'bridge', state: 'RUNNING', since: 0, lastProgressAtMs: 0, detail: 'doing nothing' }),
}

describe('the path of scan files', () => {
  it('holds over the bridge, and takes its scan away', async () => {
    const { grid, verify, path } = setUp()
    const hops = await verify(path, 4)
    expect(hops.filter(({ held }) => !held)).toEqual([])
    expect(hops.map(({ rounds }) => rounds)).toEqual([4, 4, 1])
    expect(await grid.map(GRID_MAPS.features).get(FEATURE_KEYS.scan)).toBeUndefined()
  })

  it('does not hold over a bridge that does not publish, and says what that one says', async () => {
    const { verify, path } = setUp({ bridge: idle })
    expect(verdicts(await verify(path))[0]).toBe(
      'Arrow file → latest_eigen_scan: scan 1767571200000001 did not come in time; bridge is RUNNING: doing nothing',
    )
  })

  it('does not hold where the key is written and the stream is not', async () => {
    const through = (grid: Grid): Grid => ({
      ...withMap(grid, '', (map) => map),
      stream: () => ({ ...asPlain(grid.stream('elsewhere')), name: SCAN_STREAM }),
    })
    const { verify, path } = setUp({ through })
    expect(verdicts(await verify(path))[1]).toBe(
      'the same text in the stream: scan 1767571200000001 is under its key and not in DOLPHIN_SCANS',
    )
  })

  it('does not hold where a scan is in the stream twice', async () => {
    const through = (grid: Grid): Grid => ({
      ...withMap(grid, '', (map) => map),
      stream: (name) => {
        const stream = asPlain(grid.stream(name))
        return { ...stream, append: (text) => stream.append(text).then(() => stream.append(text)) }
      },
    })
    const { verify, path } = setUp({ through })
    expect(verdicts(await verify(path, 2))).toEqual([
      'Arrow file → latest_eigen_scan: HELD',
      'the same text in the stream: HELD',
      'each scan once: not once in DOLPHIN_SCANS: 1767571200000001, 1767571200000002',
    ])
  })
})

function asPlain(stream: ReturnType<Grid['stream']>): ReturnType<Grid['stream']> {
  return {
    name: stream.name,
    append: (text) => stream.append(text),
    bounds: () => stream.bounds(),
    read: (from, options) => stream.read(from, options),
  }
}
