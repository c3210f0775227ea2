import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { Exact } from '../../../src/base/exact.js'
import { register as registerBacktest } from '../../../src/cli/backtest/command.js'
import { register } from '../../../src/cli/compare/command.js'
import { sha256OfFile } from '../../../src/cli/data/verify/checksums.js'
import { EXIT } from '../../../src/cli/shell/exit-codes.js'
import type { BacktestReport } from '../../../src/ports/vocabulary/report.js'
import type { SessionSettings } from '../../../src/ports/vocabulary/session.js'
import { runCommand, temporaryFolder } from '../../support/in-process-command.js'
import { missedEntry, sessionSettings } from '../../support/session.js'
import { type SessionTrade, sessionTradeOf, settingsOf, writeSession } from '../../support/session-of-backtest.js'

const DAYS = ['2025-05-10', '2025-05-11', '2025-05-12'].map((date) => ({
  date,
  path: join(import.meta.dirname, '..', '..', '..', 'fixtures', 'days', `${date}.parquet`),
}))
const PATHS = DAYS.map(({ path }) => path)
const out = temporaryFolder()

let report: BacktestReport
let settings: SessionSettings
let trades: readonly SessionTrade[]

beforeAll(async () => {
  const { stdout } = await runCommand(registerBacktest, [
    'backtest',
    ...PATHS,
    '--fills',
    'bar-price',
    '--json',
    '--quiet',
  ])
  report = JSON.parse(stdout)
  const days = await Promise.all(DAYS.map(async ({ date, path }) => ({ date, sha256: (await sha256OfFile(path))! })))
  settings = sessionSettings(settingsOf(report, days))
  trades = report.trades.map(sessionTradeOf)
})

const compare = (args: readonly string[] = []) =>
  runCommand(register, ['compare', ...PATHS, '--session', out.path, '--quiet', ...args])

/** The trades with one of them changed. */
function changed(index: number, change: (trade: SessionTrade) => Partial<SessionTrade['closed']>): SessionTrade[] {
  return trades.map((trade, i) => (i === index ? { ...trade, closed: { ...trade.closed, ...change(trade) } } : trade))
}

describe('dolphin compare', () => {
  it('answers 0 and says so where both runs are the same', async () => {
    await writeSession(out.path, settings, trades)
    const { code, stdout, stderr } = await compare()
    expect(stderr).toBe('')
    expect(stdout).toContain('Identical: the same decisions and the same sizes.')
    expect(stdout).toContain(`${trades.length} trades in both, 0 missed, 0 extra`)
    expect(code).toBe(EXIT.ok)
  })

  it('finds the days where the session had them from', async () => {
    const days = settings.days.map((day, i) => ({ ...day, path: PATHS[i]! }))
    const folder = await writeSession(out.path, { ...settings, days }, trades)
    expect(await runCommand(register, ['compare', folder])).toMatchObject({
      code: EXIT.ok,
      stdout: expect.stringContaining('Identical'),
    })
  })

  it('trades days without a session on paper first: at bar prices, decisions and sizes are those of the backtest', async () => {
    const { code, stdout, stderr } = await runCommand(register, [
      'compare',
      ...PATHS,
      '--fills',
      'bar-price',
      '--quiet',
    ])
    expect(stderr).toBe('')
    expect(stdout).toContain('Identical: the same decisions and the same sizes.')
    expect(code).toBe(EXIT.ok)
  })

  it('explains every difference of a realistic session to the last digit', async () => {
    const { code, stdout } = await runCommand(register, ['compare', ...PATHS.slice(0, 2), '--json', '--quiet'])
    const { trades: compared, effects, difference, explained, identical } = JSON.parse(stdout)
    expect([code, explained, identical]).toEqual([EXIT.ok, true, false])
    expect(compared.length).toBeGreaterThan(5)
    expect(effects).toMatchObject({ unexplained: '0', fees: expect.stringMatching(/^-/) })
    const sum = Object.values<string>(effects).reduce((total, value) => total.plus(value), new Exact(0))
    expect(sum.toFixed()).toBe(difference)
  })

  it('answers 0 where every difference has its cause, and adds up', async () => {
    await writeSession(
      out.path,
      settings,
      changed(0, () => ({ entryFeesUsd: '1.25', fundingUsd: '-0.005' }))
        .slice(0, 1)
        .concat([]),
      {
        open: trades.slice(1, 2).map(({ opened }) => opened),
      },
    )
    const { code, stdout } = await compare(['--json'])
    const document = JSON.parse(stdout)
    expect(document).toMatchObject({ schema: 'dolphin.compare/1', identical: false, explained: true })
    expect(document.trades[0].effects).toMatchObject({ fees: '-1.25', funding: '-0.005', unexplained: '0' })
    const sum = Object.values<string>(document.effects).reduce((total, value) => total.plus(value), new Exact(0))
    expect(document.difference).toBe(sum.toFixed())
    expect(code).toBe(EXIT.ok)
  })

  it('answers 1 where something is left without a cause', async () => {
    await writeSession(
      out.path,
      settings,
      changed(2, ({ closed }) => ({ exitBar: closed.exitBar - 1 })),
    )
    const { code, stdout } = await compare()
    expect(stdout).toMatch(/left by \w+ after \d+ bars, in bulk by \w+ after \d+$/m)
    expect(stdout).toContain('Not explained: 1 trade')
    expect(code).toBe(EXIT.failed)
  })

  it('shows rows whose cents add up to their difference', async () => {
    await writeSession(
      out.path,
      settings,
      trades.map(({ opened, closed }, i) => ({
        opened,
        closed: {
          ...closed,
          entryFeesUsd: `0.00${i % 10}5`,
          exitFeesUsd: `${i / 7}`.slice(0, 6),
          fundingUsd: '-0.0049',
        },
      })),
    )
    const { stdout } = await compare()
    const rows = stdout.split('\n').filter((line) => /^ {2}(2025-05|Total)/.test(line) && !line.includes('left by'))
    expect(rows.length).toBe(trades.length + 1)
    for (const row of rows) {
      const cells = row
        .trim()
        .split(/ {2,}/)
        .slice(-20)
        .filter((cell) => /^[-+]?[\d,]+\.\d\d$|^-$/.test(cell))
        .map((cell) => (cell === '-' ? 0 : Number(cell.replaceAll(',', ''))))
      const [bulk, session, difference, ...parts] = cells as [number, number, number]
      expect(Math.round((session - bulk - difference) * 100)).toBeCloseTo(0, -1)
      expect(parts.reduce((total: number, part: number) => total + part, 0)).toBeCloseTo(difference, 9)
    }
  })

  it('writes every trade with exact amounts', async () => {
    await writeSession(
      out.path,
      settings,
      changed(1, () => ({ exitFeesUsd: '0.123456789012345678' })),
    )
    const csv = join(out.path, 'differences.csv')
    const { code } = await compare(['--csv', csv])
    const lines = readFileSync(csv, 'utf8').trimEnd().split('\n')
    const header = lines[0]!.split(',')
    expect(lines.length).toBe(trades.length + 2)
    expect(lines[2]!.split(',')[header.indexOf('fees')]).toBe('-0.123456789012345678')
    expect(lines.at(-1)!.split(',')[header.indexOf('difference')]).toMatch(/^-0\.12345678901/)
    expect(code).toBe(EXIT.ok)
  })

  it('says why an entry was missed', async () => {
    const [{ opened }] = trades as [SessionTrade]
    const { symbol, direction, entryBar, entryBarAtMs } = opened
    const missed = missedEntry({
      symbol,
      direction,
      entryBar,
      entryBarAtMs,
      reason: 'REJECT_VENUE',
      detail: 'PRICE_BAND',
    })
    await writeSession(out.path, settings, trades.slice(1), { missed: [missed] })
    const { stdout } = await compare()
    expect(stdout).toContain('REJECT_VENUE: PRICE_BAND')
  })

  it('warns of a session that has not ended', async () => {
    await writeSession(out.path, settings, trades, { finished: false })
    const { stderr } = await runCommand(register, ['compare', ...PATHS, '--session', out.path])
    expect(stderr).toContain('The session has not come to its end')
  })

  it('says of trades after an interrupted session that it had stopped', async () => {
    const [first, ...rest] = trades as [SessionTrade, ...SessionTrade[]]
    await writeSession(out.path, settings, [first], { finished: false })
    const { stdout, code } = await compare()
    expect(stdout.match(/the session had stopped by then/g)).toHaveLength(rest.length)
    expect(code).toBe(EXIT.ok)
  })

  it('compares with simulated costs, too', async () => {
    await writeSession(out.path, settings, trades)
    const { stdout } = await compare(['--bulk', 'simulated', '--json'])
    const { effects, bulk } = JSON.parse(stdout)
    expect(bulk.fills).toBe('simulated')
    expect(Number(effects.fees)).toBeGreaterThan(0)
  })
})

describe('dolphin compare refuses', () => {
  it.each([
    [
      'nothing to compare',
      ['compare'],
      '<days…>: expected the folder of a paper session, or days to trade, found none',
    ],
    ['days that are not there', ['compare', 'nowhere/days'], 'nowhere/days'],
    [
      'a period of a session',
      ['compare', '--session', 'x', '--from', '2025-05-10'],
      '--from: is for days without a session',
    ],
    [
      'other fills than there are',
      ['compare', PATHS[0]!, '--fills', 'realist'],
      '--fills: expected realistic or bar-price',
    ],
    ['another bulk run', ['compare', 'days', '--session', 'x', '--bulk', 'simulate'], "did you mean 'simulated'"],
    [
      'another table',
      ['compare', 'days', '--session', 'x', '--csv', 'x.json'],
      'expected a file name.csv, found "x.json"',
    ],
    [
      'a session that is not there',
      ['compare', 'days', '--session', 'nowhere'],
      'nowhere/settings.json: expected a readable file of a session, found ENOENT',
    ],
  ])('%s', async (_, args, message) => {
    const { code, stderr } = await runCommand(register, args)
    expect(stderr).toContain(message)
    expect(code).toBe(EXIT.usage)
  })

  it('days that are not the session’s', async () => {
    const [first, ...others] = settings.days
    await writeSession(out.path, { ...settings, days: [{ ...first!, sha256: 'f'.repeat(64) }, ...others] }, trades)
    const { code, stderr } = await compare()
    expect(stderr).toMatch(
      /2025-05-10\.parquet: expected the day that the session replayed \(SHA-256 f+\), found another/,
    )
    expect(code).toBe(EXIT.usage)
  })

  it('a session that does not say where its days are', async () => {
    const { code, stderr } = await runCommand(register, ['compare', await writeSession(out.path, settings, trades)])
    expect(stderr).toContain('expected the days of the session, which does not say where 2025-05-10 is')
    expect(code).toBe(EXIT.usage)
  })

  it('days that are missing', async () => {
    await writeSession(out.path, settings, trades)
    const { code, stderr } = await runCommand(register, ['compare', PATHS[0]!, '--session', out.path])
    expect(stderr).toContain('expected the 3 days of the session, found 1 files without 2025-05-11, 2025-05-12')
    expect(code).toBe(EXIT.usage)
  })

  it.each([
    [
      {
        hashes: { champion: 'a'.repeat(16), parameters: 'a'.repeat(16), config: 'c'.repeat(64), code: 'd'.repeat(64) },
      },
      'hashes.parameters: expected aaaaaaaaaaaaaaaa',
    ],
    [{ direction: 'LONG' as const }, 'direction: expected LONG from its options, too, found SHORT'],
    [{ initialCapitalUsd: '5' }, 'initialCapitalUsd: expected 5 from its options, too, found 25000'],
    [{ options: { workers: '4' } }, 'options.workers: expected an option of dolphin backtest that decides'],
    [{ days: [] }, 'the session replayed no recorded days'],
  ])('a session whose settings make another run: %j', async (changes, message) => {
    await writeSession(out.path, { ...settings, ...changes }, [])
    const { code, stderr } = await compare()
    expect(stderr).toContain(message)
    expect(code).toBe(EXIT.usage)
  })

  it('a row that is wrong, at its place', async () => {
    const folder = await writeSession(out.path, settings, trades)
    const path = join(folder, 'trades.csv')
    writeFileSync(path, readFileSync(path, 'utf8').replace(',SHORT,', ',DOWN,'))
    const { code, stderr } = await compare()
    expect(stderr).toMatch(/trades\.csv:2:\d+: expected direction to be one of LONG, SHORT, found "DOWN"/)
    expect(code).toBe(EXIT.usage)
  })

  it('two sessions at once', async () => {
    await writeSession(out.path, settings, [])
    await writeSession(out.path, { ...settings, sessionId: 'another' }, [])
    const { code, stderr } = await compare()
    expect(stderr).toContain('expected one session, found 2')
    expect(code).toBe(EXIT.usage)
  })

  it('to write over what it reads', async () => {
    const folder = await writeSession(out.path, settings, trades)
    const before = readFileSync(join(folder, 'trades.csv'), 'utf8')
    const { code } = await compare(['--csv', join(folder, 'trades.csv')])
    expect(code).toBe(EXIT.usage)
    expect(readFileSync(join(folder, 'trades.csv'), 'utf8')).toBe(before)
    expect(existsSync(join(out.path, 'differences.csv'))).toBe(false)
  })
})
