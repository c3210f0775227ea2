/**
 * A Redis of its own for tests, on this machine alone:
 *
 *     node scripts/redis.mjs fetch                              installs redis-server where it is missing (Debian, as root)
 *     node scripts/redis.mjs start [--port 6399] [--dir DIR]    with an append-only file and noeviction, until it is stopped
 *     node scripts/redis.mjs status [--port 6399]
 *     node scripts/redis.mjs stop [--port 6399]
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const CACHE = fileURLToPath(new URL('../node_modules/.cache/redis', import.meta.url))

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { port: { type: 'string', default: '6399' }, dir: { type: 'string' } },
})
const port = Number(values.port)
const COMMANDS = { fetch: fetchServer, start, stop, status }
const command = COMMANDS[positionals[0]]
if (command === undefined || !Number.isInteger(port)) {
  console.error('usage: node scripts/redis.mjs fetch | start [--port 6399] [--dir DIR] | status | stop')
  process.exit(2)
}
process.exitCode = await command()

async function fetchServer() {
  if (version() !== undefined) return told(version())
  const apt = { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  spawnSync('apt-get', ['update', '-qq'], apt)
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'redis-server'], apt)
  const installed = version()
  if (installed !== undefined) return told(installed)
  console.error('redis-server could not be installed: install it by hand (apt-get install redis-server)')
  return 1
}

async function start() {
  if ((await ask('PING')) !== undefined) {
    console.error(`there is something at port ${port} already`)
    return 1
  }
  const dir = values.dir ?? join(CACHE, String(port))
  mkdirSync(dir, { recursive: true })
  const options = [
    '--bind',
    '127.0.0.1',
    '--dir',
    dir,
    '--appendonly',
    'yes',
    '--maxmemory-policy',
    'noeviction',
    '--save',
    '',
  ]
  const child = spawn('redis-server', ['--port', String(port), ...options], { detached: true, stdio: 'ignore' })
  child.unref()
  let failure
  child.on('error', (error) => {
    failure = error
  })
  while ((await ask('PING')) !== '+PONG') {
    if (failure !== undefined || child.exitCode !== null) {
      console.error(`redis-server has not started: ${failure?.message ?? `exit code ${child.exitCode}`}`)
      return 1
    }
    await sleep(20)
  }
  return told(`redis://127.0.0.1:${port}`)
}

async function status() {
  const isThere = (await ask('PING')) === '+PONG'
  console.log(isThere ? `redis://127.0.0.1:${port}` : 'not there')
  return isThere ? 0 : 1
}

async function stop() {
  await ask('SHUTDOWN NOSAVE')
  return 0
}

function version() {
  const asked = spawnSync('redis-server', ['--version'], { encoding: 'utf8' })
  return asked.status === 0 ? asked.stdout.trim() : undefined
}

function told(text) {
  console.log(text)
  return 0
}

/** The first line of the answer to a command; undefined: there is nobody. */
function ask(text) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${text}\r\n`))
    socket.setEncoding('utf8')
    socket.on('data', (answer) => {
      resolve(answer.split('\r\n')[0])
      socket.destroy()
    })
    socket.on('error', () => resolve(undefined))
    socket.on('close', () => resolve(undefined))
  })
}
