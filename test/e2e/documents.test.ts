import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type HazelcastCluster, hasHazelcast, startCluster } from '../support/hazelcast-cluster.js'
import { readDays, writeTidyTable } from '../support/price-tables.js'
import { DAYS, dolphin, MAIN, ROOT } from './dolphin.js'

/** Days of the world in which the commands run: enough for each, few enough for a test. */
const WORLD_DAYS = ['2025-05-10', '2025-05-12']
const TOKEN = 'a-token-of-the-documents-0123456789'

/** Commands that go on until somebody stops them, or for minutes: they must start, and stop well at Ctrl-C. */
const GOES_ON =
  /--speed \d|--serve\b|--live\b|^dolphin (?:drill|executor|serve|trade)\b|^dolphin sandbox(?: -|$)|^dolphin paper .*--grid hazelcast/
/** Asks an exchange: in a test that is a sandbox, wherever the document has it. */
const OF_AN_EXCHANGE =
  /--live\b|^dolphin (?:serve order-book|serve observation|serve external-factors --once|trade|live check|data download|sandbox (?:fault|price|restart|status))\b/
/** Needs a cluster; the documents have a member at the usual port. */
const OF_A_CLUSTER = /hazelcast:\/\/127\.0\.0\.1:5701/
/** Are services of an exchange, which may be stopped at any time. */
const OF_BOOKS = /^dolphin serve order-book/
/** What a live session says once it has begun: one that is stopped before has nothing to go on with. */
const BEGUN = /^(?:Cold:|Warm:|Observing )/m
/** Says where it is as `--at`, and not as `--exchange-at`. */
const OF_THE_SANDBOX = /^dolphin (?:data download|sandbox)\b/
/** Answers other than 0, and why. */
const ANSWERS: readonly (readonly [command: RegExp, code: number, says: RegExp])[] = [
  [/^dolphin backtest .*--from 2026-01-01/, 2, /no day from 2026-01-01/],
  [/^dolphin live check/, 1, /orderBook/],
]

const JQ = `import { readFileSync } from 'node:fs'
const text = readFileSync(0, 'utf8')
try {
  JSON.parse(text)
} catch {
  for (const line of text.split('\\n')) if (line !== '') JSON.parse(line)
}
`

/** Recorded markets by the names that documents have for them, and the day that each has. */
const RECORDED_MARKETS = [
  ['market', '2026-01-05'],
  ['january', '2026-01-01'],
  ['february', '2026-02-01'],
  ['march', '2026-03-01'],
] as const

/** A strategy of one's own that observes, and wants nothing. */
const MINE = `export default {
  name: 'mine',
  observation: true,
  create: ({ id }) => ({ id, onBar: () => [], onEntryDropped() {}, onFill() {}, snapshot: () => null, restore() {} }),
}
`

interface Fence {
  readonly title: string
  readonly lines: readonly string[]
}

const world = mkdtempSync(join(tmpdir(), 'dolphin-documents-'))
const server: { child?: ChildProcess; port: number; sessions: number } = { port: 0, sessions: 0 }
let cluster: HazelcastCluster | undefined
const exchange: { child?: ChildProcess; opened?: OpenedSandbox } = {}

/** What `dolphin sandbox --json` says of itself. */
interface OpenedSandbox {
  readonly restUrl: string
  readonly apiKey: string
  readonly secret: string
  readonly token: string
}

beforeAll(async () => {
  if (hasHazelcast()) cluster = await startCluster(1)
  await makeWorld()
})

afterAll(async () => {
  for (const { child } of [server, exchange]) if (child !== undefined) await stop(child)
  await cluster?.end()
  rmSync(world, { recursive: true })
})

describe('every command in the documents works as it stands there', () => {
  it.each(fences())('$title', async ({ lines }) => {
    const place = mkdtempSync(join(world, 'fence-'))
    for (const entry of readdirSync(join(world, 'things'))) {
      cpSync(join(world, 'things', entry), join(place, entry), { recursive: true, verbatimSymlinks: true })
    }
    for (const line of lines) {
      if (cluster === undefined && OF_A_CLUSTER.test(line)) continue
      // Where a document makes days, it means a folder of its own.
      if (/^dolphin data build/.test(line)) rmSync(join(place, 'days'), { recursive: true, force: true })
      await runLine(line, place)
    }
  })
})

/** Runs one line in a shell, with `dolphin` and `jq` on its path. */
async function runLine(line: string, place: string): Promise<void> {
  if (/127\.0\.0\.1:8080|^dolphin operator/.test(line)) await serveSession()
  if (OF_AN_EXCHANGE.test(line)) await serveExchange()
  const command = pointedAt(line)
  if (GOES_ON.test(command)) {
    const { code, said } = await untilItStarts(command, place)
    expect([0, 130], `${line}\n${said}`).toContain(code)
    return
  }
  const { code, said } = await shell(command, place)
  const [, expected, says] = ANSWERS.find(([pattern]) => pattern.test(line)) ?? [line, 0, /^/]
  expect(code, `${line}\n${said}`).toBe(expected)
  expect(said).toMatch(says)
}

/** A document's line with its addresses at the port of this test's session, and markets of a size for a test. */
function pointedAt(line: string): string {
  const address = `127.0.0.1:${server.port}`
  // Made in full they would fill a disk: three days show the same.
  const member = cluster?.address.members[0] ?? ''
  const command = line
    .replace(OF_A_CLUSTER, `hazelcast://${member}`)
    .replaceAll('127.0.0.1:8080', address)
    .replace(/^(dolphin data synth .*--days) \d+/, '$1 3')
    .replace(/^(dolphin data synth .*--days) \d+(?=.* --liquidations)/, '$1 1')
    // There is one of that name already, for the lines that read it.
    .replace(/ --record market\/?/, ' --record recorded-now')
    .replace(/^(dolphin data download .*--to 2026-01-)31/, '$103')
    .replace(/ --exchange-at \S+/, '')
  if (OF_AN_EXCHANGE.test(line))
    return `${command} ${OF_THE_SANDBOX.test(line) ? '--at' : '--exchange-at'} ${exchange.opened!.restUrl}`
  return /^dolphin operator/.test(command) && !command.includes('--url')
    ? `${command} --url http://${address}`
    : command
}

function shell(command: string, cwd: string): Promise<{ code: number | null; said: string }> {
  return started(command, cwd).done
}

/** Starts a command that goes on, stops it with Ctrl-C when it has said its first word, and waits for its end. */
async function untilItStarts(command: string, cwd: string): Promise<{ code: number | null; said: string }> {
  const { child, done } = started(`exec ${command}`, cwd)
  const isLive = OF_AN_EXCHANGE.test(command) && !OF_BOOKS.test(command)
  let said = ''
  let isStopped = false
  for (const stream of [child.stdout, child.stderr]) {
    stream!.on('data', (chunk) => {
      said += chunk
      // A second Ctrl-C would end it as it stands.
      if (isStopped || (isLive && !BEGUN.test(said))) return
      isStopped = true
      child.kill('SIGINT')
    })
  }
  return done
}

function started(command: string, cwd: string) {
  const env = {
    ...process.env,
    PATH: `${join(world, 'bin')}:${process.env.PATH}`,
    DOLPHIN_OPERATOR_TOKEN: TOKEN,
    NO_COLOR: '1',
    ...(exchange.opened && {
      DOLPHIN_BINANCE_KEY: exchange.opened.apiKey,
      DOLPHIN_BINANCE_SECRET: exchange.opened.secret,
      DOLPHIN_SANDBOX_TOKEN: exchange.opened.token,
    }),
  }
  const child = spawn('bash', ['-o', 'pipefail', '-c', command], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      said += chunk
    })
  }
  const done = new Promise<{ code: number | null; said: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, said }))
  })
  return { child, done }
}

/** One session by the clock for all lines that look at a running system. */
async function serveSession(): Promise<void> {
  if (server.child !== undefined && server.child.exitCode === null) return
  server.port ||= await freePort()
  const { child } = started(
    `exec dolphin paper --days ${DAYS} --speed 10 --serve 127.0.0.1:${server.port} --out served-${server.sessions++}`,
    world,
  )
  server.child = child
  await new Promise<void>((resolve, reject) => {
    child.stderr!.on('data', (chunk) => {
      if (String(chunk).includes('tatus at http')) resolve()
    })
    child.once('close', (code) => reject(new Error(`the session ended with ${code} before it was served`)))
  })
}

/** One exchange for all lines that ask one. */
async function serveExchange(): Promise<void> {
  if (exchange.child !== undefined) return
  const { child } = started('exec dolphin sandbox --port 0 --symbols 12 --json', world)
  exchange.child = child
  exchange.opened = await new Promise<OpenedSandbox>((resolve, reject) => {
    child.stdout!.once('data', (chunk) => resolve(JSON.parse(String(chunk)) as OpenedSandbox))
    child.once('close', (code) => reject(new Error(`the sandbox ended with ${code} before it said where it is`)))
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = new Promise((resolve) => child.once('close', resolve))
  child.kill('SIGTERM')
  await closed
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
}

/** What the documents take for granted: days, factors, prices, a session under each of its names, and a few tools. */
async function makeWorld(): Promise<void> {
  const things = join(world, 'things')
  mkdirSync(join(things, 'days'), { recursive: true })
  for (const date of WORLD_DAYS) cpSync(join(DAYS, `${date}.parquet`), join(things, 'days', `${date}.parquet`))
  cpSync(join(ROOT, 'fixtures', 'factors-2025-05.csv'), join(things, 'factors.csv'))
  for (const shipped of ['fixtures', 'configs', 'specs']) symlinkSync(join(ROOT, shipped), join(things, shipped))
  mkdirSync(join(things, 'klines'))
  writeTidyTable(join(things, 'klines', 'prices.csv'), (await readDays(DAYS)).slice(0, 2))
  cpSync(join(ROOT, 'fixtures', 'status', statusFixture()), join(things, 'status.json'))
  const period = ['--from', WORLD_DAYS[0]!, '--to', WORLD_DAYS[0]!]
  const session = await dolphin(['paper', '--days', DAYS, ...period, '--quiet', '--out', join(things, 'run')])
  expect(session).toMatchObject({ code: 0 })
  const backtest = ['backtest', DAYS, ...period, '--quiet', '--trades', join(things, 'trades.csv')]
  expect(await dolphin(backtest)).toMatchObject({ code: 0 })
  for (const [name, start] of RECORDED_MARKETS) {
    const made = ['data', 'synth', '--out', join(world, name), '--days', '1', '--start', start, '--bars', '1440']
    const recording = ['--liquidations', '--recorded', 'BTCUSDT,ETHUSDT', '--recording', join(things, name)]
    expect(await dolphin([...made, '--assets', '4', ...recording, '--quiet'])).toMatchObject({ code: 0 })
  }
  writeFileSync(join(things, 'mine.js'), MINE)
  const key = join(things, 'certificate.key')
  writeFileSync(key, 'a'.repeat(64), { mode: 0o600 })
  const certificate = [
    'certify',
    join(things, 'days'),
    '--key-file',
    key,
    '--out',
    join(things, 'cert.json'),
    '--quiet',
  ]
  expect(await dolphin(certificate)).toMatchObject({ code: 0 })
  mkdirSync(join(world, 'bin'))
  tool('dolphin', `exec '${process.execPath}' '${MAIN}' "$@"`)
  // The documents use jq to pick a field; what it picks is not the question here, only that it is given JSON.
  tool('jq', `exec '${process.execPath}' '${join(world, 'bin', 'jq.mjs')}'`)
  writeFileSync(join(world, 'bin', 'jq.mjs'), JQ)
}

function tool(name: string, script: string): void {
  const path = join(world, 'bin', name)
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
}

function statusFixture(): string {
  const name = readdirSync(join(ROOT, 'fixtures', 'status')).find((file) => file.endsWith('.json'))
  if (name === undefined) throw new Error('fixtures/status has no document')
  return name
}

/** The fenced blocks with commands of ours, of the README and of every document. */
function fences(): Fence[] {
  const files = ['README.md', ...below('docs'), ...below('specs')]
  return files.flatMap((file) => {
    const blocks = readFileSync(join(ROOT, file), 'utf8').split(/^```.*$/m)
    return blocks.flatMap((block, index) => {
      if (index % 2 === 0) return []
      const lines = block.split('\n').flatMap(commandOf)
      return lines.length === 0 ? [] : [{ title: `${file}: ${lines[0]}`, lines }]
    })
  })
}

/** `dolphin …` without the prompt before it and the remark behind it. */
function commandOf(line: string): string[] {
  const command = line
    .replace(/^\$ /, '')
    .replace(/\s+#\s.*$|\s{2,}\S.*$/, '')
    .trim()
  return command.startsWith('dolphin ') && !command.includes('…') ? [command] : []
}

function below(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name))
    .sort()
}
