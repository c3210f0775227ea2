import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * How long an owner's kill takes while strangers do what they can to keep it out: `tsx bench/owner.ts [kills]`, after
 * `npm run build`. A paper session runs under `ulimit -n 256`; strangers are processes of their own, of the least priority, since
 * those of other machines would take none of this one's time. Every kill comes over a connection of its own, and its time runs
 * from the connection's begin to the answer's last byte.
 */
const TOKEN = 'a-token-of-this-bench-0123456789abcdef'
const KILLS = Number(process.argv[2] ?? 200)
const IDLE = 1_300
const FLOOD_CLIENTS = 64
const OPEN_FILES = 256
const TARGET_MS = 100
const SELF = fileURLToPath(import.meta.url)
const ROOT = fileURLToPath(new URL('..', import.meta.url))

type Stranger = 'idle' | 'post' | 'get'

const SCENES: readonly {
  readonly name: string
  readonly strangers: readonly Stranger[]
  readonly isDiskFull?: true
}[] = [
  { name: 'nobody else', strangers: [] },
  { name: `${IDLE} idle connections, opened again when closed`, strangers: ['idle'] },
  { name: `a flood of orders without a token, ${FLOOD_CLIENTS} at once`, strangers: ['post'] },
  { name: `a flood of reads, ${FLOOD_CLIENTS} at once`, strangers: ['get'] },
  { name: 'all of it, and a full disk', strangers: ['idle', 'post', 'get'], isDiskFull: true },
]

const [, , role, port] = process.argv
if (port !== undefined && process.send !== undefined) await stranger(role as Stranger, Number(port))
else for (const scene of SCENES) await play(scene)

async function play({ name, strangers, isDiskFull }: (typeof SCENES)[number]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'dolphin-owner-'))
  const session = spawn(
    'sh',
    [
      ...['-c', `ulimit -n ${OPEN_FILES}; exec "$0" "$@"`, process.execPath, join(ROOT, 'dist', 'cli', 'main.js')],
      ...['paper', '--days', join(ROOT, 'fixtures', 'days'), '--speed', '20', '--serve', '127.0.0.1:0'],
      ...['--out', join(folder, 'session'), '--quiet'],
    ],
    { env: { ...process.env, DOLPHIN_OPERATOR_TOKEN: TOKEN, NO_COLOR: '1' } },
  )
  const others: ChildProcess[] = []
  try {
    const at = await portOf(session)
    for (const each of strangers) {
      const other = fork(SELF, [each, String(at)])
      others.push(other)
      await once(other, 'message')
    }
    if (isDiskFull) spawnSync('prlimit', ['--pid', String(session.pid), '--fsize=0:unlimited'])
    const takenMs: number[] = []
    let lost = 0
    for (let kill = 0; kill < KILLS; kill++) {
      const startedMs = performance.now()
      const isTaken = await killed(at)
      takenMs.push(performance.now() - startedMs)
      if (!isTaken) lost++
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    takenMs.sort((a, b) => a - b)
    const at99 = takenMs[Math.ceil(takenMs.length * 0.99) - 1]!
    const figures = `p50 ${takenMs[takenMs.length >> 1]!.toFixed(1)} ms, p99 ${at99.toFixed(1)} ms, worst ${takenMs.at(-1)!.toFixed(1)} ms`
    console.log(`${name}: ${KILLS} kills, ${lost} lost; ${figures} (target: p99 ${TARGET_MS} ms)`)
  } finally {
    for (const other of others) other.kill('SIGKILL')
    session.kill('SIGKILL')
    await once(session, 'close')
    rmSync(folder, { recursive: true, force: true })
  }
}

function portOf(session: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = ''
    session.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said += text
      const found = /tatus at http:\S+:(\d+)/.exec(said)?.[1]
      if (found !== undefined) resolve(Number(found))
    })
    session.on('close', () => reject(new Error(`the session ended: ${said}`)))
  })
}

/** Whether the kill was in force by the server's own word. */
function killed(at: number): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
    const options = {
      host: '127.0.0.1',
      port: at,
      path: '/api/v1/operator/kill',
      method: 'POST',
      headers,
      agent: false,
    }
    const asked = request(options, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve(text.includes('"inForce":true')))
      response.on('error', () => resolve(false))
    })
    asked.setTimeout(10_000, () => asked.destroy(new Error('no answer')))
    asked.on('error', () => resolve(false))
    asked.end('{"reason":"bench"}')
  })
}

/** What a process of strangers does until it is ended. */
async function stranger(role: Stranger, at: number): Promise<void> {
  setPriority(19)
  if (role === 'idle') for (let i = 0; i < IDLE; i++) hold(at)
  else for (let i = 0; i < FLOOD_CLIENTS; i++) void ask(at, role)
  setTimeout(() => process.send!('ready'), 2_000)
}

/** An idle connection, opened again a while after it was closed. */
function hold(at: number): void {
  const socket = connect(at, '127.0.0.1')
  socket.on('error', () => {})
  socket.on('close', () => setTimeout(() => hold(at), 500 + Math.random() * 1_000))
}

async function ask(at: number, role: Stranger): Promise<void> {
  const agent = new Agent({ keepAlive: role === 'get', maxSockets: 1 })
  const [method, path] = role === 'post' ? ['POST', '/api/v1/operator/flatten'] : ['GET', '/api/v1/status']
  for (;;) {
    await new Promise<void>((resolve) => {
      const asked = request({ host: '127.0.0.1', port: at, path, method, agent }, (response) => {
        response.resume().on('close', resolve)
      })
      asked.on('error', () => setTimeout(resolve, 10))
      asked.end()
    })
  }
}
