import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { openRedisFlows } from '../../src/adapters/bullmq/redis-flows.js'
import { systemClock } from '../../src/adapters/clock/system-clock.js'
import { openFlowFiles } from '../../src/adapters/flow-files/flow-files.js'
import type { FlowDate, FlowRecord } from '../../src/ports/vocabulary/flows.js'
import { HAS_REDIS, RedisServer } from '../support/redis-server.js'
import { until } from '../support/until.js'

const PROGRAM = fileURLToPath(new URL('flow-holder-program.ts', import.meta.url))
const DATE: FlowDate = { flow: 'paper-day', colour: 'blue', stamp: '2026-03-21' }
const children: ChildProcess[] = []
const servers: RedisServer[] = []

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const server of servers.splice(0)) await server.stop()
})

/** A process that runs each turn that it is given, for ever. */
function holder(place: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, place], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  let said = ''
  child.stdout.on('data', (chunk) => {
    said += chunk
  })
  return {
    child,
    said: () => said,
    turn: () => Number(/^turn (\d+)$/m.exec(said)?.[1] ?? 0),
    has: (words: string) => until(() => said.includes(`${words}\n`) || said.includes(`${words} `)),
  }
}

const PLACES = [
  {
    name: 'files',
    isThere: true,
    make: async () => mkdtempSync(join(tmpdir(), 'dolphin-flow-holders-')),
    read: async (place: string) => openFlowFiles(place, { clock: systemClock, report: () => {} }),
  },
  {
    name: 'Redis',
    isThere: HAS_REDIS,
    make: async () => {
      const server = await RedisServer.start()
      servers.push(server)
      return server.url
    },
    read: async (place: string) => openRedisFlows(place, { clock: systemClock, report: () => {} }),
  },
]

describe.each(PLACES)('holders of turns over $name', ({ name, isThere, make, read }) => {
  /** Of all that was ever written, in order: none of an earlier turn comes after one of a later. */
  async function recordsOf(place: string): Promise<readonly FlowRecord[]> {
    const { store, close } = await read(place)
    const records = await store.records(DATE)
    await close()
    return records
  }

  function turnsIn(records: readonly FlowRecord[]): readonly number[] {
    const fences = records.map((record) => Number(/\d+/.exec('task' in record ? record.task : '')))
    expect(fences).toEqual([...fences].sort((a, b) => a - b))
    return [...new Set(fences)]
  }

  it.skipIf(!isThere)(
    'one that is killed is followed by another, which runs after it and never beside it',
    async () => {
      const place = await make()
      const [one, other] = [holder(place), holder(place)]
      await until(() => one.turn() + other.turn() > 0)
      const [first, second] = one.turn() > 0 ? [one, other] : [other, one]
      await first.has(`wrote ${first.turn()}`)
      await second.has('started')
      const killedMs = performance.now()
      first.child.kill('SIGKILL')
      await until(() => second.turn() > 0)
      const tookMs = Math.round(performance.now() - killedMs)
      process.stderr.write(`${name}: another had the turn ${tookMs} ms after its holder was killed\n`)
      await second.has(`wrote ${second.turn()}`)
      expect(second.turn()).toBeGreaterThan(first.turn())
      expect(turnsIn(await recordsOf(place))).toEqual([first.turn(), second.turn()])
    },
  )

  it.skipIf(!isThere)('one that stood still while another took over writes nothing when it goes on', async () => {
    const place = await make()
    const first = holder(place)
    await first.has('wrote 1')
    first.child.kill('SIGSTOP')
    const second = holder(place)
    await until(() => second.turn() > 0)
    await second.has(`wrote ${second.turn()}`)
    first.child.kill('SIGCONT')
    await first.has('ended 1')
    expect(first.said()).toMatch(/^ended 1 (refused|lost)$/m)
    expect(turnsIn(await recordsOf(place))).toEqual([1, second.turn()])
  })
})
