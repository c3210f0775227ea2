import { randomUUID } from 'node:crypto'
import type { Queue, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Clock } from '../../ports/clock.js'
import {
  type FlowLease,
  type FlowScheduler,
  type FlowTurn,
  type HeldTurn,
  LEASE_SILENT_MS_MAX,
  type ScheduledFlow,
} from '../../ports/flow-scheduler.js'
import type { FlowKey, FlowSchedule } from '../../ports/vocabulary/flows.js'
import { redisKeys } from './redis-ledger.js'

export interface RedisSchedulerParts {
  readonly redis: Redis
  readonly clock: Clock
  /** `host:pid`. */
  readonly owner: string
  makeQueue(name: string): Queue
  makeWorker(name: string, work: () => Promise<void>): Worker
  readonly report: (error: unknown, key: FlowKey) => void
}

const BEAT_MS = 1_000
const BEAT_LATE_MS = 3_000
const LOOK_MS = 250

/** KEYS: lease, fence. ARGV: the holder, ms that the lease lives. 0: another has it. */
const TAKE = `
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local fence = redis.call('INCR', KEYS[2])
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. fence, 'PX', ARGV[2])
return fence`
/** KEYS: lease. ARGV: what it must say, ms that it lives on. 0: it is another's, or gone. */
const KEEP = `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end return redis.call('PEXPIRE', KEYS[1], ARGV[2])`
const LET_GO = `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end return redis.call('DEL', KEYS[1])`

/**
 * Turns by BullMQ: a queue for each key, of which one job at a time is worked on among all machines, and a job scheduler in UTC. Whoever
 * works on a job, or asks by hand, holds a lease in Redis that lives 4 s beyond its last sign of life; the job of a worker that died is
 * given to another by then.
 */
export class RedisScheduler implements FlowScheduler {
  private readonly queues: Queue[] = []
  private readonly workers: Worker[] = []
  private readonly held = new Set<RedisTurn>()
  private readonly stopping = new AbortController()

  constructor(private readonly parts: RedisSchedulerParts) {}

  async start(flows: readonly ScheduledFlow[], turn: (turn: FlowTurn) => Promise<void>): Promise<void> {
    for (const flow of flows) {
      const name = `flow-${flow.flow}-${flow.colour}`
      const queue = this.parts.makeQueue(name)
      this.queues.push(queue)
      await queue.setGlobalConcurrency(1)
      await queue.upsertJobScheduler(name, { pattern: patternOf(flow.schedule), tz: 'UTC' }, { name: 'due' })
      await queue.add('start', {})
      this.workers.push(this.parts.makeWorker(name, () => this.work(flow, turn)))
    }
  }

  async acquire(key: FlowKey, { waitMs = 0 }: { readonly waitMs?: number } = {}): Promise<HeldTurn | FlowLease> {
    const { clock } = this.parts
    const giveUpMs = clock.nowMs() + waitMs
    for (;;) {
      const taken = await this.take(key)
      if (taken.kind === 'held' || clock.nowMs() >= giveUpMs) return taken
      await clock.sleep(Math.min(LOOK_MS, Math.max(1, giveUpMs - clock.nowMs())))
    }
  }

  async lease(key: FlowKey): Promise<FlowLease | null> {
    const text = await this.parts.redis.get(redisKeys(key).lease)
    return text === null ? null : leaseOf(text)
  }

  async stop(): Promise<void> {
    this.stopping.abort()
    await Promise.all(this.workers.splice(0).map((worker) => worker.close()))
    await Promise.all(this.queues.splice(0).map((queue) => queue.close()))
    for (const turn of this.held) await turn.release()
  }

  /** A job: a turn, once whoever has the lease lets go of it. */
  private async work(flow: ScheduledFlow, give: (turn: FlowTurn) => Promise<void>): Promise<void> {
    const { clock, report } = this.parts
    const { signal } = this.stopping
    while (!signal.aborted) {
      const turn = await this.take(flow)
      if (turn.kind === 'busy') {
        await clock.sleep(LOOK_MS, signal).catch(() => undefined)
        continue
      }
      try {
        await give(turn)
      } catch (error) {
        report(error, flow)
      } finally {
        await turn.release()
      }
      // Whoever was too slow to show that it lives has left something undone, and perhaps nobody else is there to do it.
      if (!turn.lost.aborted) return
    }
  }

  private async take(key: FlowKey): Promise<HeldTurn | FlowLease> {
    const { redis, owner, clock } = this.parts
    const { lease, fence: counter } = redisKeys(key)
    const holder = `${owner} ${randomUUID()}`
    const fence = Number(await redis.eval(TAKE, 2, lease, counter, holder, LEASE_SILENT_MS_MAX))
    if (fence === 0) {
      const text = await redis.get(lease)
      return text === null ? { kind: 'busy', owner: 'unknown', fence: 0 } : leaseOf(text)
    }
    const turn = new RedisTurn(
      { ...key, fence, owner },
      { redis, clock, lease, text: `${holder} ${fence}`, ended: (over) => this.held.delete(over) },
    )
    this.held.add(turn)
    return turn
  }
}

function patternOf(schedule: FlowSchedule): string {
  if (schedule.kind === 'hours') return `0 */${schedule.every} * * *`
  const [hours, minutes] = schedule.at.split(':').map(Number)
  return `${minutes} ${hours} * * *`
}

/** `host:pid id fence`. */
function leaseOf(text: string): FlowLease {
  const [owner, , fence] = text.split(' ')
  return { kind: 'busy', owner: owner!, fence: Number(fence) }
}

/** A turn of this process, for as long as it can say so. */
class RedisTurn implements HeldTurn {
  readonly kind = 'held'
  readonly flow: FlowKey['flow']
  readonly colour: FlowKey['colour']
  readonly fence: number
  readonly owner: string
  private readonly losing = new AbortController()
  private readonly over = new AbortController()
  private readonly beating: Promise<void>

  constructor(
    { flow, colour, fence, owner }: FlowKey & { readonly fence: number; readonly owner: string },
    private readonly at: {
      readonly redis: Redis
      readonly clock: Clock
      readonly lease: string
      readonly text: string
      ended(turn: RedisTurn): void
    },
  ) {
    this.flow = flow
    this.colour = colour
    this.fence = fence
    this.owner = owner
    this.beating = this.beat()
  }

  get lost(): AbortSignal {
    return this.losing.signal
  }

  async release(): Promise<void> {
    const { redis, lease, text, ended } = this.at
    this.over.abort()
    await this.beating
    ended(this)
    // One that nobody lets go of ends by itself.
    await redis.eval(LET_GO, 1, lease, text).catch(() => undefined)
  }

  private async beat(): Promise<void> {
    const { redis, clock, lease, text } = this.at
    const { signal } = this.over
    let lastMs = clock.nowMs()
    while (!signal.aborted) {
      await clock.sleep(BEAT_MS, signal).catch(() => undefined)
      if (signal.aborted) return
      if (clock.nowMs() - lastMs > BEAT_LATE_MS) return this.losing.abort('it gave no sign of life in time')
      const askedMs = clock.nowMs()
      const kept = redis.eval(KEEP, 1, lease, text, LEASE_SILENT_MS_MAX).catch(() => undefined)
      const late = clock.sleep(BEAT_LATE_MS - (askedMs - lastMs), signal).catch(() => undefined)
      const answer = await Promise.race([kept, late.then(() => 'late')])
      if (answer === 0) return this.losing.abort('another has it')
      if (answer === 1) lastMs = askedMs
    }
  }
}
