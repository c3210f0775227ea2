import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { DayColumns, DaySink } from '../../../../src/ports/days.js'
import type { ScanRecord } from '../../../../src/ports/scan-archive.js'
import { DayRecorder } from '../../../../src/runtime/services/scan/day-recorder.js'
import type { OriginChanges } from '../../../../src/runtime/services/scan/recorded-day.js'
import { temporaryFolder } from '../../../support/in-process-command.js'
import { sampleScan } from '../../../support/scans.js'

const STEP_MS = 5_000
const MIDNIGHT = Date.parse('2026-02-01T00:00:00Z')
const OF = { symbols: ['BTCUSDT', 'ETHUSDT', 'XRPUSDT'], stepMs: STEP_MS }

const folder = temporaryFolder()

interface Written {
  readonly days: Map<string, DayColumns>
  readonly origins: Map<string, OriginChanges>
}

async function open(changes: { of?: typeof OF; fromMs?: number; failing?: boolean } = {}) {
  const written: Written = { days: new Map(), origins: new Map() }
  const { of = OF, fromMs = MIDNIGHT - 3 * STEP_MS, failing = false } = changes
  const days: DaySink = {
    async write(path, columns) {
      if (failing) throw new Error('the disk is full')
      written.days.set(columns.date, columns)
      writeFileSync(path, 'a day')
      return { bytes: 5, sha256: 'a'.repeat(64) }
    },
  }
  const recorder = await DayRecorder.open({
    folder: folder.path,
    of,
    fromMs,
    sinks: {
      days,
      async origins(path, changes) {
        written.origins.set(path.slice(-18, -8), changes)
      },
    },
  })
  return { recorder, written }
}

/** The scan of a step, counted from the last midnight. */
function scan(step: number, changes: Partial<ScanRecord> = {}): ScanRecord {
  const timestampNs = BigInt(MIDNIGHT + step * STEP_MS) * 1_000_000n
  return sampleScan({ scanNumber: 100 + step, timestampNs, ...changes })
}

const manifest = () => JSON.parse(readFileSync(join(folder.path, 'recording.json'), 'utf8'))
const unfinished = () => readdirSync(join(folder.path, 'unfinished')).sort()

describe('the day recorder', () => {
  it('writes a day when the next one begins, with every figure of its scans, and keeps the one at hand open', async () => {
    const { recorder, written } = await open()
    for (const step of [-3, -2, -1, 0, 1]) await recorder.record(scan(step))
    await recorder.close()
    const day = written.days.get('2026-01-31')!
    expect(day).toMatchObject({ bars: 3, assets: OF.symbols })
    expect([...day.timestampNs!]).toEqual([-3, -2, -1].map((step) => scan(step).timestampNs))
    expect([...day.scanNumber!]).toEqual([97n, 98n, 99n])
    expect(day.velDiv).toEqual(new Float64Array(3).fill(-0.1))
    expect(day.eigen.v300_lambda_max_velocity).toEqual(new Float64Array(3).fill(0.25))
    expect(day.eigen.v750_lambda_max_velocity).toEqual(new Float64Array(3).fill(Number.NaN))
    expect(day.eigen.instability_150).toEqual(new Float64Array(3).fill(0.0205))
    expect(day.prices.map(([price]) => price)).toEqual([71_281.03, Number.NaN, 0.1 + 0.2])
    expect(written.days.get('2026-02-01')!.bars).toBe(2)
    expect(manifest().days).toMatchObject({
      '2026-01-31': { rows: 3, missingSteps: 0 },
      '2026-02-01': { rows: 2, incomplete: '2026-02-01T00:00:05.000Z' },
    })
    expect(manifest().days['2026-01-31'].incomplete).toBeUndefined()
    expect(unfinished()).toEqual(['2026-02-01.jsonl'])
  })

  it('goes on with a day that it was stopped in, and takes no step twice', async () => {
    const first = await open({ fromMs: MIDNIGHT })
    await first.recorder.record(scan(0))
    await first.recorder.record(scan(1))
    await first.recorder.close()
    const second = await open({ fromMs: MIDNIGHT + 3 * STEP_MS })
    expect(second.recorder.lastScan).toBe(101)
    for (const step of [0, 1, 3]) await second.recorder.record(scan(step))
    await second.recorder.close()
    expect([...second.written.days.get('2026-02-01')!.scanNumber!]).toEqual([100n, 101n, 103n])
    expect(manifest().days['2026-02-01']).toMatchObject({ rows: 3, missingSteps: 1 })
  })

  it('finishes the days of a process that was killed, whose last line may be cut', async () => {
    const { recorder } = await open({ fromMs: MIDNIGHT })
    await recorder.record(scan(0))
    await recorder.record(scan(1))
    await recorder.close()
    const part = join(folder.path, 'unfinished', '2026-02-01.jsonl')
    const whole = readFileSync(part, 'utf8')
    writeFileSync(part, whole.slice(0, -20))
    const next = await open({ fromMs: MIDNIGHT + 86_400_000 })
    expect(next.written.days.get('2026-02-01')!.bars).toBe(1)
    expect(unfinished()).toEqual(['2026-02-02.jsonl'])
    await next.recorder.close()
  })

  it('says of each symbol from where its prices come, whenever that changes', async () => {
    const { recorder, written } = await open({ fromMs: MIDNIGHT })
    await recorder.record(scan(0), ['mid', null, 'mid'])
    await recorder.record(scan(1), ['mid', null, 'mark'])
    await recorder.record(scan(2))
    await recorder.close()
    const { timestampNs, symbols, origins } = written.origins.get('2026-02-01')!
    const rows = symbols.map((symbol, i) => [Number(timestampNs[i]! / 1_000_000n) - MIDNIGHT, symbol, origins[i]])
    expect(rows).toEqual([
      [0, 'BTCUSDT', 'mid'],
      [0, 'ETHUSDT', 'none'],
      [0, 'XRPUSDT', 'mid'],
      [5_000, 'XRPUSDT', 'mark'],
      [10_000, 'BTCUSDT', 'unknown'],
      [10_000, 'ETHUSDT', 'unknown'],
      [10_000, 'XRPUSDT', 'unknown'],
    ])
  })

  it('refuses a day that was begun with other symbols or another step', async () => {
    const { recorder } = await open({ fromMs: MIDNIGHT })
    await recorder.record(scan(0))
    await recorder.close()
    for (const of of [
      { ...OF, stepMs: 60_000 },
      { ...OF, symbols: ['BTCUSDT'] },
    ])
      await expect(open({ of, fromMs: MIDNIGHT })).rejects.toThrow(/same symbols and step/)
  })

  it('refuses a folder with days that it has not recorded, and a day whose steps are gone', async () => {
    writeFileSync(join(folder.path, '2026-01-05.parquet'), 'built')
    await expect(open()).rejects.toThrow(/found 2026-01-05.parquet of another origin/)
    writeFileSync(
      join(folder.path, 'recording.json'),
      JSON.stringify({ schema: 'dolphin.recording/1', days: { '2026-01-05': {}, '2026-02-01': {} } }),
    )
    await expect(open({ fromMs: MIDNIGHT })).rejects.toThrow(/the steps of the day so far, found none/)
    const { recorder } = await open({ fromMs: MIDNIGHT + 86_400_000 })
    await recorder.close()
  })

  it('is the only one that records into a folder', async () => {
    const { recorder } = await open()
    await expect(open()).rejects.toThrow(/held by another process/)
    await recorder.close()
    const { recorder: next } = await open()
    await next.close()
  })

  it('keeps the steps of a day that could not be written, and fails no later than at its end', async () => {
    const { recorder } = await open({ failing: true })
    await recorder.record(scan(-1))
    await recorder.record(scan(0))
    await expect(recorder.close()).rejects.toThrow(/the disk is full/)
    expect(unfinished()).toEqual(['2026-01-31.jsonl', '2026-02-01.jsonl'])
    const next = await open({ fromMs: MIDNIGHT })
    expect(next.written.days.get('2026-01-31')!.bars).toBe(1)
    await next.recorder.close()
    expect(existsSync(join(folder.path, '2026-01-31.parquet'))).toBe(true)
  })
})
