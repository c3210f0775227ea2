import { tmpdir } from 'node:os'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { statfsDisk } from '../../../src/adapters/disk/statfs-disk.js'
import type { HostConditions } from '../../../src/ports/sides.js'
import { LoopWatch, Vitals } from '../../../src/runtime/status/vitals.js'

/** Vitals on a clock and a disk of the test's own. */
class Patient {
  nowMs = 0
  disk: () => Promise<number> = async () => 40
  readonly told: Partial<HostConditions>[] = []
  private tick = () => {}
  private readonly vitals: Vitals

  constructor(disk?: () => Promise<number>) {
    if (disk !== undefined) this.disk = disk
    this.vitals = new Vitals({
      disk: { usedPct: () => this.disk() },
      nowMs: () => this.nowMs,
      every: (_ms, tick) => {
        this.tick = tick
        return () => {
          this.tick = () => {}
        }
      },
      changed: (conditions) => this.told.push(conditions),
    })
  }

  async ticks(count: number, everyMs = 1_000): Promise<void> {
    for (let i = 0; i < count; i++) {
      this.nowMs += everyMs
      this.tick()
      await Promise.resolve()
    }
    await new Promise(setImmediate)
  }

  close(): void {
    this.vitals.close()
  }
}

describe('the vitals of a process', () => {
  it('tell the disk at the start, and again only when it has changed by a tenth of a percent', async () => {
    const patient = new Patient()
    await patient.ticks(25)
    patient.disk = async () => 40.04
    await patient.ticks(10)
    expect(patient.told).toEqual([{ diskUsedPct: 40 }])
    patient.disk = async () => 85.96
    await patient.ticks(10)
    expect(patient.told).toEqual([{ diskUsedPct: 40 }, { diskUsedPct: 86 }])
  })

  it('do not know a disk that cannot be asked', async () => {
    const patient = new Patient()
    await patient.ticks(1)
    patient.disk = () => Promise.reject(new Error('EIO'))
    await patient.ticks(20)
    expect(patient.told).toEqual([{ diskUsedPct: 40 }, { diskUsedPct: null }])
  })

  it('tell a stall at the first tick after it, and its end after half a minute of steady ticks', async () => {
    const patient = new Patient()
    await patient.ticks(1)
    await patient.ticks(1, 10_000)
    await patient.ticks(29)
    expect(patient.told.slice(1)).toEqual([{ isLoopStalled: true }])
    await patient.ticks(1)
    expect(patient.told.slice(1)).toEqual([{ isLoopStalled: true }, { isLoopStalled: false }])
  })

  it('tell nothing any more once they are closed', async () => {
    const patient = new Patient()
    await patient.ticks(1)
    patient.close()
    await patient.ticks(1, 60_000)
    expect(patient.told).toEqual([{ diskUsedPct: 40 }])
  })
})

describe('the watch over the loop', () => {
  it('is stalled exactly while a pause of ten seconds or more lies within the last thirty', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 15_000 }), { maxLength: 60 }), (pausesMs) => {
        const watch = new LoopWatch(0)
        let nowMs = 0
        let endedMs = Number.NEGATIVE_INFINITY
        for (const pauseMs of pausesMs) {
          nowMs += pauseMs
          if (pauseMs >= 10_000) endedMs = nowMs
          expect(watch.tick(nowMs)).toBe(nowMs - endedMs < 30_000)
        }
      }),
    )
  })
})

describe('the disk of a folder', () => {
  it('is a percentage', async () => {
    const usedPct = await statfsDisk(tmpdir()).usedPct()
    expect(usedPct).toBeGreaterThanOrEqual(0)
    expect(usedPct).toBeLessThanOrEqual(100)
  })

  it('is refused for a folder that is not there', async () => {
    await expect(statfsDisk('/no/such/folder').usedPct()).rejects.toThrow('ENOENT')
  })
})
