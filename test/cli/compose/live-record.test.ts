import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runClockSession } from '../../../src/cli/compose/clock-session.js'
import { type DemandedRecord, liveRecord } from '../../../src/cli/compose/live-record.js'
import { boundHash, preparePaper } from '../../../src/cli/compose/session-settings.js'
import { paperOptions } from '../../../src/cli/paper/options.js'
import { runOfSession } from '../../../src/cli/run-options.js'
import { loadExecutionConfig } from '../../../src/config/execution-config.js'
import { CHAMPION_HASH } from '../../../src/core/engine/parameters.js'
import { recordLine } from '../../../src/core/journal/frame.js'
import type { LiveMarket } from '../../../src/ports/vocabulary/session.js'
import { writeShortDay } from '../../support/short-days.js'

const ROWS = 260
const STEP_MS = 500
const LIVE: LiveMarket = { exchange: 'production', stepMs: STEP_MS, fills: 'paper' }

let root: string
/** A session that traded a short day by a clock, as if its prices had been those of now. */
let made: string

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'dolphin-record-'))
  made = await tradedSession('made', LIVE)
}, 60_000)

afterAll(() => rmSync(root, { recursive: true, force: true }))

async function tradedSession(name: string, live: LiveMarket | undefined): Promise<string> {
  const day = { date: '2025-05-10', fromRow: 300, toRow: 300 + ROWS, stepMs: STEP_MS }
  const days = await writeShortDay(join(root, `${name}-days`), day)
  const out = join(root, name)
  const options = paperOptions({ days: [days], out, speed: '20', quiet: true })
  const plain = await preparePaper(options, new AbortController().signal)
  const session = live === undefined ? plain.session : { ...plain.session, live }
  const setup = { ...plain, session, decision: { ...plain.decision, boundTo: boundHash(session) } }
  const news = { onNotice: () => {}, onWarning: () => {} }
  const choice = { speed: 20, executor: 'in-process', serve: {} } as const
  const { finished, figures } = await runClockSession(setup, choice, news, new AbortController().signal)
  expect(finished).toBe(true)
  expect(figures.trades.length).toBeGreaterThan(0)
  return out
}

async function recordOf(folder: string, demanded: Partial<DemandedRecord> = {}) {
  const { execution, risk } = await loadExecutionConfig(undefined)
  return liveRecord(folder, {
    parametersHash: CHAMPION_HASH,
    exchange: 'production',
    ...{ stepMs: STEP_MS, direction: 'SHORT', execution, risk },
    runOf: ({ options }, place) => runOfSession(options, place, { fills: 'bar-price' }),
    books: 'none',
    ...demanded,
  })
}

it('a session at live prices is read into its days, with every difference from the backtest of its own bars explained', async () => {
  expect(await recordOf(made)).toEqual([
    {
      date: '2025-05-10',
      bars: ROWS,
      barsMs: ROWS * STEP_MS,
      emergencies: 0,
      lockouts: 0,
      unexplained: [],
      refused: null,
    },
  ])
})

describe('a session counts for nothing where it is not what would trade', () => {
  it.each<[what: string, demanded: Partial<DemandedRecord>, message: RegExp]>([
    ['of other parameters', { parametersHash: '0123456789abcdef' }, /expected parameters 0123456789abcdef/],
    ['at prices of elsewhere', { exchange: 'demo' }, /expected prices of demo, found prices of production/],
    ['of longer bars', { stepMs: 5_000 }, /expected bars of 5 s, as would be traded, found bars of 0.5 s/],
    [
      'on other books',
      { books: 'live' },
      /expected a session on live order books, as would be traded, found one without/,
    ],
    ['of the other direction', { direction: 'LONG' }, /expected LONG, as would be traded, found SHORT/],
    [
      'that may risk more',
      { risk: {} as never },
      /expected the risk configuration that would trade, found another one/,
    ],
    ['protected otherwise', { execution: {} as never }, /expected the execution configuration that would trade/],
  ])('%s', async (_, demanded, message) => {
    await expect(recordOf(made, demanded)).rejects.toThrow(message)
  })
})

describe('a session that was tampered with counts for nothing', () => {
  /** A copy in which one file is another. */
  function tampered(name: string, file: string, change: (text: string) => string): string {
    const folder = join(root, name)
    cpSync(made, folder, { recursive: true })
    const path = join(folder, file)
    const before = readFileSync(path, 'utf8')
    const after = change(before)
    expect(after).not.toBe(before)
    writeFileSync(path, after)
    return folder
  }

  const decision = 'journal/decision/journal-00000001.log'
  const execution = 'journal/execution/journal-00000001.log'

  it('settings that say other prices', async () => {
    const folder = tampered('settings', 'settings.json', (text) => text.replace('"seed": 1', '"seed": 2'))
    await expect(recordOf(folder)).rejects.toThrow(/expected the settings that the decision journal is bound to/)
  })

  it('a byte of a journal', async () => {
    const folder = tampered('byte', decision, (text) => text.replace('"type":"bar"', '"type":"baz"'))
    await expect(recordOf(folder)).rejects.toThrow(/damaged at record/)
  })

  it('a record that was taken out', async () => {
    const folder = tampered('hole', decision, (text) => {
      const lines = text.split('\n')
      const at = lines.findLastIndex((line) => line.includes('"type":"bar"'))
      return [...lines.slice(0, at), ...lines.slice(at + 1)].join('\n')
    })
    await expect(recordOf(folder)).rejects.toThrow(/damaged at record/)
  })

  it('a fill that was made better, its sum with it', async () => {
    const folder = tampered('fill', execution, (text) => {
      const lines = text.split('\n')
      const at = lines.findIndex((line) => line.includes('"type":"fill"'))
      const record = JSON.parse(lines[at]!.slice(lines[at]!.indexOf('{')))
      const better = { ...record, fill: { ...record.fill, price: '1' } }
      return [...lines.slice(0, at), recordLine(better).trimEnd(), ...lines.slice(at + 1)].join('\n')
    })
    await expect(recordOf(folder)).rejects.toThrow(/expected fill .* of the decision journal in the execution journal/)
  })

  it.each(['decision', 'execution', 'exchange'])(
    'the %s journal cut off at its end, so that a bad hour is gone',
    async (kind) => {
      const folder = tampered(`cut-${kind}`, `journal/${kind}/journal-00000001.log`, (text) => {
        const lines = text.trimEnd().split('\n')
        return `${lines.slice(0, -5).join('\n')}\n`
      })
      await expect(recordOf(folder)).rejects.toThrow(/damaged|durable/)
      for (const name of readdirSync(join(folder, 'journal', kind)).filter((each) => !each.endsWith('.log')))
        rmSync(join(folder, 'journal', kind, name), { recursive: true })
      await expect(recordOf(folder)).rejects.toThrow(/durable cannot be checked/)
    },
  )

  it('a journal that is missing', async () => {
    const folder = join(root, 'missing')
    cpSync(made, folder, { recursive: true })
    rmSync(join(folder, 'journal', 'exchange'), { recursive: true })
    await expect(recordOf(folder)).rejects.toThrow(/expected a folder with a journal/)
  })
})

it("a session of a strategy of somebody's own is no record of the champion, whose parameters it was begun with", async () => {
  const folder = join(root, 'own')
  cpSync(made, folder, { recursive: true })
  const path = join(folder, 'settings.json')
  const settings = JSON.parse(readFileSync(path, 'utf8'))
  const ownStrategy = { file: 'mine.mjs', sha256: '0'.repeat(64), parameters: {} }
  writeFileSync(path, JSON.stringify({ ...settings, ownStrategy }))
  await expect(recordOf(folder)).rejects.toThrow(/expected the champion, found a strategy of somebody's own/)
})

it('a session of recorded days is no session at live prices', async () => {
  const folder = join(root, 'played')
  cpSync(made, folder, { recursive: true })
  const path = join(folder, 'settings.json')
  const { live: _, ...settings } = JSON.parse(readFileSync(path, 'utf8'))
  writeFileSync(path, JSON.stringify(settings))
  await expect(recordOf(folder)).rejects.toThrow(/expected a session at live prices, found one of recorded days/)
})
