import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Credentials } from '../../src/adapters/binance/credentials.js'
import { CHAMPION_HASH } from '../../src/core/engine/parameters.js'
import { issueCertificate } from '../../src/core/mode/certificate.js'
import { CONSTANTS_HASH } from '../../src/core/status/frozen-constants.js'
import { SANDBOX_TOKEN, startSandbox } from '../support/sandbox.js'
import { until } from '../support/until.js'
import { dolphin, type Finished, ROOT, temporaryFolder } from './dolphin.js'
import { RunningDolphin } from './running-dolphin.js'

const KEY = { apiKey: 'rehearsal-key-0123456789', secret: 'rehearsal-secret-9876543210' }
const CERTIFICATE_KEY = 'certificate-key-0123456789'
const ENV = {
  DOLPHIN_BINANCE_KEY: KEY.apiKey,
  DOLPHIN_BINANCE_SECRET: KEY.secret,
  DOLPHIN_CERTIFICATE_KEY: CERTIFICATE_KEY,
}

const folder = temporaryFolder()
let sandbox: Awaited<ReturnType<typeof startSandbox>>
let out: string

beforeEach(async () => {
  sandbox = await startSandbox({ keys: [KEY] })
  out = join(folder.path, 'staging')
})

afterEach(() => sandbox.close())

function certificate(): string {
  const path = join(folder.path, 'certificate.json')
  const figures = { trades: 1, roi: 0.1, profitFactor: 2, maxDrawdown: 0.1, sharpe: 1, roiWithoutEdge: 0.1 }
  const claim = {
    ...{ championHash: CHAMPION_HASH, constantsHash: CONSTANTS_HASH, dataHash: '0', barSeconds: 1, figures },
    ...{ from: '2025-05-01', to: '2025-05-30', days: 30, demands: [], engineVersion: '0.1.0' },
    ...{ issuedAtMs: Date.now() - 1_000, expiresAtMs: Date.now() + 3_600_000 },
  }
  writeFileSync(path, JSON.stringify(issueCertificate(claim, new TextEncoder().encode(CERTIFICATE_KEY))))
  return path
}

/** A session that holds something for so many bars, time and again. */
function trade({ hold }: { readonly hold: number }, ...more: string[]): string[] {
  const strategy = join(ROOT, 'examples', 'strategies', 'momentum.mjs')
  return [
    ...['trade', '--environment', 'STAGING', '--exchange-at', sandbox.origin, '--out', out, '--bar-seconds', '1'],
    ...['--symbols', 'BTCUSDT,ETHUSDT', '--strategy', strategy, '--param', 'lookback=2', '--param', `hold=${hold}`],
    ...['--certificate', certificate()],
    ...more,
  ]
}

interface Account {
  readonly positions: Readonly<Record<string, string>>
  readonly openOrders: readonly { readonly clientOrderId: string }[]
  readonly openAlgoOrders: readonly { readonly clientAlgoId: string }[]
}

async function account(): Promise<Account> {
  return ((await (await fetch(`${sandbox.origin}/sandbox/status`)).json()) as { readonly account: Account }).account
}

function journal(kind: 'decision' | 'execution'): string {
  const place = join(out, 'journal', kind)
  if (!existsSync(place)) return ''
  const segments = readdirSync(place).filter((name) => name.endsWith('.log'))
  return segments.map((name) => readFileSync(join(place, name), 'utf8')).join('')
}

function count(kind: 'decision' | 'execution', type: string): number {
  return journal(kind).split(`"type":"${type}"`).length - 1
}

/** Of every process, as whoever lists them sees it; none where there is no such list. */
function commandLines(): string[] {
  if (!existsSync('/proc/self/cmdline')) return []
  return readdirSync('/proc').flatMap((name) => {
    try {
      return /^\d+$/.test(name) ? [readFileSync(join('/proc', name, 'cmdline'), 'utf8')] : []
    } catch {
      // It has ended meanwhile.
      return []
    }
  })
}

/** Client order ids of entries and exits, in the order in which they left. */
function sent(): string[] {
  const lines = journal('execution').split('\n')
  const records = lines.flatMap((line) => (line.includes('{') ? [JSON.parse(line.slice(line.indexOf('{')))] : []))
  return records.flatMap(({ type, clientOrderId }) => (type === 'submitted' ? [clientOrderId as string] : []))
}

/** The stop is at the exchange, and its journal says so: a restart need not ask what became of it. */
function isStopKnown(): boolean {
  return journal('execution')
    .split('\n')
    .some((line) => line.includes('"type":"orderEvent"') && /"clientOrderId":"[^"]+\.s\d+"/.test(line))
}

/** Client order ids of everything that the exchange was ever sent. */
async function taken(): Promise<string[]> {
  const ids: string[] = []
  for (const symbol of ['BTCUSDT', 'ETHUSDT']) {
    const [orders, algo] = await Promise.all([
      signed('GET', '/fapi/v1/allOrders', `symbol=${symbol}`),
      signed('GET', '/fapi/v1/allAlgoOrders', `symbol=${symbol}`),
    ])
    for (const { clientOrderId } of orders) ids.push(clientOrderId!)
    for (const { clientAlgoId } of algo) ids.push(clientAlgoId!)
  }
  return ids
}

describe('a session at the exchange', () => {
  test('enters, holds its stop in the algo service, and leaves', async () => {
    const running = new RunningDolphin(trade({ hold: 3 }), ENV)
    await until(async () => (await account()).openAlgoOrders.length > 0)
    expect(Object.keys((await account()).positions)).toHaveLength(1)
    await until(() => count('execution', 'flat') > 0)
    expect(await running.stop('SIGINT')).toBe(130)
    expect(count('execution', 'fill')).toBeGreaterThan(1)
  })

  test('goes on after a kill while the exchange is away, watches what it holds as soon as it is back, and sends no order a second time', async () => {
    const first = new RunningDolphin(trade({ hold: 1_000 }), ENV)
    await until(async () => (await account()).openAlgoOrders.length > 0)
    await until(() => count('execution', 'fill') > 0 && isStopKnown())
    await first.stop('SIGKILL')
    const held = await account()
    expect(held.openAlgoOrders).toHaveLength(1)
    const orders = await taken()
    expect(new Set(orders).size).toBe(3)
    expect(orders).toHaveLength(3)
    expect(orders).toEqual(expect.arrayContaining(sent()))
    expect(sent()).toHaveLength(1)
    const bars = count('decision', 'bar')
    await away(3_600_000)
    const second = new RunningDolphin(trade({ hold: 1_000 }, '--resume', '--serve', '127.0.0.1:0'), ENV)
    const address = await until(() => /Status at (http:\/\/\S+?),/.exec(second.said)?.[1])
    await until(() => second.said.includes('UNREACHABLE'))
    expect(await get(address, 'status')).toMatchObject({
      deployment_environment: 'STAGING',
      trading_mode: 'ReduceOnly',
      mode_reasons: expect.arrayContaining(['REDUCEONLY_MARKET_DATA_STALE', 'REDUCEONLY_RESTART_RECONCILE']),
      open_position_count: 1,
    })
    await away(0)
    await until(() => count('decision', 'bar') > bars + 3)
    expect(await second.stop('SIGINT')).toBe(130)
    expect(second.said).toMatch(/The session goes on after bar .*still open: LONG/s)
    expect(await account()).toMatchObject({ positions: held.positions, openAlgoOrders: held.openAlgoOrders })
    expect(await taken()).toEqual(orders)
  })

  test('holds its position through an executor of its own, which connects by itself, waits for an exchange that is away, and shows how it stands', async () => {
    const words = (...more: string[]) =>
      trade({ hold: 1_000 }, '--executor', 'process', '--serve', '127.0.0.1:0', ...more)
    const first = new RunningDolphin(words(), ENV)
    await until(async () => (await account()).openAlgoOrders.length > 0)
    expect(await first.stop('SIGINT')).toBe(130)
    const [held, orders] = [await account(), await taken()]
    expect(orders).toHaveLength(3)
    const bars = count('decision', 'bar')
    await away(3_600_000)
    const second = new RunningDolphin(words('--resume'), ENV)
    const address = await until(() => /Status at (http:\/\/\S+?),/.exec(second.said)?.[1])
    await until(() => second.said.includes('UNREACHABLE'))
    const lines = commandLines().filter((each) => each.includes(out))
    if (existsSync('/proc/self/cmdline')) expect(lines.some((each) => each.includes('\0executor\0'))).toBe(true)
    for (const each of lines) for (const secret of Object.values(KEY)) expect(each).not.toContain(secret)
    await away(0)
    await until(() => count('decision', 'bar') > bars + 3)
    const connections = await until(async () => {
      const { exchange } = await get(address, 'session')
      return exchange.length > 1 ? exchange : undefined
    })
    expect(connections.map(({ connection }: { readonly connection: string }) => connection)).toEqual([
      'prices',
      'account',
    ])
    expect(await second.stop('SIGINT')).toBe(130)
    expect(second.said).not.toContain('The executor ended')
    expect(await account()).toMatchObject({ positions: held.positions, openAlgoOrders: held.openAlgoOrders })
    expect(await taken()).toEqual(orders)
  })

  test('waits for an exchange that is away before it begins, until somebody does not want to wait any longer', async () => {
    await away(3_600_000)
    const running = new RunningDolphin(trade({ hold: 3 }), ENV)
    await until(() => running.said.includes('UNREACHABLE'))
    expect(await running.stop('SIGINT')).toBe(130)
    expect(existsSync(out)).toBe(false)
  })

  test.each([['in-process'], ['process']])(
    'that goes on with an account that must not trade ends with what to change, where nothing is open (executor %s)',
    async (executor) => {
      const words = (...more: string[]) => trade({ hold: 3 }, '--executor', executor, ...more)
      const first = new RunningDolphin(words('--bars', '2'), ENV)
      expect(await first.ended).toBe(0)
      await signed('POST', '/fapi/v1/positionSide/dual', 'dualSidePosition=true')
      const second = new RunningDolphin(words('--resume'), ENV)
      expect(await second.ended).toBe(2)
      expect(second.said).toContain('HEDGE_MODE: position mode: expected one-way')
    },
  )

  test('opens nothing without a certificate, and says so at the start', async () => {
    const words = trade({ hold: 3 })
    const without = words.filter((word, i) => word !== '--certificate' && words[i - 1] !== '--certificate')
    const running = new RunningDolphin(without, ENV)
    // Something is wanted once a price has risen, which is not in any eight bars.
    await until(() => count('decision', 'bar') > 8 && journal('decision').includes('REDUCEONLY_F1_CERT'))
    expect(await running.stop('SIGINT')).toBe(130)
    expect(running.said).toContain('WARNING Nothing will open (REDUCEONLY_F1_CERT): the certificate is MISSING')
    expect(journal('decision')).toContain('REDUCEONLY_F1_CERT')
    expect(sent()).toEqual([])
    expect(await taken()).toEqual([])
  })
})

test('neither key nor secret, listen key nor signature is in anything that a session says or writes', async () => {
  const running = new RunningDolphin(trade({ hold: 3 }, '--serve', '127.0.0.1:0'), ENV)
  const address = await until(() => /Status at (http:\/\/\S+?),/.exec(running.said)?.[1])
  await until(() => count('execution', 'flat') > 0)
  const served = await Promise.all(
    ['/api/v1/status', '/metrics', '/api/v1/session'].map(async (path) => (await fetch(`${address}${path}`)).text()),
  )
  expect(served[1]).toMatch(/dolphin_exchange_weight_used\{connection="account"\} [1-9]/)
  expect(served[1]).toMatch(/dolphin_exchange_data_age_ms\{connection="prices"\} \d/)
  const { listenKey } = sandbox.exchange.view()
  expect(await running.stop('SIGINT')).toBe(130)
  const files = readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('latin1'))
  const all = [running.said, running.out, ...served, ...files]
  expect(files.length).toBeGreaterThan(6)
  for (const secret of [KEY.apiKey, KEY.secret, CERTIFICATE_KEY, listenKey!, 'signature=']) {
    expect(secret.length).toBeGreaterThan(8)
    expect(all.filter((text) => text.includes(secret))).toEqual([])
  }
})

describe('what must not trade is refused, with what to do', () => {
  const words = (...more: string[]) => ['trade', '--out', out, '--exchange-at', sandbox.origin, ...more]
  const refused = async (args: readonly string[], env: Readonly<Record<string, string>> = ENV): Promise<Finished> => {
    const finished = await dolphin(args, { env })
    expect(finished.code).toBe(2)
    expect(existsSync(out)).toBe(false)
    return finished
  }

  test('LIVE, and every gate that is closed is named', async () => {
    const { stderr } = await refused(words('--environment', 'LIVE', '--bar-seconds', '1'))
    for (const gate of ['certificate', 'paperRecord', 'orderBook', 'exchange', 'confirmation'])
      expect(stderr).toContain(`LIVE, gate ${gate}: `)
    for (const gate of ['champion', 'clock', 'disk', 'grid']) expect(stderr).not.toContain(`gate ${gate}: `)
    expect(stderr).toContain('--i-mean-it SgsR')
  })

  test('LIVE with other parameters, a strategy of one’s own, and an account that is another', async () => {
    const strategy = join(ROOT, 'examples', 'strategies', 'momentum.mjs')
    const { stderr } = await refused(words('--environment', 'LIVE', '--strategy', strategy, '--i-mean-it', 'Other'))
    expect(stderr).toContain('LIVE, gate champion: a strategy of your own')
    expect(stderr).toContain('the account is SgsR, you named Other')
  })

  test('an account in hedge mode', async () => {
    await signed('POST', '/fapi/v1/positionSide/dual', 'dualSidePosition=true')
    const { stderr } = await refused(words('--environment', 'STAGING', '--symbols', 'BTCUSDT,ETHUSDT'))
    expect(stderr).toContain('HEDGE_MODE')
  })

  test('a session without a key', async () => {
    const { stderr } = await refused(words('--environment', 'STAGING'), {
      ...ENV,
      DOLPHIN_BINANCE_KEY: '',
      DOLPHIN_BINANCE_SECRET: '',
    })
    expect(stderr).toContain('DOLPHIN_BINANCE_KEY')
  })

  test('STAGING at production', async () => {
    const { stderr } = await refused(['trade', '--out', out, '--exchange-at', 'production', '--environment', 'STAGING'])
    expect(stderr).toContain('--exchange-at: expected demo, or the address of a sandbox, with STAGING')
  })
})

test('dolphin live check says of each gate whether it holds, and starts nothing', async () => {
  const { code, stdout } = await dolphin(
    [
      ...['live', 'check', '--exchange-at', sandbox.origin, '--bar-seconds', '1', '--symbols', 'BTCUSDT,ETHUSDT'],
      ...['--certificate', certificate(), '--json'],
    ],
    { env: ENV },
  )
  expect(code).toBe(1)
  const { holds, gates } = JSON.parse(stdout)
  expect(holds).toBe(false)
  const held = gates.filter((gate: { holds: boolean }) => gate.holds).map(({ gate }: { gate: string }) => gate)
  expect(held).toEqual(['champion', 'certificate', 'clock', 'disk', 'grid'])
  // They are in step, and those of a sandbox.
  expect(gates.find(({ gate }: { gate: string }) => gate === 'orderBook').found).toMatch(
    /^books of BTCUSDT, ETHUSDT at .*, from changes, in step: not those of the market$/,
  )
  expect(await account()).toMatchObject({ positions: {}, hasListenKey: false })
})

/** As another client of the account would ask, or change it. */
async function signed(method: 'GET' | 'POST', path: string, params: string): Promise<Record<string, string>[]> {
  const query = `${params}&timestamp=${Date.now()}`
  const signature = new Credentials(KEY).sign(query)
  const response = await fetch(`${sandbox.origin}${path}?${query}&signature=${signature}`, {
    method,
    headers: { 'X-MBX-APIKEY': KEY.apiKey },
  })
  expect(response.status).toBe(200)
  return (await response.json()) as Record<string, string>[]
}

// biome-ignore lint/suspicious/noExplicitAny: documents of two shapes, of which a test reads some fields
async function get(address: string, what: 'status' | 'session'): Promise<any> {
  return (await fetch(`${address}/api/v1/${what}`)).json()
}

/** Takes the exchange away for so long; 0: brings it back. */
async function away(ms: number): Promise<void> {
  const response = await fetch(`${sandbox.origin}/sandbox/restart`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SANDBOX_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ms }),
  })
  expect(response.status).toBe(200)
}
