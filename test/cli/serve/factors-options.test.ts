import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { factorSourcesOf } from '../../../src/cli/compose/external-factors.js'
import { factorsOptions, type RawFactorsOptions } from '../../../src/cli/serve/factors-options.js'
import { temporaryFolder } from '../../e2e/dolphin.js'

const GRID = 'hazelcast://127.0.0.1:5701'
const folder = temporaryFolder()

describe('the options of dolphin serve external-factors', () => {
  it('are those of the configuration where nothing is typed', async () => {
    const { config, once } = await factorsOptions({ grid: GRID })
    expect([config.externalFactors, once]).toEqual([{ exchangeAt: 'production', file: 'factors/factors.csv' }, false])
  })

  it('win over a file', async () => {
    const path = join(folder.path, 'services.yml')
    writeFileSync(path, `grid:\n  url: ${GRID}\nexternal_factors:\n  exchange_at: demo\n  file: a.csv\n`)
    const { config } = await factorsOptions({ config: path, factorsFile: 'b.csv', fngUrl: 'http://127.0.0.1:1' })
    expect(config).toMatchObject({
      grid: { url: GRID },
      externalFactors: { exchangeAt: 'demo', file: 'b.csv', fngUrl: 'http://127.0.0.1:1' },
    })
  })

  it.each<[RawFactorsOptions, string]>([
    [{}, '--grid: expected hazelcast://host:port, found nothing, and embedded in the configuration'],
    [{ grid: GRID, exchangeAt: 'nowhere' }, '--exchange-at: expected production, demo, or an address'],
    [
      { grid: GRID, deribitUrl: 'http://deribit.com' },
      '--deribit-url: expected https for a host that is not this machine',
    ],
    [{ grid: GRID, fngUrl: 'x' }, '--fng-url: expected an address such as'],
    [{ grid: GRID, factorsFile: '' }, '--factors-file: expected a file, found nothing'],
    [{ grid: GRID, once: true }, '--grid: does not go with --once'],
    [{ factorsFile: 'f.csv', once: true }, '--factors-file: does not go with --once'],
  ])('%j are refused', async (raw, message) => {
    await expect(factorsOptions(raw)).rejects.toThrow(message)
  })
})

it.each([
  [{ exchangeAt: 'production' }, ['fapi.binance.com', 'www.deribit.com', 'api.alternative.me', 'fapi.binance.com']],
  [{ exchangeAt: 'http://127.0.0.1:8181' }, ['127.0.0.1:8181', '127.0.0.1:8181', '127.0.0.1:8181', '127.0.0.1:8181']],
  [
    { exchangeAt: 'http://127.0.0.1:8181', deribitUrl: 'https://a.com', fngUrl: 'https://b.com' },
    ['127.0.0.1:8181', 'a.com', 'b.com', '127.0.0.1:8181'],
  ],
])('%j are these hosts', (config, hosts) => {
  expect(factorSourcesOf(config).map(({ host }) => host)).toEqual(hosts)
})
