/**
 * A Hazelcast cluster on this machine, for a try or a small installation:
 *
 *     node scripts/hazelcast.mjs fetch                               the server, with Maven, into node_modules/.cache/hazelcast
 *     node scripts/hazelcast.mjs start [--members 1|3] [--port 5701]
 *     node scripts/hazelcast.mjs status
 *     node scripts/hazelcast.mjs stop
 *
 * Members listen on 127.0.0.1 alone, on the port and the ones after it, and go on when this process has ended. What they hold
 * goes with them.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { CACHE, CLUSTER, fetchJar, JAR, startMember, VERSION, writeConfiguration } from './hazelcast-members.mjs'

const RUN = join(CACHE, 'run')
/** Who runs, `{ port, pid, startedAt }` each: the start tells a process from another that was given its number later. */
const MEMBERS = join(RUN, 'members.json')

const COMMANDS = { fetch: fetchServer, start, stop, status }

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { members: { type: 'string', default: '1' }, port: { type: 'string', default: '5701' } },
})
const command = COMMANDS[positionals[0]]
if (command === undefined || positionals.length > 1) {
  console.error('usage: node scripts/hazelcast.mjs fetch | start [--members 1|3] [--port 5701] | status | stop')
  process.exitCode = 2
} else {
  await command().catch((error) => {
    console.error(error.message)
    process.exitCode = 1
  })
}

async function fetchServer() {
  console.log(fetchJar())
}

async function start() {
  const [count, port] = [Number(values.members), Number(values.port)]
  if (count !== 1 && count !== 3) throw new Error(`--members: expected 1 or 3, found ${values.members}`)
  if (!Number.isInteger(port) || port < 1 || port + count - 1 > 65_535) {
    throw new Error(`--port: expected a port from 1 to ${65_536 - count}, found ${values.port}`)
  }
  if (!existsSync(JAR)) throw new Error(`the server ${VERSION} is not here: node scripts/hazelcast.mjs fetch`)
  if (running().length > 0) throw new Error('members are running: node scripts/hazelcast.mjs stop')
  mkdirSync(RUN, { recursive: true })
  const ports = Array.from({ length: count }, (_, i) => port + i)
  const configurationPath = writeConfiguration(RUN, { ports })
  const started = []
  try {
    for (const [place, port] of ports.entries()) {
      const member = startMember({
        ...{ configurationPath, port, members: place === 0 ? 1 : count, hasReferences: place > 0, detached: true },
        logFile: join(RUN, `member-${port}.log`),
      })
      const pid = await member.pid
      if (pid === undefined) throw new Error(await member.ended)
      started.push({ ready: member.ready(), port, pid, startedAt: startOf(pid) })
      started.at(-1).ready.catch(() => {})
      // The first one alone: two that start at once may each found a cluster.
      if (place === 0) await started[0].ready
    }
    await Promise.all(started.map(({ ready }) => ready))
  } catch (error) {
    for (const { pid } of started) kill(pid, 'SIGKILL')
    throw error
  }
  writeFileSync(`${MEMBERS}.new`, JSON.stringify(started.map(({ port, pid, startedAt }) => ({ port, pid, startedAt }))))
  renameSync(`${MEMBERS}.new`, MEMBERS)
  console.log(`--grid hazelcast://${ports.map((port) => `127.0.0.1:${port}`).join(',')}/${CLUSTER}`)
}

async function stop() {
  const members = running()
  for (const { pid } of members) kill(pid, 'SIGTERM')
  // They say goodbye to each other, which takes a second; whoever has not gone after ten is gone without.
  for (let waits = 0; running().length > 0; waits++) {
    if (waits === 100) for (const { pid } of running()) kill(pid, 'SIGKILL')
    await setTimeout(100)
  }
  rmSync(MEMBERS, { force: true })
  console.log(members.length === 0 ? 'no member was running' : `stopped ${members.length}`)
}

async function status() {
  const members = running()
  for (const { port, pid } of members) console.log(`127.0.0.1:${port} runs as process ${pid}`)
  if (members.length === 0) console.log('no member is running')
  process.exitCode = members.length === 0 ? 1 : 0
}

function running() {
  if (!existsSync(MEMBERS)) return []
  return JSON.parse(readFileSync(MEMBERS, 'utf8')).filter(({ pid, startedAt }) => startOf(pid) === startedAt)
}

/** When a process was started, in ticks of the system; undefined when there is none. Where the system does not tell: 0. */
function startOf(pid) {
  if (!kill(pid, 0)) return undefined
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')[19])
  } catch {
    return 0
  }
}

/** Whether the process was there. */
function kill(pid, signal) {
  try {
    process.kill(pid, signal)
    return true
  } catch {
    return false
  }
}
