import { hostname } from 'node:os'
import type { Redis } from 'ioredis'
import { SurroundingsFailed } from '../../base/mistakes.js'
import { reason } from '../../files/reason.js'
import type { Clock } from '../../ports/clock.js'
import type { FlowScheduler } from '../../ports/flow-scheduler.js'
import type { FlowStore } from '../../ports/flow-store.js'
import type { FlowKey } from '../../ports/vocabulary/flows.js'
import { RedisLedger } from './redis-ledger.js'
import { RedisScheduler } from './redis-scheduler.js'
import { loadRedisClients, type RedisAddress, redisAddress } from './redis-url.js'

export interface RedisFlows {
  readonly store: FlowStore
  readonly scheduler: FlowScheduler
  close(): Promise<void>
}

const CONNECT_MS_MAX = 1_000
/** A broker that is started anew is back in a second or two; whoever waits longer is told. */
const COMMAND_MS_MAX = 15_000
/** With the check each 1.5 s, the job of a worker that died is another's within 5 s. */
const LOCK_MS = 3_000
const STALLED_MS = 1_500

/**
 * Schedules, turns and the ledger in a Redis that several machines share, by BullMQ. A Redis that could lose what it was told is refused.
 *
 * @throws InputMistake when the URL is none; SurroundingsFailed when there is no Redis, or none that keeps what it is told.
 */
export async function openRedisFlows(
  url: string,
  { clock, report }: { readonly clock: Clock; readonly report: (error: unknown, key: FlowKey) => void },
): Promise<RedisFlows> {
  const address = redisAddress(url)
  const { Queue, Worker, Redis } = await loadRedisClients()
  await checkRedis(new Redis({ ...address.options, ...ONCE }), address)
  const lasting = { ...address.options, retryStrategy: (times: number) => Math.min(100 * times, 1_000) }
  const redis = new Redis({ ...lasting, maxRetriesPerRequest: null, commandTimeout: COMMAND_MS_MAX })
  // It is tried again and again; whoever waits for a command is told of it.
  redis.on('error', () => {})
  const connection = { ...lasting, maxRetriesPerRequest: null }
  const scheduler = new RedisScheduler({
    ...{ redis, clock, report, owner: `${hostname()}:${process.pid}` },
    makeQueue(name) {
      const queue = new Queue(name, { connection, prefix: PREFIX, defaultJobOptions: FORGOTTEN })
      queue.on('error', () => {})
      return queue
    },
    makeWorker(name, work) {
      const worker = new Worker(name, work, {
        ...{ connection, prefix: PREFIX, concurrency: 1, maxStalledCount: Number.MAX_SAFE_INTEGER },
        ...{ lockDuration: LOCK_MS, stalledInterval: STALLED_MS },
      })
      worker.on('error', () => {})
      return worker
    },
  })
  const store = new RedisLedger(redis)
  return {
    store,
    scheduler,
    async close() {
      await scheduler.stop()
      redis.disconnect()
    },
  }
}

const PREFIX = 'dolphin'
const FORGOTTEN = { removeOnComplete: { count: 20 }, removeOnFail: { count: 20 } }
const ONCE = {
  ...{ lazyConnect: true, connectTimeout: CONNECT_MS_MAX, maxRetriesPerRequest: 0, enableOfflineQueue: false },
  retryStrategy: () => null,
}

/** Asked once, so that a Redis that is not there is an error and no wait. */
async function checkRedis(redis: Redis, { shown }: RedisAddress): Promise<void> {
  let first: unknown
  redis.on('error', (error) => {
    first ??= error
  })
  const refused = (message: string, hint: string) => new SurroundingsFailed({ place: shown, message }, { hint })
  try {
    await redis.connect()
    const info = `${await redis.info('persistence')}\n${await redis.info('memory')}`
    if (!/^aof_enabled:1\s*$/m.test(info)) {
      const hint = 'redis-cli config set appendonly yes, and appendonly yes in its configuration.'
      throw refused('expected appendonly yes, found no: without it a restart of Redis forgets all dates', hint)
    }
    const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1]
    if (policy !== 'noeviction') {
      const hint = 'redis-cli config set maxmemory-policy noeviction, and the same in its configuration.'
      throw refused(`expected maxmemory-policy noeviction, found ${policy ?? 'none'}: it could drop dates`, hint)
    }
  } catch (error) {
    if (error instanceof SurroundingsFailed) throw error
    const hint = 'Is it running, and is the address right? Without --redis one machine needs none.'
    throw refused(`there is no Redis to be had: ${reason(first ?? error)}`, hint)
  } finally {
    redis.disconnect()
  }
}
