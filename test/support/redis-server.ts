import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from './until.js'

const isThere = spawnSync('redis-server', ['--version']).status === 0
if (!isThere && process.env.DOLPHIN_REQUIRE_REDIS === '1') {
  throw new Error('DOLPHIN_REQUIRE_REDIS=1, and there is no redis-server: node scripts/redis.mjs fetch')
}
if (!isThere) {
  process.stderr.write(
    'SKIPPED: suites with a real Redis: there is no redis-server (node scripts/redis.mjs fetch installs one)\n',
  )
}

/** Whether suites with a real Redis can run. */
export const HAS_REDIS = isThere

/** A Redis of a test's own, with an append-only file: it can be killed and started again on what it has kept. */
export class RedisServer {
  private readonly folder = mkdtempSync(join(tmpdir(), 'dolphin-redis-'))
  private child: ChildProcess | undefined

  private constructor(readonly port: number) {}

  /** @param options more of the server's own. */
  static async start(options: readonly string[] = []): Promise<RedisServer> {
    const server = new RedisServer(await freePort())
    await server.start(options)
    return server
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  async start(options: readonly string[] = []): Promise<void> {
    const own = ['--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction', '--save', '']
    const at = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder]
    this.child = spawn('redis-server', [...at, ...own, ...options], { stdio: 'ignore' })
    await until(() => this.answers())
  }

  /** As a power cut: nothing is written any more. */
  async kill(): Promise<void> {
    const { child } = this
    if (child === undefined) return
    this.child = undefined
    const closed = new Promise((resolve) => child.once('close', resolve))
    child.kill('SIGKILL')
    await closed
  }

  async stop(): Promise<void> {
    await this.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }

  private answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1', () => socket.write('PING\r\n'))
      socket.on('data', (data) => {
        resolve(data.toString().startsWith('+PONG'))
        socket.destroy()
      })
      socket.on('error', () => resolve(false))
    })
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
