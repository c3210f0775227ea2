import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { register as registerBuild } from '../../../../src/cli/data/build/run.js'
import { EXIT } from '../../../../src/cli/shell/exit-codes.js'
import type { DayColumns } from '../../../../src/ports/days.js'
import { runCommand, temporaryFolder } from '../../../support/in-process-command.js'
import { bytesOf, FIXTURE_DAYS, readDays, writeTidyTable } from '../../../support/price-tables.js'

const folder = temporaryFolder()
const at = (name: string) => join(folder.path, name)
const build = (...args: string[]) => runCommand(registerBuild, ['build', '--universe', 'all', '--quiet', ...args])

let market: DayColumns[]
beforeAll(async () => {
  market = (await readDays(FIXTURE_DAYS)).slice(0, 3)
})

function parquets(out: string): Record<string, string> {
  const names = readdirSync(out).filter((name) => name.endsWith('.parquet'))
  return Object.fromEntries(names.sort().map((name) => [name, bytesOf(join(out, name))]))
}

/** The first rows of a day, to make a shorter market. */
function headOf(day: DayColumns, bars: number): DayColumns {
  return {
    ...day,
    bars,
    timestampNs: day.timestampNs!.slice(0, bars),
    prices: day.prices.map((column) => column.slice(0, bars)),
  }
}

describe('dolphin data build', () => {
  it('gives the bundled days back from their closes', async () => {
    writeTidyTable(at('prices.csv'), market)
    expect(await build('--klines', at('prices.csv'), '--out', at('days'))).toMatchObject({ code: EXIT.ok, stderr: '' })
    const built = await readDays(at('days'))
    expect(built.map(({ date, bars, assets }) => [date, bars, assets])).toEqual(
      market.map(({ date, bars, assets }) => [date, bars, assets]),
    )
    built.forEach((day, i) => {
      expect(day.prices).toEqual(market[i]!.prices)
      expect(day.timestampNs).toEqual(market[i]!.timestampNs)
      expect(day.scanNumber).toEqual(market[i]!.scanNumber)
      for (const [name, column] of Object.entries({ velDiv: day.velDiv, ...day.eigen })) {
        const expected = { velDiv: market[i]!.velDiv, ...market[i]!.eigen }[name as 'velDiv']
        const worst = column.reduce((most, value, row) => Math.max(most, difference(value, expected[row]!)), 0)
        expect(worst, `${day.date} ${name}`).toBeLessThan(1e-9)
      }
    })
  })

  it('gives the same bytes again, in one go, day by day, and after days were lost', async () => {
    writeTidyTable(at('prices.csv'), market)
    await build('--klines', at('prices.csv'), '--out', at('whole'))
    for (const { date } of market) await build('--klines', at('prices.csv'), '--out', at('pieces'), '--to', date)
    expect(parquets(at('pieces'))).toEqual(parquets(at('whole')))
    rmSync(join(at('pieces'), `${market[1]!.date}.parquet`))
    await build('--klines', at('prices.csv'), '--out', at('pieces'))
    expect(parquets(at('pieces'))).toEqual(parquets(at('whole')))
    const { stdout } = await build('--klines', at('prices.csv'), '--out', at('pieces'), '--json')
    expect(JSON.parse(stdout)).toMatchObject({ made: 0, kept: 3, rows: 342 + 1440 + 1440 })
  })

  it('warms the windows up with the prices before --from', async () => {
    writeTidyTable(at('prices.csv'), market)
    await build('--klines', at('prices.csv'), '--out', at('whole'))
    const from = market[2]!.date
    await build('--klines', at('prices.csv'), '--out', at('last'), '--from', from)
    const [[, , whole], [last]] = [await readDays(at('whole')), await readDays(at('last'))]
    expect(Object.keys(parquets(at('last')))).toEqual([`${from}.parquet`])
    const worst = last!.velDiv.reduce((most, value, row) => Math.max(most, difference(value, whole!.velDiv[row]!)), 0)
    expect(worst).toBeLessThan(1e-10)
  })

  it('goes on with newer prices and refuses other ones for a day that is there', async () => {
    writeTidyTable(at('prices.csv'), market.slice(0, 2))
    await build('--klines', at('prices.csv'), '--out', at('days'))
    const before = parquets(at('days'))
    writeTidyTable(at('prices.csv'), market)
    const longer = await build('--klines', at('prices.csv'), '--out', at('days'), '--json')
    expect(JSON.parse(longer.stdout)).toMatchObject({ made: 1, kept: 2 })
    expect(parquets(at('days'))).toMatchObject(before)

    const other = market.map((day, i) => (i === 0 ? headOf(day, 300) : day))
    writeTidyTable(at('prices.csv'), other)
    const refused = await build('--klines', at('prices.csv'), '--out', at('days'))
    expect(refused.code).toBe(EXIT.usage)
    expect(refused.stderr).toContain(`${market[0]!.date}.parquet: the input has other prices for this day`)
    expect(parquets(at('days'))).toMatchObject(before)
    expect((await build('--klines', at('prices.csv'), '--out', at('days'), '--force')).code).toBe(EXIT.ok)
    expect((await readDays(at('days')))[0]!.bars).toBe(300)
  })

  describe('a day that is not over', () => {
    const kept = ['build.json', 'build-state.json']
    const everything = (out: string) => ({
      ...parquets(out),
      ...Object.fromEntries(kept.map((name) => [name, bytesOf(join(out, name))])),
    })
    const args = (out: string) => ['--klines', at('prices.csv'), '--out', at(out)]

    /** Builds parts of the market one after the other into `days`, and the last of them from scratch. */
    async function buildParts(...parts: readonly DayColumns[][]): Promise<void> {
      for (const part of parts) {
        writeTidyTable(at('prices.csv'), part)
        expect((await build(...args('days'))).stderr).toBe('')
      }
      await build(...args('scratch'))
      expect(everything(at('days'))).toEqual(everything(at('scratch')))
    }

    it('is marked and told, and kept as long as nothing comes', async () => {
      writeTidyTable(at('prices.csv'), [market[0]!, headOf(market[1]!, 720)])
      const { stdout } = await build(...args('days'))
      expect(stdout).toContain(
        '2025-05-10 is not over: its prices end at 12:00:00 UTC; the same build completes it when the rest is there',
      )
      const { days } = JSON.parse(readFileSync(join(at('days'), 'build.json'), 'utf8'))
      expect(days['2025-05-09'].incomplete).toBeUndefined()
      expect(days['2025-05-10'].incomplete).toBe('2025-05-10T12:00:00.000Z')
      const again = await build(...args('days'), '--json')
      expect(JSON.parse(again.stdout)).toMatchObject({ made: 0, kept: 2 })
    })

    it('is completed by the same command when the rest is there, as a build from scratch would', async () => {
      await buildParts([market[0]!, headOf(market[1]!, 720)], [market[0]!, headOf(market[1]!, 900)], market)
    })

    it('is completed where it is the first one', async () => {
      await buildParts([headOf(market[1]!, 100)], [market[1]!], [market[1]!, headOf(market[2]!, 30)])
    })

    it('is over when a later day has prices, though nothing more has come of it', async () => {
      const first = headOf(market[1]!, 720)
      await buildParts([first], [first, headOf(market[2]!, 30)])
    })

    it('alone is made again: the days before it are not', async () => {
      writeTidyTable(at('prices.csv'), [market[0]!, headOf(market[1]!, 720)])
      await build(...args('days'))
      writeTidyTable(at('prices.csv'), market)
      const { stdout } = await build(...args('days'), '--json')
      expect(JSON.parse(stdout)).toMatchObject({ made: 2, kept: 1 })
    })

    it('is completed after a run that was killed between its manifest and its state', async () => {
      writeTidyTable(at('prices.csv'), [market[0]!, headOf(market[1]!, 720)])
      await build(...args('days'))
      const state = readFileSync(join(at('days'), 'build-state.json'))
      writeTidyTable(at('prices.csv'), market.slice(0, 2))
      await build(...args('days'))
      writeFileSync(join(at('days'), 'build-state.json'), state)
      await buildParts(market)
    })

    it('tells the breaker nothing for the next date before it is over', async () => {
      const tomorrow = async (part: readonly DayColumns[]) => {
        writeTidyTable(at('prices.csv'), part)
        await build(...args('days'), '--factors-out', at('factors.csv'))
        return readFileSync(at('factors.csv'), 'utf8').trimEnd().split('\n').at(-1)
      }
      expect(await tomorrow([market[0]!, headOf(market[1]!, 720)])).toBe('2025-05-11,,,,,')
      expect(await tomorrow(market.slice(0, 2))).toMatch(/^2025-05-11,,,,,-?\d/)
    })

    it.each([
      { kept: 720, from: 800, found: 0 },
      { kept: 300, from: 200, found: 100 },
    ])('of $kept steps is not replaced by the steps from $from on', async ({ kept, from, found }) => {
      writeTidyTable(at('prices.csv'), [headOf(market[1]!, kept)])
      await build(...args('days'))
      const { timestampNs, prices, bars } = market[1]!
      const rest = { timestampNs: timestampNs!.slice(from), prices: prices.map((column) => column.slice(from)) }
      writeTidyTable(at('prices.csv'), [{ ...market[1]!, ...rest, bars: bars - from }])
      const refused = await build(...args('days'))
      expect(refused.stderr).toContain(
        `expected the ${kept} steps that the day was made from, found ${found} of them in the input`,
      )
      expect(refused.code).toBe(EXIT.usage)
      expect((await readDays(at('days')))[0]!.bars).toBe(kept)
    })
  })

  it('says why no signal can exist with fewer than 10 symbols, and makes one where research asks for it', async () => {
    const few = market.map((day) => ({ ...day, assets: day.assets.slice(0, 4), prices: day.prices.slice(0, 4) }))
    writeTidyTable(at('prices.csv'), few)
    const args = ['--klines', at('prices.csv')]
    expect((await build(...args, '--out', at('none'))).stdout).toContain(
      'No signal can exist: a scan needs prices of 10 symbols that move, and there are 4.',
    )
    expect((await readDays(at('none'))).every(({ velDiv }) => velDiv.every(Number.isNaN))).toBe(true)
    const research = [...args, '--set', 'eigen.min_symbols=4', '--research']
    expect((await build(...research, '--out', at('some'))).stdout).toContain('Research: windows of 4 symbols and more')
    expect((await readDays(at('some')))[2]!.velDiv.every(Number.isFinite)).toBe(true)
    expect((await build(...args, '--out', at('some'))).stderr).toContain(
      'the folder holds another build: minSymbols 4, not',
    )
    for (const { date } of few) await build(...research, '--out', at('pieces'), '--to', date)
    expect(parquets(at('pieces'))).toEqual(parquets(at('some')))
  })

  it('refuses a folder of another build and says what differs', async () => {
    writeTidyTable(at('prices.csv'), [headOf(market[0]!, 100)])
    await build('--klines', at('prices.csv'), '--out', at('days'))
    const refused = await build('--klines', at('prices.csv'), '--out', at('days'), '--precision', 'float64')
    expect(refused.code).toBe(EXIT.usage)
    expect(refused.stderr).toContain('the folder holds another build: precision "auto", not "float64"')
  })

  it('refuses prices before the first day that is there, and keeps that day', async () => {
    writeTidyTable(at('late.csv'), [headOf(market[1]!, 60)])
    writeTidyTable(at('early.csv'), [headOf(market[0]!, 60)])
    await build('--klines', at('late.csv'), '--out', at('days'))
    const before = parquets(at('days'))
    const both = ['--klines', at('late.csv'), at('early.csv'), '--out', at('days')]
    const refused = await build(...both)
    expect(refused.code).toBe(EXIT.usage)
    expect(refused.stderr).toContain('the input now begins on 2025-05-09, before the first day that is there')
    expect(parquets(at('days'))).toEqual(before)
    expect((await build(...both, '--force')).code).toBe(EXIT.ok)
    expect(Object.keys(parquets(at('days')))).toEqual(['2025-05-09.parquet', '2025-05-10.parquet'])
  })

  it('goes on where the files of built days were cleared away', async () => {
    const [first, second] = [market[0]!, headOf(market[1]!, 60)]
    writeTidyTable(at('1.csv'), [first])
    writeTidyTable(at('2.csv'), [second])
    await build('--klines', at('1.csv'), at('2.csv'), '--out', at('whole'))
    await build('--klines', at('1.csv'), '--out', at('days'))
    expect((await build('--klines', at('2.csv'), '--out', at('days'))).code).toBe(EXIT.ok)
    expect(parquets(at('days'))).toEqual(parquets(at('whole')))
  })

  it('puts bars together to the step asked for', async () => {
    writeTidyTable(at('prices.csv'), [headOf(market[1]!, 60)])
    await build('--klines', at('prices.csv'), '--out', at('days'), '--step', '5m')
    const [built] = await readDays(at('days'))
    expect(built!.bars).toBe(12)
    expect(built!.timestampNs![1]! - built!.timestampNs![0]!).toBe(300_000_000_000n)
    expect(built!.prices[0]).toEqual(market[1]!.prices[0]!.slice(0, 60).filter((_, row) => row % 5 === 4))
    const finer = await build('--klines', at('prices.csv'), '--out', at('finer'), '--step', '30s')
    expect(finer.code).toBe(EXIT.usage)
    expect(finer.stderr).toMatch(/--step: expected a multiple of 1m \(.*prices.csv:\d+\), found 30s/)
  })

  it('refuses times on no common step unless it is told one', async () => {
    const day = headOf(market[1]!, 20)
    const late = { ...day, timestampNs: day.timestampNs!.map((ns, row) => (row === 7 ? ns + 3_000_000n : ns)) }
    writeTidyTable(at('prices.csv'), [late])
    const refused = await build('--klines', at('prices.csv'), '--out', at('days'))
    expect(refused.code).toBe(EXIT.dataRefused)
    expect(refused.stderr).toMatch(/expected times on a common step of a second or more, found one beside it \(.*:9\)/)
    await build('--klines', at('prices.csv'), '--out', at('days'), '--step', '1m')
    const [built] = await readDays(at('days'))
    expect(built!.timestampNs).toEqual(day.timestampNs)
    expect(built!.prices).toEqual(day.prices)
  })

  it('counts a hole over midnight as one', async () => {
    const [first, second] = [headOf(market[1]!, 1430), market[2]!]
    const late = { ...second, timestampNs: second.timestampNs!.slice(5), bars: second.bars - 5 }
    writeTidyTable(at('prices.csv'), [first, { ...late, prices: second.prices.map((column) => column.slice(5)) }])
    const { stdout } = await build('--klines', at('prices.csv'), '--out', at('days'), '--json')
    const [before, after] = JSON.parse(stdout).days
    expect([before.missingSteps, before.longestHoleMs]).toEqual([0, 0])
    expect([after.missingSteps, after.longestHoleMs]).toEqual([15, 16 * 60_000])
  })

  it('leaves gaps as gaps and says where they are', async () => {
    const day = headOf(market[1]!, 200)
    const holed = { ...day, prices: day.prices.map((column) => column.slice()) }
    for (let row = 50; row < 60; row++) holed.prices[4]![row] = Number.NaN
    for (let row = 120; row < 123; row++) for (const column of holed.prices) column[row] = Number.NaN
    writeTidyTable(at('prices.csv'), [holed])
    const { stdout } = await build('--klines', at('prices.csv'), '--out', at('days'), '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      rows: 197,
      missingSteps: 3,
      symbols: [{ symbol: day.assets[4], missing: 10, days: 1, absentDays: 0, longest: 10 }],
    })
    const [built] = await readDays(at('days'))
    expect(built!.bars).toBe(197)
    expect(Array.from(built!.prices[4]!.slice(50, 60))).toEqual(Array(10).fill(Number.NaN))
    const text = (await build('--klines', at('prices.csv'), '--out', at('days'))).stdout
    expect(text).toContain('3 steps without any price on 1 day, the longest hole 4 min')
    expect(text).toMatch(new RegExp(`${day.assets[4]} +10 +5.08 % +1 +0 +10`))
  })

  it('writes the breaker’s factors of the day before, beside those it is given', async () => {
    const rows = ['timestamp,symbol,close,volume,taker_buy_volume']
    for (const [i, day] of market.slice(0, 2).entries()) {
      for (let row = 0; row < day.bars; row++) {
        day.assets.forEach((symbol, asset) => {
          rows.push(
            `${day.timestampNs![row]! / 1_000_000n},${symbol},${day.prices[asset]![row]},4,${i === 0 ? 1 : 2.5}`,
          )
        })
      }
    }
    writeFileSync(at('prices.csv'), rows.join('\n'))
    writeFileSync(at('in.csv'), 'date,funding_btc,fng\n2025-05-10,-0.0002,20\n')
    const args = ['--klines', at('prices.csv'), '--out', at('days'), '--factors-in', at('in.csv')]
    expect((await build(...args, '--factors-out', at('factors.csv'))).code).toBe(EXIT.ok)
    const w750 = (await readDays(at('days')))[1]!.eigen.v750_lambda_max_velocity!.slice(-10).sort()
    const lines = readFileSync(at('factors.csv'), 'utf8').trimEnd().split('\n')
    expect(lines).toEqual([
      'date,funding_btc,dvol_btc,fng,taker,w750',
      '2025-05-09,,,,,',
      `2025-05-10,-0.0002,,20,${1 / 3},`,
      `2025-05-11,,,,${2.5 / 1.5},${(w750[4]! + w750[5]!) / 2}`,
    ])
  })

  it('takes the velocity of a date from its own first scans with --w750 first-10, as the source does', async () => {
    writeTidyTable(at('prices.csv'), market.slice(0, 2))
    const args = ['--klines', at('prices.csv'), '--out', at('days'), '--factors-out', at('factors.csv')]
    expect((await build(...args, '--w750', 'first-10')).code).toBe(EXIT.ok)
    const first = (await readDays(at('days')))[1]!.eigen.v750_lambda_max_velocity!.slice(0, 10)
    const known = first.filter((velocity) => !Number.isNaN(velocity)).sort()
    const median = known.length === 0 ? '' : `${(known[(known.length - 1) >> 1]! + known[known.length >> 1]!) / 2}`
    const column = readFileSync(at('factors.csv'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => line.split(',')[5])
    expect(column).toEqual(['w750', '', median, ''])
    expect((await build(...args, '--w750', 'first')).stderr).toContain(
      '--w750: expected last-10 or first-10, found "first"',
    )
  })

  it('asks for a new build where days were made before their first scans were listed', async () => {
    writeTidyTable(at('prices.csv'), [headOf(market[0]!, 60)])
    const args = ['--klines', at('prices.csv'), '--out', at('days'), '--factors-out', at('factors.csv')]
    await build(...args)
    const manifest = readFileSync(join(at('days'), 'build.json'), 'utf8')
    writeFileSync(join(at('days'), 'build.json'), manifest.replace(/,\s*"firstW750": \[[^\]]*\]/, ''))
    expect((await build(...args)).code).toBe(EXIT.ok)
    const { code, stderr } = await build(...args, '--w750', 'first-10')
    expect(code).toBe(EXIT.usage)
    expect(stderr).toContain('--w750: expected the first scans of 2025-05-09 in the manifest, found none')
    expect(stderr).toContain('--force')
  })

  it('clears away what a killed run left, and nothing of anyone else', async () => {
    writeTidyTable(at('prices.csv'), [headOf(market[0]!, 60)])
    mkdirSync(join(at('days'), '.dolphin-klines-a1b2c3'), { recursive: true })
    const left = ['.2025-05-09.parquet.0a1b2c3d4e5f.tmp', '.build.json.0a1b2c3d4e5f.tmp']
    for (const name of [...left, '.notes.tmp']) writeFileSync(join(at('days'), name), '')
    await build('--klines', at('prices.csv'), '--out', at('days'))
    expect(readdirSync(at('days')).sort()).toEqual([
      '.notes.tmp',
      '2025-05-09.parquet',
      'build-state.json',
      'build.json',
    ])
  })

  it('names the files of a folder that it passed over', async () => {
    mkdirSync(at('klines'))
    writeTidyTable(join(at('klines'), 'prices.csv'), [headOf(market[0]!, 60)])
    writeFileSync(join(at('klines'), 'orders.csv'), 'id,quantity\n1,2\n')
    const args = ['--klines', at('klines'), '--out', at('days')]
    const place = `${join(at('klines'), 'orders.csv')}:1`
    const passed = `${place}: expected the columns timestamp, symbol, close separated by commas, found "id,quantity"`
    expect((await build(...args)).stdout).toContain(`Without prices, passed over: 1 file\n  ${passed}\n`)
    const { stdout } = await build(...args, '--json')
    expect(JSON.parse(stdout)).toMatchObject({ ignoredFiles: [join(at('klines'), 'orders.csv')] })
  })

  it('uses the universe in its order and reports what is missing on either side', async () => {
    writeTidyTable(at('prices.csv'), [headOf(market[0]!, 60)])
    writeFileSync(at('universe.json'), '{"symbols": ["SOLUSDT", "NOTUSDT", "BTCUSDT"]}')
    const args = ['--klines', at('prices.csv'), '--out', at('days'), '--universe', at('universe.json'), '--json']
    const { stdout } = await build(...args)
    expect(JSON.parse(stdout)).toMatchObject({ absentSymbols: ['NOTUSDT'], spec: { symbols: ['SOLUSDT', 'BTCUSDT'] } })
    expect((await readDays(at('days')))[0]!.assets).toEqual(['SOLUSDT', 'BTCUSDT'])
  })

  it.each([
    [['--from', '2025-02-30'], '--from: expected a calendar date YYYY-MM-DD, found "2025-02-30"'],
    [['--from', '2025-05-10', '--to', '2025-05-09'], '--to: expected a day from 2025-05-10 on, found 2025-05-09'],
    [['--step', '7s'], '--step: expected auto, or a step such as 5s, 1m or 4h that divides a day, found "7s"'],
    [['--precision', 'double'], '--precision: expected auto, float64, 512, found "double"'],
    [['--from', '2026-01-01'], 'no prices in that period; the input covers 2025-05-09 to 2025-05-09'],
    [['--factors-in', 'x.csv'], '--factors-in: expected --factors-out beside it'],
    [['--universe', 'nowhere.json'], 'nowhere.json: cannot read a universe'],
  ])('refuses %j', async (args, message) => {
    writeTidyTable(at('prices.csv'), [headOf(market[0]!, 30)])
    const { code, stderr } = await build('--klines', at('prices.csv'), '--out', at('days'), ...args)
    expect(code).toBe(EXIT.usage)
    expect(stderr).toContain(message)
    expect(existsSync(join(at('days'), '2025-05-09.parquet'))).toBe(false)
  })

  it('refuses a bad row with its place and leaves what was built', async () => {
    writeFileSync(at('prices.csv'), 'timestamp,symbol,close\n1746814680000,BTCUSDT,103000\n1746814740000,BTCUSDT,abc\n')
    const { code, stderr } = await build('--klines', at('prices.csv'), '--out', at('days'))
    expect(code).toBe(EXIT.dataRefused)
    expect(stderr).toContain('prices.csv:3')
    expect(stderr).toContain('abc')
  })
})

/** NaN differs from everything but NaN. */
function difference(a: number, b: number): number {
  if (Number.isNaN(a) && Number.isNaN(b)) return 0
  return Number.isNaN(a) || Number.isNaN(b) ? Number.POSITIVE_INFINITY : Math.abs(a - b)
}
