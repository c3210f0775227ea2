import { once } from 'node:events'
import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parquetDayWriter } from '../../src/adapters/parquet/day-writer.js'
import { synthesizeDay } from '../../src/core/days/synthesize.js'
import { statusOf } from '../../src/core/status/status.js'
import { writeShortDay } from '../support/short-days.js'
import { HEALTHY } from '../support/system-state.js'
import { dolphin, type Finished, temporaryFolder } from './dolphin.js'

const SLOW = { timeout: 120_000 }
/** What a file or a server may say to a terminal: colours, a title, the one-byte CSI, a line of its own, turned text. */
const HOSTILE = 'x\u001b[31mRED\u001b]0;pwn\u0007\u009b32m\nACTIVE fake\u202e\u2066\u200f\u061c\u2028\u007f\u0085'
/** As much of it as may be in the name of a file, a column or a key. */
const NAME = 'x\u001b[31mRED\u0007\u009b32m\nACTIVE fake\u202e\u2028\u007f'
const TOKEN = 'a-token-that-nobody-may-see-0123456789'

const folder = temporaryFolder()
const at = (name: string) => join(folder.path, name)
let server: Server
let url = ''
let answer: { status: number; body: object } = { status: 200, body: {} }

beforeEach(async () => {
  server = createServer((request, response) => {
    request.resume()
    const { status, body } =
      request.url === '/status' ? { status: 200, body: { ...statusOf(HEALTHY), strategy_id: HOSTILE } } : answer
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => server.close())

/** Runs it with colours, and holds what it shows to be our own: it has our colour codes and nothing else that acts. */
async function harmless(args: readonly string[], quotes = true): Promise<Finished> {
  const env = { DOLPHIN_OPERATOR_TOKEN: TOKEN, NO_COLOR: '', FORCE_COLOR: '1' }
  const { code, stdout, stderr } = await dolphin(args, { cwd: folder.path, env })
  const text = `${stdout}\n${stderr}`
  expect(text).not.toContain('\u001b[31mRED')
  expect(text).not.toMatch(/^ACTIVE fake/m)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the codes of our own colours begin with it.
  const rest = text.replaceAll(/\u001b\[\d+m/g, '')
  expect(rest.replaceAll('\n', '').match(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu)).toBeNull()
  // What was hostile is there to be read.
  if (quotes) expect(rest).toMatch(/\\u(?:001b|009b|202e|0007)/)
  if (!args.join().includes('[31m')) expect(rest).not.toContain('unknown option')
  return { code, stdout, stderr }
}

function file(name: string, text: string): string {
  writeFileSync(at(name), text)
  return name
}

describe('what a server or a document says reaches no terminal as it is', SLOW, () => {
  it('by status show and status validate', async () => {
    const good = statusOf(HEALTHY)
    const documents = [
      { ...good, strategy_id: HOSTILE },
      { ...good, trading_mode: HOSTILE },
      { ...good, [HOSTILE]: HOSTILE },
      { ...good, owner_view: { ...good.owner_view, owner_message: HOSTILE } },
    ].map((document, i) => file(`${i}.json`, JSON.stringify(document)))
    expect((await harmless(['status', 'show', '--url', `${url}/status`])).code).toBe(0)
    for (const document of documents) {
      await harmless(['status', 'show', '--file', document], false)
      const schema = join(import.meta.dirname, '../../specs/status/status_csp_exact.schema.json')
      await harmless(['status', 'validate', '--file', document, '--schema', schema], false)
    }
    expect((await harmless(['status', 'show', '--file', documents[1]!])).code).toBe(1)
    await harmless(['status', 'show', '--file', file('none.json', HOSTILE)])
    await harmless(['status', 'validate', '--file', documents[1]!, '--json'])
  })

  it.each([
    [200, 0],
    [409, 1],
    [418, 1],
    [500, 3],
  ])('by operator, which is answered %i', async (status, code) => {
    const outcome = { command: 'kill', inForce: status === 200, durable: true, detail: HOSTILE }
    answer = { status, body: status < 410 ? outcome : { detail: HOSTILE } }
    expect((await harmless(['operator', 'kill', '--reason', 'x', '--url', url])).code).toBe(code)
    await harmless(['operator', 'kill', '--reason', 'x', '--url', url, '--json'])
  })
})

describe('what a person or a file says reaches no terminal as it is', SLOW, () => {
  it('by messages about the command line and about configurations', async () => {
    const typed = NAME.replace('\n', '')
    await harmless([`--${typed}`])
    await harmless([typed])
    await harmless(['backtest', 'days', '--set', `${NAME}=1`])
    await harmless(['backtest', NAME])
    await harmless(['new', 'strategy', NAME])
    const texts = [
      `"${JSON.stringify(NAME).slice(1, -1)}": 1`,
      `fraction: "${NAME}"`,
      `${NAME}: {`,
      `fraction: ${HOSTILE}`,
    ]
    for (const [i, text] of texts.entries()) {
      const config = file(`${i}.yml`, text)
      await harmless(['backtest', 'days', '--config', config], false)
      await harmless(['doctor', '--config', config, '--folder', '.'], false)
    }
    await harmless(
      ['certify', '--check', file('certificate.json', JSON.stringify({ state: HOSTILE, [NAME]: 1 }))],
      false,
    )
    await harmless(['journal', 'show', NAME])
    await harmless(['compare', '--session', NAME])
  })

  it('by data verify, backtest and scan of days whose columns have such names', async () => {
    mkdirSync(at('days'))
    for (const index of [0, 1]) {
      const day = synthesizeDay({ seed: 5, start: '2025-05-10', bars: 288, assets: 12, missingRate: 0 }, index)
      // A dead feed of a name that the next day does not have.
      if (index === 0) day.prices[1]!.fill(Number.NaN, 144)
      const assets = day.assets.map((symbol, i) => (i === 1 && index === 0 ? NAME : symbol))
      await parquetDayWriter.write(at(`days/${day.date}.parquet`), { ...day, assets })
    }
    await harmless(['data', 'verify', 'days'])
    await harmless(['data', 'verify', 'days', '--json'])
    await harmless(['backtest', 'days', '--vol-gate', '0', '--by-asset'], false)
    await harmless(['scan', '--days', 'days', '--storage', 'scans', '--speed', 'max', '--publish', '-'], false)
    renameSync(at('days/2025-05-10.parquet'), at(`days/2025-05-10${NAME}.parquet`))
    await harmless(['data', 'verify', 'days'], false)
    await harmless(['backtest', 'days'], false)
  })

  it('by data build of files with such names and contents', async () => {
    mkdirSync(at('klines'))
    writeFileSync(at(`klines/${NAME}.csv`), 'a,b\n1,2\n')
    writeFileSync(at('klines/prices.csv'), `timestamp,${NAME.replace('\n', '')}\n2025-05-10T00:00:00Z,1\n`)
    await harmless(['data', 'build', '--klines', 'klines', '--out', 'out', '--universe', 'all'], false)
  })
})

describe("what a strategy of somebody's own says reaches no terminal as it is", SLOW, () => {
  const strategy = (name: string, body: string) =>
    file(
      name,
      `const H = ${JSON.stringify(HOSTILE)}
class Mine {
  constructor({ id }) { this.id = id; this.bars = 0 }
  onBar(bar) { this.bars++; const one = { strategyId: this.id, symbol: 'BTCUSDT', authority: 1, price: bar.prices[bar.symbols.indexOf('BTCUSDT')], timestampMs: bar.timestampMs, reason: H }; ${body} }
  onEntryDropped() {}
  onFill() {}
  snapshot() { return { bars: this.bars, note: H } }
  restore({ bars }) { this.bars = bars }
}
export default { name: 'mine', parameters: { type: 'object', properties: { note: { type: 'string', default: H } } }, create: (context) => new Mine(context) }
`,
    )
  const TRADES = `if (bar.bar === 3) return [{ ...one, type: 'ENTRY', direction: 1, notionalUsd: 5000 }]; if (bar.bar === 60) return [{ ...one, type: 'EXIT' }]; return []`

  beforeEach(async () => {
    mkdirSync(at('days'))
    await writeShortDay(at('days'), { date: '2025-05-10', fromRow: 300, toRow: 420, stepMs: 5_000 })
  })

  it('by the backtest, its tables and its page', async () => {
    strategy('mine.mjs', TRADES)
    const outputs = ['--trades', 'trades.csv', '--report', 'report.html']
    await harmless(['backtest', 'days', '--strategy', 'mine.mjs', ...outputs], false)
    for (const name of ['trades.csv', 'report.html']) {
      const text = readFileSync(at(name), 'utf8')
      expect(text).toMatch(/\\u001b|\ufffd/)
      expect(
        text.replaceAll('\n', '').match(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/gu),
      ).toBeNull()
    }
    await harmless(['backtest', 'days', '--strategy', 'mine.mjs', '--json', '-', '--quiet'])
  })

  it.each([
    ['throws it', 'if (bar.bar === 5) throw new Error(H); return []'],
    ['wants it', 'return [{ ...one, symbol: H, type: H }]'],
  ])('by a backtest and a session in which it %s', async (_, body) => {
    strategy('bad.mjs', body)
    await harmless(['backtest', 'days', '--strategy', 'bad.mjs'])
    await harmless(['paper', '--days', 'days', '--strategy', 'bad.mjs', '--out', 'bad'], false)
  })

  it('by a session, its journals and its comparison', async () => {
    strategy('mine.mjs', TRADES)
    await dolphin(['paper', '--days', 'days', '--strategy', 'mine.mjs', '--out', 's', '--quiet'], { cwd: folder.path })
    const journal = 's/journal/decision'
    await harmless(['journal', 'show', journal])
    await harmless(['journal', 'show', journal, '--json'])
    await harmless(['journal', 'verify', journal], false)
    await harmless(['journal', 'replay', journal], false)
    await harmless(['compare', '--session', 's', '--all', '--csv', 'compared.csv'], false)
    appendFileSync(at('s/trades.csv'), `${HOSTILE}\n`)
    await harmless(['compare', '--session', 's'], false)
    writeFileSync(at('s/settings.json'), JSON.stringify({ schema: HOSTILE }))
    await harmless(['compare', '--session', 's'], false)
  })
})
