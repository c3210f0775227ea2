import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRedisFlows } from '../../../src/adapters/bullmq/redis-flows.js'
import { redisKeys } from '../../../src/adapters/bullmq/redis-ledger.js'
import { systemClock } from '../../../src/adapters/clock/system-clock.js'
import type { HeldTurn } from '../../../src/ports/flow-scheduler.js'
import { StaleFence } from '../../../src/ports/flow-store.js'
import type { FlowDate } from '../../../src/ports/vocabulary/flows.js'
import { flowSchedulerContract } from '../../ports/flow-scheduler-contract.js'
import { flowRow, flowStoreContract } from '../../ports/flow-store-contract.js'
import { HAS_REDIS, RedisServer } from '../../support/redis-server.js'
import { until } from '../../support/until.js'

const DATE: FlowDate = { flow: 'paper-day', colour: 'blue', stamp: '2026-03-21' }
const parts = { clock: systemClock, report: () => {} }

describe.skipIf(!HAS_REDIS)('flows of several machines, over a real Redis', () => {
  let server: RedisServer
  let databases = 0

  beforeAll(async () => {
    server = await RedisServer.start(['--databases', '64'])
  })
  afterAll(() => server.stop())

  /** An empty ledger. */
  function place() {
    const url = `${server.url}/${databases++}`
    return { open: () => openRedisFlows(url, parts) }
  }

  flowStoreContract('Redis', () => {
    const at = place()
    return {
      async open() {
        const { store, close } = await at.open()
        store.close = close
        return store
      },
    }
  })
  flowSchedulerContract('Redis', place)

  it('a turn that ran out writes nothing any more', async () => {
    const at = place()
    const [old, now] = [await at.open(), await at.open()]
    const turn = (await old.scheduler.acquire(DATE)) as HeldTurn
    await turn.release()
    const next = (await now.scheduler.acquire(DATE)) as HeldTurn
    await expect(old.store.put(flowRow({ fence: turn.fence, status: 'SUCCESS' }))).rejects.toThrow(StaleFence)
    expect(await now.store.rows(DATE)).toEqual([])
    await next.release()
    for (const open of [old, now]) await open.close()
  })

  it('a scheduled turn that was lost is given again: something may be left undone', async () => {
    const at = place()
    const { scheduler, close } = await at.open()
    const redis = new Redis(`${server.url}/${databases - 1}`)
    const fences: number[] = []
    await scheduler.start([{ ...DATE, schedule: { kind: 'daily', at: '00:05', catchUp: 'all' } }], async (turn) => {
      fences.push(turn.fence)
      if (fences.length > 1) return
      await redis.del(redisKeys(DATE).lease)
      await until(() => turn.lost.aborted)
    })
    await until(() => fences.length === 2)
    expect(fences[1]).toBeGreaterThan(fences[0]!)
    redis.disconnect()
    await close()
  })

  it('schedules are known once, however often a scheduler starts, and are of UTC', async () => {
    const at = place()
    for (let start = 0; start < 2; start++) {
      const { scheduler, close } = await at.open()
      await scheduler.start([{ ...DATE, schedule: { kind: 'daily', at: '00:05', catchUp: 'all' } }], async () => {})
      await close()
    }
    const redis = new Redis(`${server.url}/${databases - 1}`)
    expect(await redis.zcard('dolphin:flow-paper-day-blue:repeat')).toBe(1)
    const nextMs = Number((await redis.zrange('dolphin:flow-paper-day-blue:repeat', '0', '0', 'WITHSCORES'))[1])
    expect(new Date(nextMs).toISOString()).toMatch(/T00:05:00\.000Z$/)
    redis.disconnect()
  })
})

describe.skipIf(!HAS_REDIS)('a broker that is killed', () => {
  it('and started again has lost no date, and the turn of before is held or lost, but never another’s as well', async () => {
    const server = await RedisServer.start()
    const { store, scheduler, close } = await openRedisFlows(server.url, parts)
    const turn = (await scheduler.acquire(DATE)) as HeldTurn
    await store.put(flowRow({ fence: turn.fence }))
    await store.append(DATE, turn.fence, 1, { kind: 'FLOW_STARTED' })
    await server.kill()
    const writing = store.append(DATE, turn.fence, 2, { kind: 'TASK_FAILED', task: 'load_day' })
    await server.start()
    await writing
    expect(await store.rows(DATE)).toEqual([flowRow({ fence: turn.fence })])
    expect((await store.records(DATE)).map(({ kind }) => kind)).toEqual(['FLOW_STARTED', 'TASK_FAILED'])
    const other = await openRedisFlows(server.url, parts)
    const next = await other.scheduler.acquire(DATE, { waitMs: turn.lost.aborted ? 600_000 : 0 })
    expect(next.kind === 'held').toBe(turn.lost.aborted)
    if (next.kind === 'held') await next.release()
    await turn.release()
    await close()
    await other.close()
    await server.stop()
  })

  it('and stays away takes the turn with it', async () => {
    const server = await RedisServer.start()
    const { scheduler, close } = await openRedisFlows(server.url, parts)
    const turn = (await scheduler.acquire(DATE)) as HeldTurn
    await server.kill()
    await until(() => turn.lost.aborted)
    await server.start()
    await turn.release()
    await close()
    await server.stop()
  })
})

describe.skipIf(!HAS_REDIS)('a Redis that would not keep what it is told', () => {
  it.each([
    [['--appendonly', 'no'], 'expected appendonly yes, found no: without it a restart of Redis forgets all dates'],
    [
      ['--maxmemory-policy', 'allkeys-lru'],
      'expected maxmemory-policy noeviction, found allkeys-lru: it could drop dates',
    ],
  ])('%j is refused', async (options, message) => {
    const server = await RedisServer.start(options)
    await expect(openRedisFlows(server.url, parts)).rejects.toThrow(message)
    await server.stop()
  })
})

it('a Redis that is not there is an error, and shows no password', async () => {
  const opening = openRedisFlows('redis://who:secret@127.0.0.1:1/3', parts)
  await expect(opening).rejects.toThrow(/^redis:\/\/127\.0\.0\.1:1\/3: there is no Redis to be had/)
})

it.each(['http://127.0.0.1', 'redis://', 'nothing'])('%s is refused', async (url) => {
  await expect(openRedisFlows(url, parts)).rejects.toThrow('--redis: expected redis://host:port')
})
