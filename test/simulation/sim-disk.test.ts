import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordLine } from '../../src/core/journal/frame.js'
import { Xoshiro128 } from '../../src/core/numeric/xoshiro128.js'
import { VirtualTime } from '../../src/runtime/time/virtual-time.js'
import { journalContract } from '../adapters/journal-contract.js'
import { FaultBoard } from './fault-board.js'
import type { Fault, FaultKind } from './fault-plan.js'
import { SimDisk } from './sim-disk.js'

interface Written {
  readonly disk: SimDisk<ReturnType<typeof record>>
  readonly told: string[]
  run(forMs: number): void
  open(): number[]
}

function record(n: number) {
  return { n, atMs: n, inputs: '', type: 'TEST', text: 'x'.repeat(n % 50) }
}

const lineOf = (n: number): string => recordLine(record(n))

function diskUnder(time: VirtualTime, kinds: readonly FaultKind[], capacity?: number) {
  const plan = kinds.map((kind, id): Fault => ({ id, kind, atMs: 0, forMs: 1_000, amount: 400, side: 'execution' }))
  const faults = new FaultBoard(1, plan, time, { begun: () => undefined, over: () => undefined })
  return new SimDisk<ReturnType<typeof record>>('execution', 1, time, faults, capacity)
}

function written(...kinds: readonly FaultKind[]): Written {
  const time = new VirtualTime(0)
  const disk = diskUnder(time, kinds)
  const told: string[] = []
  const open = () => {
    const numbers = disk.open().records.map(({ n }) => n)
    disk.listen({ durable: (records) => told.push(`durable ${records}`), failed: (message) => told.push(message) })
    return numbers
  }
  return { disk, told, open, run: (forMs) => time.runTo(time.epochMs() + forMs) }
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
          for (let line = 0; line < lines; line++) disk.append(lineOf(++appended))
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
    disk.append(lineOf(n))
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
    disk.append(lineOf(n))
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
      disk.append(lineOf(n))
    }
    run(100)
    expect(told).toEqual([kind === 'disk-full' ? 'no space left on device' : 'fsync: input/output error'])
    disk.crash(0)
    expect(open()).toEqual([])
  },
)

const time = new VirtualTime(0)
let passing: NodeJS.Immediate
function pass(): void {
  const dueMs = time.nextDueMs()
  if (dueMs !== undefined) time.runTo(dueMs)
  passing = setImmediate(pass)
}
beforeAll(pass)
afterAll(() => clearImmediate(passing))

journalContract(
  'a simulated disk',
  () => {
    const made: SimDisk<ReturnType<typeof record>>[] = []
    return {
      async open(capacity) {
        const disk = made[0] ?? diskUnder(time, [], capacity)
        made[0] = disk
        disk.open()
        return disk
      },
      lines: async () => made[0]!.open().records.map(recordLine),
    }
  },
  lineOf,
)
