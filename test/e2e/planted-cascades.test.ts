import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { dolphin, temporaryFolder } from './dolphin.js'

const folder = temporaryFolder()

it('a market is made with cascades, its recording verifies, and analysis finds the cascades that were planted and no others', async () => {
  const out = join(folder.path, 'days')
  const market = ['--days', '1', '--assets', '4', '--recorded', 'BTCUSDT,XRPUSDT', '--trade-rate', '0.1']
  const made = await dolphin(['data', 'synth', '--out', out, ...market, '--liquidations'])
  expect(made).toMatchObject({ code: 0 })
  expect(made.stdout).toMatch(/recorded 2 symbols with 6 cascades in .*recording: [\d,]+ rows, [\d.]+ MB/)
  const recording = join(out, 'recording')
  expect(await dolphin(['data', 'verify', recording, '--strict'])).toMatchObject({ code: 0 })

  const found = await dolphin(['analyse', 'cascades', recording, '--json'])
  expect(found).toMatchObject({ code: 0 })
  const planted = JSON.parse(readFileSync(join(recording, 'planted.json'), 'utf8'))
  expect(JSON.parse(found.stdout).cascades.map(startOf)).toEqual(planted.cascades.map(plantedStartOf))
}, 120_000)

interface Found {
  readonly coin: string
  readonly startTsMs: number
  readonly outcome: string
}

function startOf({ coin, startTsMs, outcome }: Found): unknown {
  return { coin, startMs: startTsMs, outcome }
}

interface Planted {
  readonly symbol: string
  readonly startMs: number
  readonly outcome: string
}

function plantedStartOf({ symbol, startMs, outcome }: Planted): unknown {
  return { coin: symbol, startMs, outcome }
}
