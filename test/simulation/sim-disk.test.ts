import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Xoshiro128 } from '../../src/core/numeric/xoshiro128.js'
import { EventQueue } from './event-queue.js'
import { FaultBoard } from './fault-board.js'
import type { Fault, FaultKind } from './fault-plan.js'
import { SimDisk } from './sim-disk.js'

interface Written {
  readonly disk: SimDisk<ReturnType<typeof record>>
  readonly queue: EventQueue
  readonly told: string[]
  run(forMs: number): void
  open(): number[]
}

function record(n: number) {
  return { n, atMs: n, inputs: '', type: 'TEST', text: 'x'.repeat(n % 50) }
}

function written(...kinds: readonly FaultKind[]): Written {
  const queue = new EventQueue(0)
  const plan = kinds.map((kind, id): Fault => ({ id, kind, atMs: 0, forMs: 1_000, amount: 400, side: 'execution' }))
  const faults = new FaultBoard(1, plan, queue, { begun: () => undefined, over: () => undefined })
  const disk = new SimDisk<ReturnType<typeof record>>('execution', 1, queue, faults)
  const told: string[] = []
  const open = () =>
    disk
      .open({
        durable: (records) => told.push(`durable ${records}`),
        failed: (message) => told.push(message),
        pressure: (full) => told.push(full ? 'full' : 'drained'),
      })
      .map(({ n }) => n)
  const run = (forMs: number) => {
    const untilMs = queue.nowMs + forMs
    for (;;) if (!queue.step(untilMs)) return
  }
  return { disk, queue, told, run, open }
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

test('after a crash a prefix is left that has everything that was called durable', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ lines: fc.integer({ min: 1, max: 30 }), waitMs: fc.integer({ min: 0, max: 6 }) }), {
        maxLength: 12,
      }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (writes, tornShare) => {
        const { disk, told, run, open } = written()
        open()
        let appended = 0
        for (const { lines, waitMs } of writes) {
          for (let line = 0; line < lines; line++) disk.append(record(++appended))
          run(waitMs)
        }
        const durable = Number(
          told
            .filter((one) => one.startsWith('durable'))
            .at(-1)
            ?.slice(8) ?? 0,
        )
        disk.crash(tornShare)
        const left = open()
        expect(left).toEqual(upTo(left.length))
        expect(left.length).toBeGreaterThanOrEqual(durable)
        expect(left.length).toBeLessThanOrEqual(appended)
      },
    ),
  )
})

test('a journal goes on over segments and restarts', () => {
  const { disk, run, open } = written()
  open()
  for (let n = 1; n <= 3_000; n++) {
    disk.append(record(n))
    if (n % 50 === 0) run(5)
    if (n % 1_000 === 0) {
      disk.crash(0)
      expect(open()).toEqual(upTo(n))
    }
  }
})

test('a flipped bit before the last write is refused wherever it is', () => {
  const { disk, run, open } = written()
  open()
  for (let n = 1; n <= 300; n++) {
    disk.append(record(n))
    run(5)
  }
  const random = new Xoshiro128(5)
  for (let flip = 0; flip < 500; flip++) disk.flipBit(random)
  disk.crash(0)
  expect(open()).toEqual(upTo(300))
})

test.each<FaultKind>(['disk-full', 'disk-fsync-failure'])(
  '%s is told once, and nothing is durable after it',
  (kind) => {
    const { disk, told, run, open } = written(kind)
    open()
    for (let n = 1; n <= 10; n++) {
      run(200)
      disk.append(record(n))
    }
    run(100)
    expect(told).toEqual([kind === 'disk-full' ? 'no space left on device' : 'fsync: input/output error'])
    disk.crash(0)
    expect(open()).toEqual([])
  },
)

test('a queue that fills behind a slow fsync says so, and says when it has drained', () => {
  const { disk, told, run, open } = written('disk-slow-fsync')
  open()
  disk.append(record(1))
  run(3)
  for (let n = 2; n <= 100; n++) disk.append(record(n))
  run(1_000)
  expect(told).toEqual(['full', 'durable 1', 'durable 100', 'drained'])
})
