import { spawn } from 'node:child_process'
import { appendFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSession } from '../../../src/adapters/session-log/read-session.js'
import { SessionLogError } from '../../../src/adapters/session-log/refusal.js'
import { FileSessionLog } from '../../../src/adapters/session-log/session-log.js'
import { positionId } from '../../../src/ports/vocabulary/ids.js'
import type { SessionSettings, TradeRecord } from '../../../src/ports/vocabulary/session.js'
import { temporaryFolder } from '../../support/in-process-command.js'
import { missedEntry, performanceSnapshot, sessionSettings, tradeOpened, tradeRecord } from '../../support/session.js'
import { sessionLogContract } from '../session-log-contract.js'

const out = temporaryFolder()

async function write(trades: readonly TradeRecord[], settings: SessionSettings = sessionSettings()): Promise<string> {
  const log = await FileSessionLog.open(out.path, settings)
  for (const trade of trades) log.trade(trade)
  await log.close()
  return log.folder
}

const file = (name: string) => join(out.path, sessionSettings().sessionId, name)

const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.stringMatching(/^[0-9]{0,17}[1-9]$/))
  .map(([whole, fraction]) => `${whole}.${fraction}`)
const wording = fc.string({ minLength: 1, unit: 'grapheme' }).map((text) => text.replace(/[\r\n]+/g, ' '))
const trades = fc
  .uniqueArray(
    fc.record({
      id: fc.stringMatching(/^[a-z0-9.-]{1,28}$/),
      pnl: decimal,
      reason: wording,
      bps: fc.double({ noNaN: true, noDefaultInfinity: true }),
    }),
    {
      selector: ({ id }) => id,
      maxLength: 8,
    },
  )
  .map((list) =>
    list.map(({ id, pnl, reason, bps }) =>
      tradeRecord({
        tradeId: positionId(id),
        netPnl: pnl,
        reason,
        exitSlippageBps: Object.is(bps, -0) ? 0 : bps,
        exitRequestedPrice: null,
      }),
    ),
  )

sessionLogContract('in a folder', async () => {
  const log = await FileSessionLog.open(out.path, sessionSettings())
  return {
    log,
    contents: async () => {
      await log.close()
      return readSession(log.folder)
    },
  }
})

describe('a session log', () => {
  it('gives back exactly what was recorded', async () => {
    const recorded = [
      tradeRecord(),
      tradeRecord({ tradeId: positionId('next'), reason: 'said "no", twice', exitSlippageBps: null }),
    ]
    const log = await FileSessionLog.open(out.path, sessionSettings())
    for (const trade of recorded) log.trade(trade)
    log.missedEntry(missedEntry())
    log.summary({ finished: true, updatedAtMs: 7, openTrades: [tradeOpened()], performance: performanceSnapshot() })
    await log.close()
    expect(await readSession(log.folder)).toEqual({
      folder: log.folder,
      settings: sessionSettings(),
      trades: recorded,
      missedEntries: [missedEntry()],
      summary: {
        schema: 'dolphin.session-summary/1',
        sessionId: '2025-05-09-blue',
        finished: true,
        updatedAtMs: 7,
        missedEntries: 1,
        openTrades: [tradeOpened()],
        performance: performanceSnapshot(),
      },
    })
  })

  it('gives back any decimals, texts and numbers', async () => {
    await fc.assert(
      fc.asyncProperty(trades, fc.uuid(), async (recorded, sessionId) => {
        const folder = await write(recorded, sessionSettings({ sessionId }))
        expect((await readSession(folder)).trades).toEqual(recorded)
      }),
      { numRuns: 60 },
    )
  })

  it('is whole again after a crash at any byte, when every trade is recorded once more', async () => {
    const recorded = ['a', 'b'].map((tradeId) => tradeRecord({ tradeId: positionId(tradeId), reason: 'Ω, "cut"' }))
    await write(recorded)
    const whole = readFileSync(file('trades.csv'))
    for (let bytes = 0; bytes <= whole.length; bytes++) {
      writeFileSync(file('trades.csv'), whole)
      truncateSync(file('trades.csv'), bytes)
      await write(recorded)
      expect(readFileSync(file('trades.csv')).equals(whole)).toBe(true)
    }
  })

  it('says how much it found and how many rows were cut off', async () => {
    await write([tradeRecord()])
    const whole = readFileSync(file('trades.csv'), 'utf8')
    appendFileSync(file('trades.csv'), 'half,a,ro')
    const log = await FileSessionLog.open(out.path, sessionSettings())
    expect(log.resumed).toEqual({ trades: 1, missedEntries: 0, tornRows: 1 })
    await log.close()
    expect(readFileSync(file('trades.csv'), 'utf8')).toBe(whole)
  })

  it('refuses a trade that is there already with another result', async () => {
    const log = await FileSessionLog.open(out.path, sessionSettings())
    log.trade(tradeRecord())
    expect(() => log.trade(tradeRecord({ netPnl: '5' }))).toThrow(/expected the row of blue-BTCUSDT-120 as it is/)
    await log.close()
  })

  it('names of settings that have parts the one that differs', async () => {
    const live = { exchange: 'production', stepMs: 1_000, fills: 'paper' } as const
    await write([], sessionSettings({ live }))
    await expect(write([], sessionSettings({ live: { ...live, stepMs: 5_000 } }))).rejects.toThrow(
      'settings.json: expected live.stepMs 5000, with which the session is to continue, found 1000',
    )
  })

  it('does not go on with other settings', async () => {
    await write([])
    await expect(write([], sessionSettings({ seed: 43 }))).rejects.toThrow(
      'settings.json: expected seed 43, with which the session is to continue, found 42',
    )
    const live = { exchange: 'production', stepMs: 1_000, fills: 'paper' } as const
    await expect(write([], sessionSettings({ live }))).rejects.toThrow(
      /settings\.json: expected live \{.*found nothing$/,
    )
    const days = [{ date: '2025-05-09', sha256: 'f'.repeat(64) }]
    await expect(write([], sessionSettings({ days }))).rejects.toThrow(/settings\.json: expected days /)
  })

  it('goes on at another time, with its days in another place', async () => {
    const [day] = sessionSettings().days
    await write([tradeRecord()], sessionSettings({ days: [{ ...day!, path: 'before/2025-05-09.parquet' }] }))
    const days = [{ ...day!, path: 'after/2025-05-09.parquet' }]
    await write([tradeRecord({ tradeId: positionId('later') })], sessionSettings({ startedAtMs: 9, days }))
    const session = await readSession(join(out.path, sessionSettings().sessionId))
    expect(session.trades.map((trade) => trade.tradeId)).toEqual(['blue-BTCUSDT-120', 'later'])
    expect(session.settings.startedAtMs).toBe(sessionSettings().startedAtMs)
    expect(session.settings.days[0]!.path).toBe('before/2025-05-09.parquet')
  })

  it('takes no secret into its folder', async () => {
    const venue = { account: { apiSecret: 'hunter2' } }
    await expect(FileSessionLog.open(out.path, sessionSettings({ venue }))).rejects.toThrow(/holds no secrets/)
    expect(readdirSync(out.path)).toEqual([])
  })

  it('replaces whole files and leaves nothing beside them', async () => {
    const log = await FileSessionLog.open(out.path, sessionSettings())
    const day = {
      date: '2025-05-09',
      trades: 1,
      wins: 1,
      losses: 0,
      realizedPnl: '1',
      feesUsd: '0.07',
      fundingUsd: '0.01',
      netPnl: '0.94',
      capitalStartUsd: '25000',
      capitalEndUsd: '25000.94',
      returnPct: 0.0000376,
      drawdownPctMax: 0,
    }
    log.daily([day])
    log.daily([day, { ...day, date: '2025-05-10' }])
    await log.close()
    expect(readFileSync(file('daily.csv'), 'utf8').split('\n')).toEqual([
      'date,trades,wins,losses,realized_pnl,fees,funding,net_pnl,capital_start,capital_end,return_fraction,drawdown_fraction_max',
      '2025-05-09,1,1,0,1,0.07,0.01,0.94,25000,25000.94,0.0000376,0',
      '2025-05-10,1,1,0,1,0.07,0.01,0.94,25000,25000.94,0.0000376,0',
      '',
    ])
    expect(readdirSync(log.folder).sort()).toEqual(['daily.csv', 'missed.csv', 'settings.json', 'trades.csv'])
  })

  it('keeps every flushed trade when the process is killed', async () => {
    const child = spawn(process.execPath, [
      '--import',
      'tsx',
      fileURLToPath(new URL('./write-until-killed.ts', import.meta.url)),
      out.path,
    ])
    const flushed = await new Promise<number>((resolve) => {
      let text = ''
      child.stdout.on('data', (chunk) => {
        text += chunk
        if (text.split('\n').length > 20) child.kill('SIGKILL')
      })
      child.on('close', () => resolve(text.split('\n').length - 1))
    })
    const { trades: kept } = await readSession(join(out.path, sessionSettings().sessionId))
    expect(kept.length).toBeGreaterThanOrEqual(flushed)
    expect(kept.map((trade) => trade.tradeId)).toEqual(kept.map((_, i) => `t${i}`))
  })
})

describe('a session folder that is not one', () => {
  const edit = (name: string, from: string | RegExp, to: string) => {
    const text = readFileSync(file(name), 'utf8')
    expect(text).toMatch(from)
    writeFileSync(file(name), text.replace(from, to))
  }

  it.each([
    ['trades.csv', 'trade_id,', 'id,', /trades\.csv:1:1: expected the header "trade_id,symbol.*found "id,symbol/],
    ['trades.csv', ',SHORT,', ',DOWN,', /trades\.csv:2:\d+: expected direction to be one of LONG, SHORT, found "DOWN"/],
    [
      'trades.csv',
      ',0.94,',
      ',1e3,',
      /trades\.csv:2:\d+: expected net_pnl to be a decimal such as -12\.5, found "1e3"/,
    ],
    [
      'trades.csv',
      ',136,',
      ',-1,',
      /trades\.csv:2:\d+: expected exit_bar to be a whole number of at least 0, found "-1"/,
    ],
    ['trades.csv', ',FIXED_TP', '', /trades\.csv:2: expected 28 cells as in the header, found 27/],
    ['trades.csv', 'FIXED_TP', '"FIXED_TP', /trades\.csv:2:\d+: expected a closing quote, found the end of the line/],
    ['trades.csv', 'FIXED_TP', '"FIXED"_TP', /trades\.csv:2:\d+: expected a comma between cells, found "_"/],
    [
      'settings.json',
      '"seed": 42',
      '"seed": -1',
      /settings\.json:10:11: expected seed to be a whole number of at least 0, found -1/,
    ],
    [
      'settings.json',
      /"fills": .*\n/,
      '',
      /settings\.json:1:1: expected fills to be one of "bar-price", "realistic", found nothing/,
    ],
    [
      'settings.json',
      'e'.repeat(64),
      'short',
      /settings\.json:20:17: expected days\[0\]\.sha256 to be a SHA-256 of 64 hex digits, found "short"/,
    ],
    [
      'settings.json',
      '"dolphin.session/1"',
      '"dolphin.session/9"',
      /settings\.json:2:13: expected schema to be "dolphin\.session\/1", found "dolphin\.session\/9"/,
    ],
    [
      'settings.json',
      '"volGate": "p60"',
      '"volGate": 60',
      /settings\.json:\d+:16: expected options\.volGate to be a text, true or false, or a list of texts, found 60/,
    ],
    ['settings.json', '"hashes": {', '"hashes": ', /settings\.json:\d+:\d+: expected valid JSON/],
  ] as const)('%s with %s → %s is refused at its place', async (name, from, to, message) => {
    const folder = await write([tradeRecord()])
    edit(name, from, to)
    const refusal = await readSession(folder).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(SessionLogError)
    expect((refusal as Error).message).toMatch(message)
  })

  it('is refused where a file is missing', async () => {
    await expect(readSession(out.path)).rejects.toThrow(
      /settings\.json: expected a readable file of a session, found ENOENT/,
    )
  })

  it('is not written to when its table is another one', async () => {
    await write([tradeRecord()])
    writeFileSync(file('trades.csv'), 'date,profit\n2025-05-09,12\n')
    await expect(write([])).rejects.toThrow(SessionLogError)
    expect(readFileSync(file('trades.csv'), 'utf8')).toBe('date,profit\n2025-05-09,12\n')
  })

  it('is read while a row is being written', async () => {
    const folder = await write([tradeRecord()])
    appendFileSync(file('trades.csv'), 'next-trade,BTC')
    expect((await readSession(folder)).trades).toEqual([tradeRecord()])
  })
})
