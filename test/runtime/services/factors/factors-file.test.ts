import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FactorsRow } from '../../../../src/core/factors/day-row.js'
import { FactorsFile } from '../../../../src/runtime/services/factors/factors-file.js'
import { KeptFactors } from '../../../../src/runtime/services/factors/kept-factors.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dolphin-factors-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const HEADER = 'date,funding_btc,dvol_btc,fng,taker,w750,fng_date'
const row = (date: string): FactorsRow => {
  return { date, funding_btc: 0.0001, dvol_btc: 51.2, fng: 40, taker: 0.95, fng_date: date }
}
const line = (date: string) => `${date},0.0001,51.2,40,0.95,,${date}`

describe('a file of rows', () => {
  it('is begun with its folder and its header, and grows by a line a date', async () => {
    const path = join(folder, 'deep', 'factors.csv')
    const file = await FactorsFile.open(path)
    expect(file.newestDate).toBeUndefined()
    expect(readFileSync(path, 'utf8')).toBe(`${HEADER}\n`)
    expect(await file.append(row('2026-01-05'), null)).toBe(true)
    expect(await file.append(row('2026-01-06'), null)).toBe(true)
    expect(readFileSync(path, 'utf8')).toBe(`${HEADER}\n${line('2026-01-05')}\n${line('2026-01-06')}\n`)
    await file.close()
  })

  it('never has a date twice, nor an earlier one behind a later', async () => {
    const path = join(folder, 'factors.csv')
    writeFileSync(path, `${HEADER}\n${line('2026-01-06')}\n`)
    const file = await FactorsFile.open(path)
    expect(file.newestDate).toBe('2026-01-06')
    expect(await file.append(row('2026-01-06'), null)).toBe(false)
    expect(await file.append(row('2026-01-05'), null)).toBe(false)
    expect(readFileSync(path, 'utf8')).toBe(`${HEADER}\n${line('2026-01-06')}\n`)
    await file.close()
  })

  it('loses a line that a crash cut off, wherever that was, and nothing else', async () => {
    const whole = `${HEADER}\n${line('2026-01-05')}\n${line('2026-01-06')}\n`
    for (let cut = 0; cut <= whole.length; cut += 7) {
      const path = join(folder, `${cut}.csv`)
      writeFileSync(path, whole.slice(0, cut))
      const file = await FactorsFile.open(path)
      await file.append(row('2026-01-07'), 0.5)
      const lines = readFileSync(path, 'utf8').split('\n')
      const kept = whole.slice(0, cut).split('\n').slice(1, -1)
      expect(lines).toEqual([HEADER, ...kept, `2026-01-07,0.0001,51.2,40,0.95,0.5,2026-01-07`, ''])
      await file.close()
    }
  })

  it('of other columns is refused at its place, and left as it is', async () => {
    const path = join(folder, 'factors.csv')
    writeFileSync(path, 'date,fng\n2026-01-05,40\n')
    await expect(FactorsFile.open(path)).rejects.toThrow(`${path}:1:1: expected ${HEADER}, found "date,fng"`)
    expect(readFileSync(path, 'utf8')).toBe('date,fng\n2026-01-05,40\n')
  })

  it('is of one writer at a time', async () => {
    const path = join(folder, 'factors.csv')
    const file = await FactorsFile.open(path)
    await expect(FactorsFile.open(path)).rejects.toThrow('another process writes it')
    await file.close()
    await (await FactorsFile.open(path)).close()
  })
})

describe('kept values', () => {
  const values = [{ source: 'dvol', value: 51.2, atMs: 1_767_657_540_000, arrivedAtMs: 1_767_657_550_000 }] as const

  it('are read as they were kept, the latest of them', async () => {
    const warnings: string[] = []
    const kept = new KeptFactors(join(folder, 'kept.json'), (text) => warnings.push(text))
    expect(await kept.read()).toEqual([])
    kept.keep([])
    kept.keep([{ ...values[0], value: 1 }])
    kept.keep(values)
    await kept.settle()
    expect(await kept.read()).toEqual(values)
    expect(warnings).toEqual([])
  })

  it.each([
    ['', 'JSON'],
    ['{"schema":"dolphin.factors/2","values":[]}', 'expected a list of values of dolphin.factors/1'],
    ['null', 'expected a list of values of dolphin.factors/1'],
    ['{"schema":"dolphin.factors/1","values":[null]}', 'values[0]: expected a source, a value and two times'],
    [
      '{"schema":"dolphin.factors/1","values":[{"source":"x","value":1,"at_ms":1,"arrived_at_ms":1}]}',
      'values[0]: expected',
    ],
    [
      '{"schema":"dolphin.factors/1","values":[{"source":"fng","value":"1","at_ms":1,"arrived_at_ms":1}]}',
      'values[0]: expected',
    ],
    ['x'.repeat(100_001), 'expected at most 100000 bytes, found 100001'],
  ])('of a file that says %.60s are none, which is told', async (text, why) => {
    const path = join(folder, 'kept.json')
    writeFileSync(path, text)
    const warnings: string[] = []
    expect(await new KeptFactors(path, (warning) => warnings.push(warning)).read()).toEqual([])
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain(why)
  })

  it('that cannot be written are told of once, and kept when they can be', async () => {
    const warnings: string[] = []
    const path = join(folder, 'gone', 'kept.json')
    writeFileSync(join(folder, 'gone'), 'a file')
    const kept = new KeptFactors(path, (text) => warnings.push(text))
    for (let i = 0; i < 2; i++) {
      kept.keep(values)
      await kept.settle()
    }
    expect(warnings).toEqual([`${path}: the latest values cannot be kept: a folder of its path is a file`])
    rmSync(join(folder, 'gone'))
    kept.keep(values)
    await kept.settle()
    expect(await kept.read()).toEqual(values)
  })
})
