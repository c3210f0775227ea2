/**
 * Hazelcast members on this machine, for tests, benches and `scripts/hazelcast.mjs`: the server's jar, its configuration, and
 * processes that can be killed one by one. Everything listens on 127.0.0.1 alone.
 */
import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/**
 * The eighth patch of the last line that runs on Java 8 and later; 5.4.0 needs Java 17 and has had no patch. From 5.5 on the
 * open-source server has no references and no locks.
 */
export const VERSION = '5.3.8'
const SHA256 = '025449efcb40418e626345d2b6011d8702ca72651b30d655edbd72e5324095f0'
export const CACHE = fileURLToPath(new URL('../node_modules/.cache/hazelcast', import.meta.url))
export const JAR = join(CACHE, `hazelcast-${VERSION}.jar`)
export const CLUSTER = 'dolphin'

/** Has Maven fetch the jar unless it is there, and holds it against its hash before it gets its name. */
export function fetchJar() {
  if (existsSync(JAR)) return JAR
  mkdirSync(CACHE, { recursive: true })
  const folder = mkdtempSync(join(CACHE, 'fetch-'))
  try {
    const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy'
    const artifact = `-Dartifact=com.hazelcast:hazelcast:${VERSION}:jar`
    execFileSync('mvn', ['-B', '-q', goal, artifact, `-DoutputDirectory=${folder}`], { stdio: ['ignore', 2, 2] })
    const fetched = join(folder, `hazelcast-${VERSION}.jar`)
    const found = createHash('sha256').update(readFileSync(fetched)).digest('hex')
    if (found !== SHA256) throw new Error(`hazelcast-${VERSION}.jar: expected SHA-256 ${SHA256}, found ${found}`)
    renameSync(fetched, JAR)
    return JAR
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Ports of this machine that nobody listens on, as its system chose them. */
export async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer())
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise((resolve, reject) => {
          server.once('error', reject)
          server.listen(0, '127.0.0.1', () => resolve(server.address().port))
        }),
    ),
  )
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

/** Writes the configuration of a cluster whose members listen on `ports`, and answers its path. */
export function writeConfiguration(
  folder,
  { ports, cluster = CLUSTER, streamCapacity = STREAM_CAPACITY, silentSeconds = 5 },
) {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'hazelcast.yaml')
  writeFileSync(path, configuration({ ports, cluster, streamCapacity, silentSeconds }))
  return path
}

/**
 * Starts a member, which ends with this process unless it is `detached`. `ready` resolves once it belongs to a cluster of
 * `members` and, where it is to have them, references can be used; it rejects, with the end of the log, when the member ends
 * before.
 */
export function startMember({ configurationPath, port, members, hasReferences, logFile, detached = false }) {
  const log = openSync(logFile, 'w')
  const java = [...JAVA, `-Dgrid.port=${port}`, `-Dhazelcast.config=${configurationPath}`, '-cp', JAR, MAIN]
  const child = detached
    ? spawn('java', java, { stdio: ['ignore', log, log], detached })
    : spawn('sh', ['-c', GUARDED, 'sh', ...java], { stdio: ['pipe', 'pipe', log] })
  closeSync(log)
  if (detached) child.unref()
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(`ended with ${signal ?? code}`))
  })
  const pid = detached
    ? Promise.resolve(child.pid)
    : new Promise((resolve) => child.stdout?.once('data', (text) => resolve(Number(text))))
  return { pid, ended, ready: () => untilReady({ ended, logFile, members, hasReferences }) }
}

/** Says the number of the process; when whoever holds the other end of the pipe has gone, however that was, kills it. */
const GUARDED = `
exec 3<&0
java "$@" 3<&- >&2 & member=$!
echo $member
{ read -r _ <&3; kill -9 $member; } 2>/dev/null & guard=$!
wait $member; code=$?
kill $guard 2>/dev/null
exit $code`

async function untilReady({ ended, logFile, members, hasReferences }) {
  let end
  ended.then((how) => {
    end = how
  })
  for (;;) {
    const text = readFileSync(logFile, 'utf8')
    const isComplete = text.includes(`Members {size:${members},`)
    const isReferring = !hasReferences || text.includes('CP Subsystem is initialized with')
    if (text.includes('is STARTED') && isComplete && isReferring) return
    if (end !== undefined) throw new Error(`the member ${end}:\n${text.split('\n').slice(-15).join('\n')}`)
    await setTimeout(25)
  }
}

/** Entries of 10 KB, every 5 s: of almost three hours, in 20 MB. */
const STREAM_CAPACITY = 2_000

const MAIN = 'com.hazelcast.core.server.HazelcastMemberStarter'

/** A small heap and a quick start: a member of a test holds megabytes, and lives for seconds. */
const JAVA = [
  ...['-Xms64m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.net.preferIPv4Stack=true'],
  ...['--add-modules', 'java.se', '--add-exports', 'java.base/jdk.internal.ref=ALL-UNNAMED'],
  ...['java.base/java.lang', 'java.base/sun.nio.ch', 'java.management/sun.management'].flatMap((place) => [
    '--add-opens',
    `${place}=ALL-UNNAMED`,
  ]),
  ...['--add-opens', 'jdk.management/com.sun.management.internal=ALL-UNNAMED'],
]

/**
 * Three members hold references and locks by majority. A member alone has them, too, as safe as it is itself. A client that
 * is silent for longer than a session lives has lost its locks.
 */
function configuration({ ports, cluster, streamCapacity, silentSeconds }) {
  const majority =
    ports.length < 3
      ? ''
      : `
    cp-member-count: 3
    group-size: 3
    raft-algorithm:
      leader-election-timeout-in-millis: 1000
      leader-heartbeat-period-in-millis: 1000
      max-missed-leader-heartbeat-count: 3`
  return `# Generated by scripts/hazelcast-members.mjs.
hazelcast:
  cluster-name: ${cluster}
  network:
    port: { port: "\${grid.port}", auto-increment: false }
    interfaces: { enabled: true, interfaces: [127.0.0.1] }
    join:
      auto-detection: { enabled: false }
      multicast: { enabled: false }
      tcp-ip: { enabled: true, member-list: [${ports.map((port) => `"127.0.0.1:${port}"`).join(', ')}] }
  cp-subsystem:
    session-time-to-live-seconds: 10
    session-heartbeat-interval-seconds: 2${majority}
  ringbuffer: { default: { capacity: ${streamCapacity}, backup-count: 1 } }
  map: { default: { backup-count: 1, metadata-policy: "OFF" } }
  metrics: { enabled: false }
  properties:
    hazelcast.phone.home.enabled: "false"
    # Without it a member listens on every interface, whatever \`interfaces\` says.
    hazelcast.socket.bind.any: "false"
    hazelcast.wait.seconds.before.join: "0"
    hazelcast.max.wait.seconds.before.join: "0"
    # A member that is silent for so long has left.
    hazelcast.heartbeat.interval.seconds: "1"
    hazelcast.max.no.heartbeat.seconds: "${silentSeconds}"
    # One that was silent and is back takes itself for the only one, until it looks for the others; by itself it does so after 300 s.
    hazelcast.merge.first.run.delay.seconds: "5"
    hazelcast.merge.next.run.delay.seconds: "5"
    # Near caches hear of every change at once, instead of within 10 s.
    hazelcast.map.invalidation.batch.enabled: "false"
`
}
