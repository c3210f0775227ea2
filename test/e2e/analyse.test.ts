import type { ChildProcess } from 'node:child_process'
import { existsSync, type FSWatcher, mkdtempSync, readdirSync, readFileSync, rmSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { forcedTimes, type PlantedCascade, recordMarket } from '../support/cascade-recording.js'
import { dolphin, temporaryFolder } from './dolphin.js'

const START_MS = Date.UTC(2026, 0, 5, 14)
const MINUTE_MS = 60_000
const SYMBOLS = ['BTCUSDT', 'ETHUSDT']

/** Two to five waves by turns; of each three one goes on. */
const PLANTED: readonly PlantedCascade[] = Array.from({ length: 6 }, (_, i) => ({
  ...{ symbol: SYMBOLS[i % 2]!, atMs: START_MS + (10 + i * 12) * MINUTE_MS, waves: 2 + (i % 4) },
  back: i % 3 === 0 ? -0.8 : 0.7,
}))

const recordings = mkdtempSync(join(tmpdir(), 'dolphin-analyse-'))
const market = join(recordings, 'market')
const folder = temporaryFolder()

beforeAll(async () => {
  const planted = { fromMs: START_MS, minutes: 90, symbols: [...SYMBOLS, 'SOLUSDT'], cascades: PLANTED }
  await recordMarket(market, planted)
  const few = { ...planted, minutes: 15 }
  await recordMarket(join(recordings, 'no-interest'), few, ['liquidations', 'marks'])
  await recordMarket(join(recordings, 'quiet'), few, ['listings'])
  await recordMarket(join(recordings, 'sparse'), { ...few, marksEveryMs: 60_000 })
})

afterAll(() => rmSync(recordings, { recursive: true, force: true }))

describe('dolphin analyse cascades', () => {
  it('finds every cascade that was planted, and none besides', async () => {
    const { code, stdout, stderr } = await dolphin(['analyse', 'cascades', market, '--json'])
    expect([code, stderr]).toEqual([0, ''])
    const { schema, rules, unpriced, cascades } = JSON.parse(stdout)
    expect([schema, unpriced, rules['--oi-drop']]).toEqual(['dolphin.cascades/1', 0, '0.1'])
    expect(
      cascades.map(({ coin, endTsMs, waveCount, liquidationCount, oiDropPct, outcome }: Record<string, unknown>) => ({
        ...{ coin, endTsMs, waveCount, liquidationCount, oiDropPct, outcome },
      })),
    ).toEqual(
      PLANTED.map((planted) => ({
        ...{ coin: planted.symbol, endTsMs: forcedTimes(planted).at(-1), waveCount: planted.waves },
        ...{ liquidationCount: planted.waves * 3, oiDropPct: '15.000000' },
        outcome: planted.back > 0 ? 'REVERSAL' : 'CONTINUATION',
      })),
    )
  })

  it('prints a row each, with the rules in force', async () => {
    const { stdout } = await dolphin(['analyse', 'cascades', market, '--quiet'])
    const lines = stdout.split('\n')
    expect(lines[0]).toBe('6 cascades of 3 symbols, 2026-01-05 14:00:00 … 2026-01-05 15:29:59 UTC')
    expect(lines[1]).toMatch(/^--oi-drop 0\.1 --window 1m --liquidations 2 /)
    expect(lines.filter((line) => /^(BTC|ETH)USDT +\d+ {2}2026-01-05 /.test(line))).toHaveLength(6)
    expect(stdout).toContain('outcome five minutes after: 4 REVERSAL, 2 CONTINUATION, 0 NEUTRAL')
  })

  it('writes the same cascades as CSV, as Parquet and on a page, all at once', async () => {
    const out = join(folder.path, 'tables')
    const page = join(folder.path, 'cascades.html')
    const asked = ['--out', out, '--page', page, '--page-charts', '4']
    const { code, stderr } = await dolphin(['analyse', 'cascades', market, ...asked])
    expect(code).toBe(0)
    expect(stderr.match(/^Written: /gm)).toHaveLength(5)
    const [header, ...rows] = readFileSync(join(out, 'cascades.csv'), 'utf8').trimEnd().split('\n')
    expect(header).toMatch(/^cascade_id,symbol,start_time,/)
    const stored = await parquet(join(out, 'cascades.parquet'))
    expect(rows.map((row) => row.split(','))).toEqual(stored.map((row) => Object.values(row).map(String)))
    expect(stored).toHaveLength(6)
    expect(await parquet(join(out, 'cascade-waves.parquet'))).toHaveLength(2 + 3 + 4 + 5 + 2 + 3)
    const html = readFileSync(page, 'utf8')
    expect(html.match(/<section class="card cascade"/g)).toHaveLength(4)
    expect(readdirSync(out).sort()).toEqual(
      ['cascade-waves', 'cascades'].flatMap((name) => [`${name}.csv`, `${name}.parquet`]),
    )
  })

  it('finds what other rules make a cascade, of the symbols and the time that were asked for', async () => {
    const find = async (...asked: string[]) =>
      JSON.parse((await dolphin(['analyse', 'cascades', market, '--json', ...asked])).stdout).cascades.length
    expect(await find('--oi-drop', '0.151')).toBe(0)
    expect(await find('--symbols', 'ETHUSDT')).toBe(3)
    expect(await find('--to', '2026-01-05T14:45')).toBe(3)
    expect(await find('--liquidations', '4', '--window', '45s')).toBe(0)
  })

  it.each([
    ['no open interest', ['no-interest'], 3, /no-interest: expected rows of the table open_interest, found none/],
    ['nothing', ['nowhere'], 2, /nowhere: cannot open the recording: /],
    ['one twice', ['market', 'market'], 2, /market: expected each recording once, found it twice/],
    ['the same market in two folders', ['market', 'sparse'], 2, /liquidations of BTCUSDT of other times than in /],
  ])('refuses recordings of %s', async (_, names, expected, message) => {
    const paths = names.map((name) => join(recordings, name))
    const { code, stdout, stderr } = await dolphin(['analyse', 'cascades', ...paths])
    expect([code, stdout]).toEqual([expected, ''])
    expect(stderr).toMatch(message)
  })

  it('says how a table is recorded that is not there', async () => {
    const { stderr } = await dolphin(['analyse', 'cascades', join(recordings, 'no-interest')])
    expect(stderr).toContain('dolphin observe --live --record <folder> records liquidations, open interest and marks')
  })

  it('refuses symbols that were not recorded, and to write into a recording', async () => {
    const unknown = await dolphin(['analyse', 'cascades', market, '--symbols', 'BTCUSDT,XRPUSDT'])
    expect(unknown.code).toBe(2)
    expect(unknown.stderr).toMatch(/--symbols: expected symbols of .*, found XRPUSDT: it has BTCUSDT/)
    const within = await dolphin(['analyse', 'cascades', market, '--page', join(market, 'page.html')])
    expect(within.code).toBe(2)
    expect(within.stderr).toMatch(/--page: expected a place outside of the recording/)
    expect(existsSync(join(market, 'page.html'))).toBe(false)
  })

  it('counts cascades of which no price is known, and says why', async () => {
    const { code, stdout, stderr } = await dolphin(['analyse', 'cascades', join(recordings, 'sparse')])
    expect(code).toBe(0)
    expect(stdout).toContain('1 cascade unpriced: no mark at most 5s old at the start or the end')
    expect(stderr).toContain('WARNING Most cascades have no price.')
  })

  it('leaves nothing where one of its files cannot be written', async () => {
    const out = join(folder.path, 'tables')
    const page = join(folder.path)
    const { code, stderr } = await dolphin(['analyse', 'cascades', market, '--out', out, '--page', page])
    expect(code).not.toBe(0)
    expect(stderr).toMatch(/: cannot write it: it is a folder/)
    expect(existsSync(out) ? readdirSync(out) : []).toEqual([])
  })

  it.each([
    ['begins', 'spawn'],
    ['begins to write', 'write'],
  ])('interrupted as it %s, it leaves all of its files or none', async (_, when) => {
    const out = join(folder.path, 'tables')
    let watched: FSWatcher | undefined
    const during = (child: ChildProcess): void => {
      if (when === 'spawn') child.once('spawn', () => child.kill('SIGINT'))
      else watched = watch(folder.path, () => child.kill('SIGINT'))
    }
    const { code } = await dolphin(['analyse', 'cascades', market, '--out', out], { during })
    watched?.close()
    const files = existsSync(out) ? readdirSync(out) : []
    expect(files.filter((name) => name.startsWith('.'))).toEqual([])
    expect(files).toHaveLength(code === 0 || files.length > 0 ? 4 : 0)
  })
})

test('of a synthetic market every cascade is found that was planted, and no other', async () => {
  const out = join(folder.path, 'days')
  const made = ['--days', '1', '--bars', '5760', '--assets', '4', '--liquidations', '--quiet']
  expect((await dolphin(['data', 'synth', '--out', out, ...made])).code).toBe(0)
  const recording = join(out, 'recording')
  const { cascades: planted } = JSON.parse(readFileSync(join(recording, 'planted.json'), 'utf8'))
  const { stdout } = await dolphin(['analyse', 'cascades', recording, '--json'])
  const { cascades, unpriced } = JSON.parse(stdout)
  expect([cascades.length > 0, unpriced]).toEqual([true, 0])
  const byEnd = (a: readonly unknown[], b: readonly unknown[]) => Number(a[1]) - Number(b[1])
  const found = cascades.map((one: Found) => [one.coin, one.endTsMs, one.liquidationCount, one.waveCount])
  const expected = planted.map((one: Planted) => [one.symbol, one.endMs, one.liquidationCount, one.waves.length])
  expect(found.sort(byEnd)).toEqual(expected.sort(byEnd))
})

describe('dolphin analyse waves', () => {
  it('groups liquidations by their pauses, and writes each wave', async () => {
    const out = join(folder.path, 'tables')
    const { code, stdout } = await dolphin(['analyse', 'waves', market, '--json', '--quiet', '--out', out])
    expect(code).toBe(0)
    const { schema, rules, symbols } = JSON.parse(stdout)
    expect([schema, rules]).toEqual(['dolphin.waves/1', { '--gap': '30s', '--wave-size': '1' }])
    const wavesOf = (symbol: string) =>
      PLANTED.filter((one) => one.symbol === symbol).reduce((n, { waves }) => n + waves, 0)
    expect(symbols.map(({ symbol, totalWaves }: Record<string, unknown>) => [symbol, totalWaves])).toEqual(
      SYMBOLS.map((symbol) => [symbol, wavesOf(symbol)]),
    )
    expect(await parquet(join(out, 'waves.parquet'))).toHaveLength(19)
    const oneEach = await dolphin(['analyse', 'waves', market, '--gap', '5m', '--json'])
    expect(JSON.parse(oneEach.stdout).symbols.map(({ totalWaves }: Record<string, unknown>) => totalWaves)).toEqual([
      3, 3,
    ])
    const large = await dolphin(['analyse', 'waves', market, '--wave-size', '4'])
    expect(large.stdout).toMatch(/^0 waves of 2 symbols/)
  })

  it('needs liquidations alone, and says so where there are none', async () => {
    expect((await dolphin(['analyse', 'waves', join(recordings, 'no-interest')])).code).toBe(0)
    const { code, stderr } = await dolphin(['analyse', 'waves', join(recordings, 'quiet')])
    expect(code).toBe(3)
    expect(stderr).toMatch(/expected rows of the table liquidations, found none/)
  })
})

describe('dolphin analyse validate', () => {
  it('says of too few cascades that they say nothing, and that it is of the past', async () => {
    const { code, stdout } = await dolphin(['analyse', 'validate', market])
    expect(code).toBe(0)
    expect(stdout.match(/INSUFFICIENT_DATA$/gm)).toHaveLength(9)
    expect(stdout).toContain('"VALIDATED" is a count on past data and no claim about the future.')
    expect(stdout).toMatch(/^absorption \* +6 /m)
  })

  it('says which table is missing, and goes on', async () => {
    const { code, stdout, stderr } = await dolphin(['analyse', 'validate', join(recordings, 'no-interest'), '--json'])
    expect(code).toBe(0)
    expect(stderr).toContain('WARNING No rows of the table open_interest')
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'dolphin.validation/1',
      missing: ['open_interest'],
      cascades: 0,
    })
    expect((await dolphin(['analyse', 'validate', join(recordings, 'quiet')])).code).toBe(3)
  })

  it('finds what was planted beyond chance, and nothing where there was nothing to find', async () => {
    const CYCLE_MS = 20 * MINUTE_MS
    const cycles = 36
    const fromMs = START_MS
    const sinceMs = (ms: number) => (ms - fromMs) % CYCLE_MS
    const cascades = Array.from({ length: cycles }, (_, i) =>
      SYMBOLS.map((symbol, behind) => ({
        ...{ symbol, atMs: fromMs + i * CYCLE_MS + (10 + behind) * MINUTE_MS, waves: 3, back: 0.5 },
      })),
    ).flat()
    const [path, other] = [join(folder.path, 'one'), join(folder.path, 'other')]
    await recordMarket(path, {
      ...{ fromMs, minutes: cycles * 20, symbols: SYMBOLS, cascades, marksEveryMs: 5_000 },
      basisAt: (ms) => (sinceMs(ms) >= 6 * MINUTE_MS && sinceMs(ms) < 9 * MINUTE_MS ? -0.008 : 0),
      rateAt: (ms) => ((ms - fromMs) % (3 * CYCLE_MS) < CYCLE_MS ? 0.001 : 0.0001),
    })
    const follower = { fromMs, minutes: cycles * 20, symbols: SYMBOLS, cascades: [], marksEveryMs: 60_000 }
    await recordMarket(other, {
      ...follower,
      rateAt: (ms) => ((ms - fromMs - CYCLE_MS / 2) % (3 * CYCLE_MS) < CYCLE_MS ? 0.001 : 0.0001),
    })
    const { stdout } = await dolphin(['analyse', 'validate', path, '--second-venue', other, '--json', '--quiet'])
    const { results, cascades: found, countedCascades } = JSON.parse(stdout)
    expect([found, countedCascades]).toEqual([72, 72])
    const summary = results.map(
      ({ hypothesisName, status, totalEvents, supportingEvents }: Record<string, unknown>) =>
        `${hypothesisName} ${status} ${supportingEvents}/${totalEvents}`,
    )
    expect(summary).toEqual([
      'waveStructure VALIDATED 72/72',
      'absorption VALIDATED 72/72',
      'oiConcentration INSUFFICIENT_DATA 0/72',
      expect.stringMatching(/^fundingSettlement FAILED \d+\/72$/),
      'crossAsset VALIDATED 36/36',
      'manipulation INSUFFICIENT_DATA 0/72',
      'basis VALIDATED 72/72',
      'sequencing INSUFFICIENT_DATA 0/72',
      'fundingLead INSUFFICIENT_DATA 0/24',
    ])
    for (const { pValue, adjustedPValue } of results)
      if (pValue !== null) expect(adjustedPValue).toBeGreaterThanOrEqual(pValue)
  })
})

interface Found {
  readonly coin: string
  readonly endTsMs: number
  readonly liquidationCount: number
  readonly waveCount: number
}

interface Planted {
  readonly symbol: string
  readonly endMs: number
  readonly liquidationCount: number
  readonly waves: readonly unknown[]
}

async function parquet(path: string): Promise<Record<string, unknown>[]> {
  const bytes = readFileSync(path)
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
  const { compressors } = await import('hyparquet-compressors')
  return await parquetReadObjects({ file, compressors })
}
