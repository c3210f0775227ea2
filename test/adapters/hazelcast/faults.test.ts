import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { hazelcastGrid } from '../../../src/adapters/hazelcast/hazelcast-grid.js'
import type { HazelcastSettings } from '../../../src/adapters/hazelcast/hazelcast-settings.js'
import type { HazelcastAddress } from '../../../src/adapters/hazelcast/url.js'
import { type Grid, type GridEntryEvent, type GridFailure, GridUnavailable } from '../../../src/ports/grid.js'
import { type HazelcastCluster, hasHazelcast, startCluster } from '../../support/hazelcast-cluster.js'
import { HolderProcess } from '../../support/hazelcast-holder.js'
import { leaveTime, until } from '../../support/until.js'

/** Of a machine that is busy: what is lost and comes back is what these tests are about. */
const PATIENT_MS = 60_000
const WRITERS = 16

const opened: Grid[] = []

async function connected(
  address: HazelcastAddress & Partial<HazelcastSettings>,
  deadlineMs = PATIENT_MS,
): Promise<Grid> {
  const failed = (error: unknown): never => {
    throw error
  }
  const grid = await hazelcastGrid({ listenerFailed: failed, ...address, deadlineMs })
  opened.push(grid)
  await until(() => grid.connection.state === 'CONNECTED')
  return grid
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((grid) => grid.close()))
})

/** Each test goes on with the members that the one before has left. */
describe.skipIf(!hasHazelcast())('a cluster of three members', () => {
  let cluster: HazelcastCluster
  const memberAt = (place: number) => ({ ...cluster.address, members: [cluster.address.members[place]!] })
  let dead: number

  beforeAll(async () => {
    // Long enough that a member that is slow is not taken for one that is silent.
    cluster = await startCluster(3, { silentSeconds: 15 })
  })
  afterAll(() => cluster?.end())

  it('that loses the member that clients are connected to and that leads its references loses no acknowledged write, and goes on', async () => {
    const patient = await connected(cluster.address)
    const [counter, lock] = [patient.reference('counter'), patient.lock('held')]
    expect(await counter.compareAndSet(undefined, '0')).toBe(true)
    const fence = await lock.acquire({ waitMs: PATIENT_MS })
    dead = await cluster.leader()
    const grid = await connected(memberAt(dead))
    const states: string[] = []
    grid.connection.listen((state) => states.push(state))
    const load = underLoad(grid)
    const counted = await heardCount({ by: patient, at: grid })
    await until(() => load.acknowledged.size > 1_000)

    await cluster.kill(dead)
    await until(() => states.includes('OFFLINE') && grid.connection.state === 'CONNECTED')
    const before = load.acknowledged.size
    await until(() => load.acknowledged.size > before + 1_000)
    await load.end()
    await counted.end()

    const kept = new Set(await grid.map('load').keys())
    expect([...load.acknowledged].filter((key) => !kept.has(key))).toEqual([])
    expect(load.failures.filter((reason) => !['offline', 'indeterminate'].includes(reason))).toEqual([])
    expect(await settled(() => grid.reference('counter').compareAndSet('0', '1'))).toBe(true)
    expect(await settled(() => patient.reference('counter').get())).toBe('1')
    expect(await settled(() => patient.lock('held').release(fence!))).toBe(true)
    expect(await settled(() => grid.lock('held').acquire())).toBeTypeOf('bigint')
    expect(grid.connection.members).toBe(2)
    // What was read when the connection was back, and what was told after that, leave nothing out.
    const [first] = counted.afterReading
    expect(first).toBeLessThanOrEqual(counted.read() + 1)
    const apart = counted.afterReading.filter((number, i, all) => i > 0 && number > all[i - 1]! + 1)
    expect(apart).toEqual([])
  })

  it('that has lost two members ends what needs their majority at the deadline, then refuses it, and goes on with its maps and streams', async () => {
    const patient = await connected(cluster.address)
    const fence = await patient.lock('majority').acquire({ waitMs: PATIENT_MS })
    expect(fence).toBeTypeOf('bigint')
    const last = [0, 1, 2].find((place) => place !== dead)!
    const second = [2, 1, 0].find((place) => place !== dead)!
    const grid = await connected({ ...memberAt(last), silentMs: PATIENT_MS }, 300)
    await cluster.kill(second)
    await until(() => grid.connection.members === 1)

    expect(await failureOf(() => grid.reference('counter').get())).toBe('deadline')
    expect(await failureOf(() => grid.reference('counter').compareAndSet('1', '2'))).toBe('deadline')
    expect(await failureOf(() => grid.lock('other').acquire())).toBe('deadline')
    const many = Array.from({ length: 70 }, () => failureOf(() => grid.reference('counter').get()))
    expect(new Set(await Promise.all(many))).toEqual(new Set(['deadline', 'busy']))
    await settled(() => grid.map('alone').set('key', 'value'))
    expect(await settled(() => grid.map('alone').get('key'))).toBe('value')
    const at = await settled(() => grid.stream('alone').append('entry'))
    expect(await settled(() => grid.stream('alone').read(at, { max: 1 }))).toMatchObject({ kind: 'entries' })
  })

  it('that is lost and comes back is offline at once meanwhile, and is heard, read, written and locked again after', async () => {
    const first = await connected({
      ...cluster.address,
      nearCaches: { 'near-*': { ttlMs: 300_000, entriesMax: 100 } },
      listenerFailed: () => {},
    })
    const heard: GridEntryEvent[] = []
    await first.map('heard').listen((event) => heard.push(event), { key: 'key' })
    await first.map('heard').set('key', 'before')
    await first.map('near-1').set('key', 'before')
    expect(await first.map('near-1').get('key')).toBe('before')
    expect(await first.map('near-1').get('key')).toBe('before')
    const at = await first.stream('heard').append('before')
    for (let i = 0; i < 3; i++) await first.stream('heard').append('more')
    await until(() => heard.length > 0)

    for (const place of [0, 1, 2]) await cluster.kill(place)
    await until(() => first.connection.state === 'OFFLINE')
    expect(first.connection.members).toBe(0)
    for (const call of callsOf(first)) expect(await failureOf(call)).toBe('offline')

    await cluster.start()
    await until(() => first.connection.state === 'CONNECTED' && first.connection.members === 3)
    expect(await settled(() => first.map('heard').get('key'))).toBeUndefined()
    expect(await settled(() => first.map('near-1').get('key'))).toBeUndefined()
    expect(await settled(() => first.stream('heard').read(at + 3, { max: 1, waitMs: 1 }))).toMatchObject({
      kind: 'lost',
    })
    const second = await connected(cluster.address)
    await until(async () => {
      await settled(() => second.map('heard').set('key', 'after'))
      return heard.at(-1)?.value === 'after'
    })
    expect(await settled(() => first.reference('counter').get())).toBeUndefined()
    expect(await settled(() => first.reference('counter').compareAndSet(undefined, 'new'))).toBe(true)
    expect(await second.reference('counter').get()).toBe('new')
    const fence = await settled(() => first.lock('held').acquire())
    expect(fence).toBeTypeOf('bigint')
    expect(await second.lock('held').acquire()).toBeUndefined()
    expect(await first.lock('held').release(fence!)).toBe(true)
  })

  it('whose clients are connected to a member that freezes leaves that, goes on without it, and takes it back', async () => {
    const grid = await connected(memberAt(1), 300)
    const before = new Map(Array.from({ length: 500 }, (_, i) => [`key ${i}`, 'before']))
    await settled(() => grid.map('frozen').setAll(before))
    await cluster.freeze(1)
    const first = await failureOf(() => grid.map('frozen').set('key 0', 'lost or not'))
    expect(['deadline', 'indeterminate']).toContain(first)
    await until(() => grid.connection.state === 'CONNECTED' && grid.connection.members === 2)
    for (let i = 0; i < 500; i++) await settled(() => grid.map('frozen').set(`key ${i}`, 'after'))
    const keys = Array.from({ length: 500 }, (_, i) => `key ${i}`)
    const patient = await connected(memberAt(0))
    expect(new Set((await settled(() => patient.map('frozen').getAll(keys))).values())).toEqual(new Set(['after']))
    await cluster.thaw(1)
    await until(() => grid.connection.members === 3)
    await settled(() => grid.map('frozen').set('key 0', 'again'))
  })
})

describe.skipIf(!hasHazelcast())('a cluster of one member', () => {
  let cluster: HazelcastCluster
  beforeAll(async () => {
    cluster = await startCluster(1)
  })
  afterAll(() => cluster?.end())

  it('that freezes ends every call at its deadline, and what was written after it goes on comes last', async () => {
    const grid = await connected({ ...cluster.address, silentMs: PATIENT_MS }, 200)
    const map = grid.map('slow')
    await settled(() => map.set('key', 'before'))
    const { oldest } = await settled(() => grid.stream('slow').bounds())
    const reference = grid.reference('slow')
    await settled(() => reference.set('before'))
    await cluster.freeze(0)
    const failures = await Promise.all([
      failureOf(() => map.set('key', 'during')),
      failureOf(() => map.set('key', 'during, behind that')),
      failureOf(() => map.get('key')),
      failureOf(() => map.listen(() => {})),
      failureOf(() => grid.stream('slow').read(oldest, { max: 1, waitMs: 1 })),
      failureOf(() => reference.get()),
      failureOf(() => grid.lock('slow').acquire()),
    ])
    expect(failures).toEqual(Array.from({ length: 7 }, () => 'deadline'))
    await cluster.thaw(0)
    await until(() => grid.connection.state === 'CONNECTED')
    await settled(() => map.set('key', 'after'))
    expect(await settled(() => map.get('key'))).toBe('after')
    const waiting = await connected(cluster.address)
    expect(await waiting.lock('slow').acquire({ waitMs: PATIENT_MS })).toBeTypeOf('bigint')
  })

  it('gives a lock to another when its holder is silent for too long, who is told that it was lost when he is back, and leaves nothing behind', async () => {
    const holder = new HolderProcess(cluster.address.members[0]!)
    const lost = BigInt(await holder.line())
    const grid = await connected(cluster.address)
    expect(await grid.lock('kept').acquire()).toBeUndefined()
    holder.signal('SIGSTOP')
    const fence = await settled(() => grid.lock('kept').acquire({ waitMs: PATIENT_MS }))
    expect(fence! > lost).toBe(true)
    holder.signal('SIGCONT')
    holder.release()
    expect(await holder.line()).toBe('false')
    // It closes its grid and has nothing else to do: a timer or a socket that were left would keep it.
    expect(await holder.ended).toBe(0)
  })

  it('refuses what comes beyond the calls that may be under way, and takes calls again when those are answered', async () => {
    const grid = await hazelcastGrid({
      ...cluster.address,
      deadlineMs: PATIENT_MS,
      callsMax: 10,
      listenerFailed: () => {},
    })
    opened.push(grid)
    await until(() => grid.connection.state === 'CONNECTED')
    const map = grid.map('many')
    const calls = Array.from({ length: 25 }, (_, i) => map.set(`key ${i}`, 'value'))
    const answers = await Promise.allSettled(calls)
    expect(answers.map(({ status }) => status)).toEqual([
      ...Array.from({ length: 10 }, () => 'fulfilled'),
      ...Array.from({ length: 15 }, () => 'rejected'),
    ])
    expect(await failureOf(() => calls[24]!)).toBe('busy')
    await map.set('key', 'value')
    expect(await map.keys()).toHaveLength(11)
  })

  it('that is not there is waited for: the client is offline, and connects when there is one', async () => {
    await cluster.kill(0)
    const grid = await hazelcastGrid({ ...cluster.address, deadlineMs: 50, listenerFailed: () => {} })
    opened.push(grid)
    expect(grid.connection.state).toBe('OFFLINE')
    for (const call of callsOf(grid)) expect(await failureOf(call)).toBe('offline')
    await cluster.start()
    await until(() => grid.connection.state === 'CONNECTED')
    await settled(() => grid.map('late').set('key', 'value'))
    await cluster.kill(0)
    await until(() => grid.connection.state === 'OFFLINE')
    await grid.close()
    for (const call of callsOf(grid)) expect(await failureOf(call)).toBe('closed')
  })
})

/** One of each kind. */
function callsOf(grid: Grid): readonly (() => Promise<unknown>)[] {
  return [
    () => grid.map('any').get('key'),
    () => grid.map('near-1').get('key'),
    () => grid.map('any').set('key', 'value'),
    () => grid.map('any').listen(() => {}),
    () => grid.reference('any').get(),
    () => grid.lock('any').acquire({ waitMs: PATIENT_MS }),
    () => grid.stream('any').append('entry'),
    () => grid.stream('any').read(0, { max: 1, waitMs: PATIENT_MS }),
  ]
}

async function failureOf(call: () => Promise<unknown>): Promise<GridFailure | 'answered'> {
  try {
    await call()
    return 'answered'
  } catch (error) {
    expect(error).toBeInstanceOf(GridUnavailable)
    return (error as GridUnavailable).reason
  }
}

/** As whoever must have an answer: asks again until there is one. */
async function settled<T>(call: () => Promise<T>): Promise<T> {
  const { answer } = await until(async () => {
    try {
      return { answer: await call() }
    } catch (error) {
      expect(error).toBeInstanceOf(GridUnavailable)
      return undefined
    }
  })
  return answer
}

/** One client counts up in the map `count`; another listens, and reads it when it is connected again. */
async function heardCount({ by, at }: { readonly by: Grid; readonly at: Grid }): Promise<HeardCount> {
  let read: number | undefined
  let reading: Promise<void> | undefined
  let isOver = false
  const heard: number[] = []
  await at.map('count').listen(({ value }) => heard.push(Number(value)))
  let from = 0
  at.connection.listen((state) => {
    if (state !== 'CONNECTED' || reading !== undefined) return
    from = heard.length
    reading = settled(() => at.map('count').get('key')).then((value) => {
      read = Number(value)
    })
  })
  const count = async (): Promise<void> => {
    for (let i = 1; !isOver; i++) await settled(() => by.map('count').set('key', String(i)))
  }
  const counting = count()
  return {
    read: () => read!,
    get afterReading() {
      return heard.slice(from)
    },
    async end() {
      await until(() => heard.slice(from).length > 10)
      isOver = true
      await counting
      await reading
    },
  }
}

interface HeardCount {
  read(): number
  /** What was told from the moment on at which it was connected again. */
  readonly afterReading: readonly number[]
  end(): Promise<void>
}

/** Writers that write one new key after another into the map `load`. */
function underLoad(grid: Grid): Load {
  const acknowledged = new Set<string>()
  const failures: GridFailure[] = []
  let isOver = false
  const write = async (writer: number): Promise<void> => {
    for (let i = 0; !isOver; i++) {
      const key = `${writer}/${i}`
      const failure = await failureOf(() => grid.map('load').set(key, 'value'))
      if (failure === 'answered') acknowledged.add(key)
      else {
        failures.push(failure)
        await leaveTime(1)
      }
    }
  }
  const writers = Array.from({ length: WRITERS }, (_, writer) => write(writer))
  return {
    acknowledged,
    failures,
    async end() {
      isOver = true
      await Promise.all(writers)
    },
  }
}

interface Load {
  readonly acknowledged: ReadonlySet<string>
  readonly failures: readonly GridFailure[]
  end(): Promise<void>
}
