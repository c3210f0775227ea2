import { describe, expect, it } from 'vitest'
import { readEigenScan } from '../../../src/core/grid/eigen-scan.js'
import { FEATURE_KEYS, GRID_MAPS } from '../../../src/core/grid/names.js'
import type { Grid } from '../../../src/ports/grid.js'
import type { StrategyBar } from '../../../src/ports/strategy.js'
import { LiveTraderProbe } from '../../../src/runtime/verification/live-trader-probe.js'
import { ScanIntakeProbe } from '../../../src/runtime/verification/scan-intake-probe.js'
import { type TraderProbe, traderPath } from '../../../src/runtime/verification/trader-path.js'
import { verdicts, verificationRig } from './rig.js'

interface Heard {
  readonly scanNumber: number
  readonly atMs: number
}

/** A trader that steps for every scan that `steps` lets through. */
function traderOf(steps: (scan: Heard, before: readonly Heard[]) => number): TraderProbe {
  let stop = async () => {}
  return {
    async start(grid: Grid, stepped) {
      const before: Heard[] = []
      stop = await grid.map(GRID_MAPS.features).listen(
        ({ value }) => {
          const reading = value === undefined ? undefined : readEigenScan(value)
          if (reading === undefined || !('value' in reading)) return
          const scan = reading.value
          for (let step = 0; step < steps(scan, before); step++) stepped(scan.atMs)
          before.push(scan)
        },
        { key: FEATURE_KEYS.scan },
      )
    },
    says: () => 'a trader of a test',
    stop: () => stop(),
  }
}

const isTaken = ({ scanNumber }: Heard, before: readonly Heard[]) =>
  before.some((scan) => scan.scanNumber === scanNumber)
const isOld = ({ atMs }: Heard, before: readonly Heard[]) => before.some((scan) => scan.atMs > atMs)

describe('the path into a trader', () => {
  it('holds for the way of scans that the live trader has', async () => {
    const { grid, time, verify } = verificationRig()
    const hops = await verify(
      traderPath({ grid, clock: time, trader: new ScanIntakeProbe({ clock: time, time, random: () => 0.5 }) }),
      4,
    )
    expect(hops.filter(({ held }) => !held)).toEqual([])
    expect(hops.map(({ rounds }) => rounds)).toEqual([4, 4, 4, 4])
  })

  it('holds for the live trader, whose strategy is given each bar once', async () => {
    const { grid, time, verify } = verificationRig()
    const bars: number[] = []
    const strategy = {
      id: 'watching',
      onBar: ({ bar }: StrategyBar) => {
        bars.push(bar)
        return []
      },
      onEntryDropped: () => {},
      onFill: () => {},
      snapshot: () => null,
      restore: () => {},
    }
    const trader = new LiveTraderProbe({ clock: time, time, random: () => 0, strategy })
    const hops = await verify(traderPath({ grid, clock: time, trader }), 3)
    expect(hops.filter(({ held }) => !held)).toEqual([])
    expect(bars).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  })

  it('says what a strategy failed of', async () => {
    const { grid, time, verify } = verificationRig()
    const strategy = {
      id: 'failing',
      onBar: () => {
        throw new Error('it cannot')
      },
      onEntryDropped: () => {},
      onFill: () => {},
      snapshot: () => null,
      restore: () => {},
    }
    const trader = new LiveTraderProbe({ clock: time, time, random: () => 0, strategy })
    expect(verdicts(await verify(traderPath({ grid, clock: time, trader })))[0]).toMatch(/; it cannot$/)
  })

  it.each<[string, number, (scan: Heard, before: readonly Heard[]) => number, string]>([
    ['never steps', 0, () => 0, 'scan 1767571200000001 led to no step in time; a trader of a test'],
    [
      'steps twice for every scan',
      1,
      (scan, before) => (isTaken(scan, before) || isOld(scan, before) ? 0 : 2),
      'has led to 2 steps, expected 1',
    ],
    [
      'steps again for the same scan',
      1,
      (scan, before) => (isOld(scan, before) ? 0 : 1),
      'has led to 2 steps, expected 1',
    ],
    ['steps for an older scan', 2, (scan, before) => (isTaken(scan, before) ? 0 : 1), 'has led to 1 steps, expected 0'],
    [
      'steps for a number that comes again with a later time',
      3,
      (scan, before) => (before.some(({ atMs }) => atMs >= scan.atMs) ? 0 : 1),
      'scan 1767571200000001 of 2026-01-05T00:00:00.006Z has led to 1 steps, expected 0',
    ],
  ])('does not hold for a trader that %s', async (_, hop, steps, why) => {
    const { grid, time, verify } = verificationRig()
    const hops = await verify(traderPath({ grid, clock: time, trader: traderOf(steps) }))
    expect(verdicts(hops)[hop]).toContain(why)
    expect(hops.map(({ held }) => held)).toEqual(hops.map((_, i) => i < hop))
  })
})
