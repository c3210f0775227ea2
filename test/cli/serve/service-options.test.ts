import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RawServiceOptions, serviceOptions } from '../../../src/cli/serve/service-options.js'

const GRID = 'hazelcast://127.0.0.1:5701'

let folder = ''
let path = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dolphin-serve-'))
  path = join(folder, 'services.yml')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const withFile = (text: string, raw: RawServiceOptions = {}) => {
  writeFileSync(path, text)
  return serviceOptions('breaker', { grid: GRID, config: path, ...raw })
}

describe('the options of a served service', () => {
  it.each(['survival', 'breaker', 'forewarner'] as const)('%s demands a grid that others share', async (service) => {
    const refused = (found: string) =>
      `--grid: expected hazelcast://host:port, found ${found}: a grid in the memory of this process is seen by no other`
    await expect(serviceOptions(service, {})).rejects.toThrow(refused('nothing, and embedded in the configuration'))
    await expect(serviceOptions(service, { grid: 'embedded' })).rejects.toThrow(refused('embedded'))
    await expect(serviceOptions(service, { grid: 'localhost:5701' })).rejects.toThrow(
      '--grid: expected hazelcast://host:port[,host:port…][/cluster], found "localhost:5701"',
    )
    expect((await serviceOptions(service, { grid: GRID })).config.grid).toEqual({ url: GRID, callMaxMs: 1_000 })
  })

  it('takes the grid of the configuration where none is typed', async () => {
    writeFileSync(path, `grid:\n  url: ${GRID},10.0.0.2:5701\n`)
    expect((await serviceOptions('survival', { config: path })).config.grid.url).toBe(`${GRID},10.0.0.2:5701`)
  })

  it('lets what is typed win over the file', async () => {
    const file =
      'survival:\n  posture: STALKER\n  order_book: true\nforewarner:\n  trades: a.csv\nbreaker:\n  factors: f.csv\n'
    const { config } = await withFile(file, { posture: 'APEX', trades: 'b.csv', w750: 'first-10' })
    expect(config.survival).toEqual({ everyMs: 5_000, posture: 'APEX', orderBook: true })
    expect(config.forewarner).toEqual({ everyMs: 14_400_000, trades: 'b.csv' })
    expect(config.breaker).toEqual({ betaPolicy: 'expanding', w750Scans: 'first-10', factors: 'f.csv' })
    expect((await withFile(file, { posture: 'auto' })).config.survival).toEqual({ everyMs: 5_000, orderBook: true })
  })

  it('leaves a threshold of the file with the policy of the file', async () => {
    const file = 'breaker:\n  beta_policy: fixed\n  beta_threshold: 0.5\n'
    expect((await withFile(file)).config.breaker).toMatchObject({ betaPolicy: 'fixed', fixedThreshold: 0.5 })
    expect((await withFile(file, { betaPolicy: 'expanding' })).config.breaker).toEqual({
      betaPolicy: 'expanding',
      w750Scans: 'last-10',
    })
  })

  it('says everything that is wrong at once', async () => {
    const wrong = serviceOptions('survival', { grid: GRID, posture: 'apex', w750: 'ten', betaThreshold: 'x' })
    await expect(wrong).rejects.toThrow(/--posture: .*\n--w750: .*\n--beta-threshold: /)
    await expect(serviceOptions('breaker', { grid: GRID, betaPolicy: 'fixed' })).rejects.toThrow(
      "--beta-threshold: expected a number, which the policy 'fixed' needs, found nothing",
    )
  })
})
