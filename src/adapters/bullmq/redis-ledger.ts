import type { Redis } from 'ioredis'
import { type FlowStore, StaleFence } from '../../ports/flow-store.js'
import {
  COLOURS,
  FLOWS,
  type FlowDate,
  type FlowEvent,
  type FlowKey,
  type FlowRecord,
  type FlowRow,
} from '../../ports/vocabulary/flows.js'

/** Names of what a key has in Redis. */
export function redisKeys({ flow, colour }: FlowKey) {
  const of = `dolphin:flows:${flow}:${colour}`
  return {
    /** Highest fence that was given or seen. */
    fence: `${of}:fence`,
    lease: `${of}:lease`,
    rows: `${of}:rows`,
    since: `${of}:since`,
    records: (stamp: string) => `${of}:records:${stamp}`,
  }
}

/** KEYS: fence, what is written. ARGV: fence of the writer, then as each needs. 0: stale. */
const FENCED = `
local seen = tonumber(redis.call('GET', KEYS[1]) or '0')
local fence = tonumber(ARGV[1])
if fence ~= 0 and fence < seen then return -seen end
if fence > seen then redis.call('SET', KEYS[1], ARGV[1]) end
`
const PUT = `${FENCED} redis.call('HSET', KEYS[2], ARGV[2], ARGV[3]) return 1`
const APPEND = `${FENCED} return redis.call('RPUSH', KEYS[2], ARGV[2])`

/** The ledger in Redis: each write and the check of its fence are one step there. A record's number is its place. */
export class RedisLedger implements FlowStore {
  constructor(private readonly redis: Redis) {}

  async rows(key: FlowKey): Promise<readonly FlowRow[]> {
    const rows = await this.redis.hgetall(redisKeys(key).rows)
    return Object.entries(rows)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([, row]) => JSON.parse(row) as FlowRow)
  }

  async allRows(): Promise<readonly FlowRow[]> {
    const keys = FLOWS.flatMap((flow) => COLOURS.map((colour) => ({ flow, colour })))
    return (await Promise.all(keys.map((key) => this.rows(key)))).flat()
  }

  since(key: FlowKey): Promise<string | null> {
    return this.redis.get(redisKeys(key).since)
  }

  async setSince(key: FlowKey, stamp: string): Promise<void> {
    await this.redis.setnx(redisKeys(key).since, stamp)
  }

  async put(row: FlowRow): Promise<void> {
    const { fence, rows } = redisKeys(row)
    const answer = await this.redis.eval(PUT, 2, fence, rows, row.fence, row.stamp, JSON.stringify(row))
    refuseStale(Number(answer), row.fence)
  }

  async records(date: FlowDate): Promise<readonly FlowRecord[]> {
    const lines = await this.redis.lrange(redisKeys(date).records(date.stamp), 0, -1)
    return lines.map((line, i) => ({ ...(JSON.parse(line) as FlowRecord), seq: i + 1 }))
  }

  async append(date: FlowDate, fence: number, atMs: number, event: FlowEvent): Promise<FlowRecord> {
    const keys = redisKeys(date)
    const line = JSON.stringify({ ...event, atMs })
    const answer = await this.redis.eval(APPEND, 2, keys.fence, keys.records(date.stamp), fence, line)
    refuseStale(Number(answer), fence)
    return { ...event, seq: Number(answer), atMs }
  }

  async close(): Promise<void> {
    // The connection is closed by whoever opened it.
  }
}

/** A stale writer is answered with the newest fence, negative. */
function refuseStale(answer: number, fence: number): void {
  if (answer > 0) return
  throw new StaleFence(`expected the turn ${-answer}, the newest, found ${fence}: another process has the turn`)
}
