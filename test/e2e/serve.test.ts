import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { StatusDocument } from '../../src/ports/vocabulary/status.generated.js'
import { writeShortDay } from '../support/short-days.js'
import { until } from '../support/until.js'
import { dolphin, MAIN, ROOT, temporaryFolder } from './dolphin.js'
import { patientConfig } from './patience.js'

const TOKEN = 'a-token-that-nobody-may-see-0123456789'
/** The session ends by its test alone: at fifty times real time its day takes nearly two minutes. */
const LASTING = 1_400
const folder = temporaryFolder()
const running: Served[] = []

/** A process of ours that serves its status, and what it said. */
class Served {
  private readonly child: ChildProcess
  private said = ''

  constructor(args: readonly string[], token = TOKEN, openFiles?: number) {
    const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '', DOLPHIN_OPERATOR_TOKEN: token }
    const limited = openFiles === undefined ? [] : ['prlimit', `--nofile=${openFiles}:${openFiles}`]
    const [program, ...words] = [...limited, process.execPath, MAIN, ...args]
    this.child = spawn(program!, words, { cwd: ROOT, env })
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream!.setEncoding('utf8').on('data', (text: string) => {
        this.said += text
      })
    }
    running.push(this)
  }

  get text(): string {
    return this.said
  }

  private get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null
  }

  async address(): Promise<string> {
    const said = () => /tatus at (http:\S+:\d+)/.exec(this.said)?.[1]
    await until(() => said() !== undefined || this.hasEnded)
    const address = said()
    if (address === undefined) throw new Error(`no address: ${this.said}`)
    return address
  }

  async status(): Promise<StatusDocument> {
    return await this.document<StatusDocument>('status')
  }

  async document<T>(name: 'status' | 'session'): Promise<T> {
    const answer = await fetch(`${await this.address()}/api/v1/${name}`)
    if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as T
  }

  async until(holds: (status: StatusDocument) => boolean): Promise<StatusDocument> {
    return await until(async () => {
      const status = await this.status()
      return holds(status) && status
    }, 100)
  }

  /** From now on it may write no file beyond so many bytes. */
  limitFiles(bytes: number): void {
    const { status, stderr } = spawnSync('prlimit', ['--pid', String(this.child.pid), `--fsize=${bytes}:unlimited`])
    if (status !== 0) throw new Error(`prlimit: ${stderr}`)
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    const { child } = this
    if (!this.hasEnded) {
      child.kill(signal)
      await once(child, 'close')
    }
    return child.exitCode
  }
}

let days = ''
beforeEach(async () => {
  days = join(folder.path, 'days')
  mkdirSync(days)
  await writeShortDay(days, { date: '2025-05-10', fromRow: 300, toRow: LASTING, stepMs: 5_000 })
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.end('SIGKILL')))
})

const switchFile = () => join(folder.path, 'kill-switch.json')
const session = (out: string, ...more: readonly string[]) =>
  new Served([
    ...['paper', '--days', days, '--vol-gate', '0', '--out', join(folder.path, out), '--quiet'],
    ...['--speed', '50', '--serve', '127.0.0.1:0', '--kill-switch', switchFile(), ...more],
  ])
const instruct = async (served: Served, command: string) =>
  dolphin(['operator', command, '--reason', 'a law', '--url', await served.address()], {
    env: { DOLPHIN_OPERATOR_TOKEN: TOKEN },
  })

describe('a paper session that serves its status', () => {
  it('keeps its contract, closes its position at a kill, is killed still when the next one starts, and trades again after a resume', async () => {
    const first = session('first')
    await first.until(({ trading_mode, open_position_count }) => trading_mode === 'Active' && open_position_count === 1)
    const url = `${await first.address()}/api/v1/status`
    // What it says of the position it says at one moment, and the position may have ended since it was asked for.
    const held = await until(async () => {
      const { position } = await first.document<{ readonly position: { readonly unrealizedPnlUsd: unknown } | null }>(
        'session',
      )
      return position !== null && position.unrealizedPnlUsd !== null && position
    }, 100)
    expect(held).toMatchObject({ direction: 'SHORT', unrealizedPnlUsd: expect.any(String) })
    expect(await dolphin(['status', 'validate', '--url', url])).toMatchObject({ code: 0 })
    expect(await (await fetch(await first.address())).text()).toContain('<title>')

    const killed = await instruct(first, 'kill')
    expect({ code: killed.code, stdout: killed.stdout }).toEqual({ code: 0, stdout: 'IN FORCE  kill: done\n' })
    expect(await first.status()).toMatchObject({ trading_mode: 'Kill', mode_reasons: ['KILL_OPERATOR'] })
    expect((await first.until((status) => status.open_position_count === 0)).open_position_count).toBe(0)
    expect(await dolphin(['status', 'validate', '--url', url])).toMatchObject({ code: 0 })
    expect(await first.end('SIGINT')).toBe(130)

    const second = session('second')
    const reconciled = await second.until(
      ({ requires_reconcile, ws_event_lag_ms }) => !requires_reconcile && ws_event_lag_ms !== null,
    )
    expect(reconciled).toMatchObject({ trading_mode: 'Kill', mode_reasons: ['KILL_OPERATOR'] })
    expect(await instruct(second, 'resume')).toMatchObject({ code: 0 })
    expect((await second.until(({ trading_mode }) => trading_mode === 'Active')).trading_mode).toBe('Active')
    expect([first.text, second.text, killed.stdout, killed.stderr].join('')).not.toContain(TOKEN)
  })

  it('is killed by a journal that cannot be written, and still when it starts on a sound disk, until a resume', async () => {
    const first = session('first')
    await first.until(({ trading_mode }) => trading_mode === 'Active')
    const journal = join(folder.path, 'first', 'journal', 'decision')
    const limit = Math.max(...readdirSync(journal).map((name) => statSync(join(journal, name)).size))
    first.limitFiles(limit)
    expect((await first.until(({ trading_mode }) => trading_mode === 'Kill')).mode_reasons).toContain('KILL_WAL_FAILED')
    await until(() => existsSync(switchFile()))
    expect(JSON.parse(readFileSync(switchFile(), 'utf8'))).toMatchObject({
      killed: true,
      reason: expect.stringMatching(/^EMERGENCY journal: .*journal-00000001\.log: EFBIG/),
    })
    await first.end('SIGKILL')

    const second = session('second')
    const reconciled = await second.until(
      ({ requires_reconcile, ws_event_lag_ms }) => !requires_reconcile && ws_event_lag_ms !== null,
    )
    expect(reconciled).toMatchObject({ trading_mode: 'Kill', mode_reasons: ['KILL_OPERATOR'] })
    expect(await instruct(second, 'resume')).toMatchObject({ code: 0 })
    expect((await second.until(({ trading_mode }) => trading_mode === 'Active')).trading_mode).toBe('Active')
  })

  it('is killed after SIGKILL when nobody can read whether it was', async () => {
    const first = session('first')
    await first.until(({ trading_mode }) => trading_mode === 'Active')
    await first.end('SIGKILL')
    writeFileSync(switchFile(), '{"schema":"dolphin.kill-switch/1","kil')
    const second = session('second', '--executor', 'process', '--execution', patientConfig(folder.path))
    expect(await second.status()).toMatchObject({ trading_mode: 'Kill', mode_reasons: ['KILL_OPERATOR'] })
    const { events } = await second.document<{ readonly events: readonly { readonly message: string }[] }>('session')
    expect(events.map(({ message }) => message)).toContain('kill: the kill switch is damaged')
    await second.until(({ link_state, requires_reconcile }) => link_state === 'LINK_OK' && !requires_reconcile)
    expect(await instruct(second, 'resume')).toMatchObject({ code: 0, stdout: 'IN FORCE  resume: done\n' })
    expect((await second.until(({ trading_mode }) => trading_mode === 'Active')).trading_mode).toBe('Active')
  })

  it('opens nothing in STAGING without a certificate', async () => {
    const staged = session('staged', '--environment', 'STAGING')
    const status = await staged.until(
      ({ requires_reconcile, ws_event_lag_ms }) => !requires_reconcile && ws_event_lag_ms !== null,
    )
    expect(status).toMatchObject({
      deployment_environment: 'STAGING',
      trading_mode: 'ReduceOnly',
      mode_reasons: ['REDUCEONLY_F1_CERT'],
      f1_cert_state: 'MISSING',
    })
  })
})

describe('an executor that serves its status', () => {
  const executor = (address = '127.0.0.1:0', token = TOKEN, openFiles?: number) =>
    new Served(
      [
        ...['executor', '--link', join(folder.path, 'link.sock'), '--exchange', join(folder.path, 'exchange.sock')],
        ...['--journal', join(folder.path, 'journal', 'execution'), '--serve', address],
      ],
      token,
      openFiles,
    )
  const killFile = () => join(folder.path, 'journal', 'kill-switch.json')

  it('warns where other machines can reach it, and takes no command without a token', async () => {
    const served = executor('0.0.0.0:0', '')
    await served.status()
    expect(served.text).toMatch(/read-only: no token.*\nWARNING: .* can be reached from other machines, unencrypted/)
    expect(await instruct(served, 'kill')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('REFUSED  kill: 403'),
    })
  })

  it('is killed by its owner although strangers hold 1300 connections and flood it, with 256 files and a full disk', async () => {
    const served = executor('127.0.0.1:0', TOKEN, 256)
    const address = await served.address()
    const strangers = Array.from({ length: 1_300 }, () => connect(Number(new URL(address).port), '127.0.0.1'))
    let isOver = false
    const flood = async () => {
      while (!isOver) await fetch(`${address}/api/v1/operator/flatten`, { method: 'POST' }).catch(() => {})
    }
    try {
      const settled = strangers.map((socket) => Promise.race([once(socket, 'connect'), once(socket, 'close')]))
      for (const socket of strangers) socket.on('error', () => {})
      await Promise.allSettled(settled)
      served.limitFiles(0)
      const floods = Array.from({ length: 16 }, flood)
      for (const command of ['kill', 'flatten', 'reduce-only', 'kill']) {
        expect(await instruct(served, command)).toMatchObject({
          code: 1,
          stdout: expect.stringMatching(/^IN FORCE, NOT/),
        })
      }
      isOver = true
      await Promise.all(floods)
    } finally {
      isOver = true
      for (const socket of strangers) socket.destroy()
    }
  })

  it('keeps its contract alone, and is killed still after SIGKILL, by its file as by its journal', async () => {
    const first = executor()
    expect(await first.status()).toMatchObject({
      trading_mode: 'ReduceOnly',
      strategy_id: 'executor',
      requires_reconcile: true,
    })
    const url = `${await first.address()}/api/v1/status`
    expect(await dolphin(['status', 'validate', '--url', url])).toMatchObject({ code: 0 })
    expect(await instruct(first, 'kill')).toMatchObject({ code: 0 })
    expect(await first.status()).toMatchObject({ trading_mode: 'Kill' })
    await first.end('SIGKILL')

    const second = executor()
    expect((await second.status()).mode_reasons).toEqual(['KILL_OPERATOR'])
    expect(await instruct(second, 'resume')).toMatchObject({ code: 0 })
    expect((await second.status()).trading_mode).toBe('ReduceOnly')
    await second.end('SIGKILL')

    writeFileSync(killFile(), '')
    expect((await executor().status()).mode_reasons).toEqual(['KILL_OPERATOR'])
  })
})

describe('what is over', () => {
  it('is served as a restart would find it, takes no command, and is never Active', async () => {
    const out = join(folder.path, 'over')
    const day = join(folder.path, 'day')
    mkdirSync(day)
    await writeShortDay(day, { date: '2025-05-10', fromRow: 300, toRow: 560, stepMs: 5_000 })
    await dolphin(['paper', '--days', day, '--vol-gate', '0', '--out', out, '--quiet'])
    const served = new Served(['serve', 'status', '--journal', out, '--serve', '127.0.0.1:0', '--quiet'])
    const status = await served.status()
    expect(status).toMatchObject({ trading_mode: 'ReduceOnly', requires_reconcile: true, last_scan_number: 259 })
    expect(status.open_permission_reason_codes).toContain('RESTART_RECONCILE_REQUIRED')
    const url = `${await served.address()}/api/v1/status`
    expect(await dolphin(['status', 'validate', '--url', url])).toMatchObject({ code: 0 })
    expect(await instruct(served, 'resume')).toMatchObject({ code: 1, stdout: expect.stringContaining('403') })
    const { trades } = await served.document<{ readonly trades: readonly unknown[] }>('session')
    expect(trades).toHaveLength(1)
    expect(await served.end('SIGTERM')).toBe(0)
  })
})

describe('refused', () => {
  it.each([
    [['paper', '--days', 'd', '--serve'], '--serve: needs a session by the clock'],
    [['paper', '--days', 'd', '--speed', '5', '--serve', '127.0.0.1'], '--serve: expected an address'],
    [['paper', '--days', 'd', '--speed', '5', '--serve', 'example.com:80'], '--serve: expected an address'],
    [['paper', '--days', 'd', '--environment', 'LIVE'], '--environment: LIVE is for dolphin trade'],
    [['paper', '--days', 'd', '--environment', 'live'], '--environment: expected DEV, PAPER, STAGING'],
    [['operator', 'kill', '--reason', ' '], '--reason: expected a text'],
    [['operator', 'kill', '--reason', 'x', '--url', 'nowhere'], '--url: expected an http address'],
    [['operator', 'kill', '--reason', 'x'], '--token-file: expected the operator token'],
  ])('%j', async (args, message) => {
    const { code, stderr } = await dolphin(args, { env: { DOLPHIN_OPERATOR_TOKEN: '' } })
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) })
  })

  it('says that nothing is known where nobody answers', async () => {
    const args = ['operator', 'kill', '--reason', 'x', '--url', 'http://127.0.0.1:1']
    const { code, stderr } = await dolphin(args, { env: { DOLPHIN_OPERATOR_TOKEN: TOKEN } })
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('is not known: look at /status') })
    expect(stderr).not.toContain(TOKEN)
  })

  it('says so too where an answer begins with success and breaks off, also as JSON', async () => {
    const server = createServer((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{"inForce":true,'))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const args = ['operator', 'kill', '--reason', 'x', '--url', url, '--json']
    const { code, stdout, stderr } = await dolphin(args, { env: { DOLPHIN_OPERATOR_TOKEN: TOKEN } })
    server.close()
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('is not known: look at /status') })
    expect(JSON.parse(stdout)).toMatchObject({ command: 'kill', inForce: null, durable: null })
  })
})
