import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Priority } from '../../../../src/adapters/binance/rest/call.js'
import type { RouteName } from '../../../../src/adapters/binance/rest/routes.js'
import { ROUTES, type Route } from '../../../../src/adapters/binance/rest/routes.js'
import { type Arrival, NOON_MS, type Reply, RestRig } from './rest-rig.js'

const LIMITS = { weight1m: 200, orders10s: 10, orders1m: 25 }
const PRIORITIES: readonly Priority[] = ['exit', 'truth', 'entry', 'data']
const NAMES: readonly RouteName[] = [
  'newOrder',
  'cancelOrder',
  'openOrders',
  'account',
  'ping',
  'klines',
  'income',
  'order',
]

const call = fc.record({
  route: fc.constantFrom(...NAMES),
  priority: fc.constantFrom(...PRIORITIES),
  afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 30_000 })),
  patienceMs: fc.integer({ min: 1, max: 120_000 }),
  validMs: fc.option(fc.integer({ min: -1_000, max: 90_000 })),
  fate: fc.constantFrom('done', 'done', 'done', 'refused', 'busy', 'cut', 'unsent', 'silent', 'html', 'limited'),
  thereMs: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 4_000 })),
  backMs: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 4_000 })),
})
const world = fc.record({
  calls: fc.array(call, { maxLength: 120 }),
  startMs: fc.integer({ min: 0, max: 60_000 }).map((ms) => NOON_MS + ms),
  offsetMs: fc.oneof(fc.integer({ min: -900, max: 900 }), fc.constant(0)),
  timeThereMs: fc.integer({ min: 0, max: 400 }),
  timeBackMs: fc.integer({ min: 0, max: 400 }),
})

type Call = typeof call extends fc.Arbitrary<infer T> ? T : never
type World = typeof world extends fc.Arbitrary<infer T> ? T : never

/** Every call put in at its time, before an exchange that treats each as its fate says; until nothing is open any more. */
function played({ calls, startMs, offsetMs, timeThereMs, timeBackMs }: World): {
  readonly rig: RestRig
  readonly used: Counts
} {
  const rig = new RestRig({ startMs, limits: LIMITS, timeoutMs: 9_000 })
  rig.offsetMs = offsetMs
  const used = new Counts()
  const byParam = (arrival: Arrival): Call | undefined => calls[Number(arrival.query.get('n') ?? Number.NaN)]
  const time = rig.time!
  rig.time = (arrival) => {
    used.count(arrival)
    return time(arrival)
  }
  rig.reply = (arrival) => {
    const { fate } = byParam(arrival)!
    const reply = REPLIES[fate]!
    if (fate !== 'unsent') used.count(arrival)
    return reply
  }
  let n = 0
  rig.delayMs = () => {
    const target = rig.sent.at(-1)!.target
    const of = calls[Number(/[?&]n=(\d+)/.exec(target)?.[1] ?? Number.NaN)]
    return of === undefined ? [timeThereMs, timeBackMs] : [of.thereMs, of.backMs]
  }
  let atMs = startMs
  for (const { afterMs, ...rest } of calls) {
    atMs += afterMs
    const index = n
    n += 1
    rig.at(atMs, () =>
      rig.call({
        callId: `law:${index}`,
        route: rest.route,
        priority: rest.priority,
        params: { n: String(index), ...(rest.route === 'klines' && { limit: '500' }) },
        deadlineMs: rig.nowMs + rest.patienceMs,
        ...(rest.validMs !== null && { validUntilMs: rig.nowMs + offsetMs + rest.validMs }),
      }),
    )
  }
  rig.run(atMs + 200_000)
  return { rig, used }
}

const REPLIES: Readonly<Record<string, Reply>> = {
  done: { body: {} },
  refused: { status: 400, body: { code: -2019, msg: 'Margin is insufficient.' } },
  busy: { status: 503, body: { code: -1008, msg: 'Throttled.' } },
  limited: { status: 429, body: { code: -1003, msg: 'Too many requests.' } },
  cut: { lost: 'cut', mayHaveArrived: true },
  unsent: { lost: 'refused', mayHaveArrived: false },
  html: { body: '<html>' },
  silent: null,
}

/** As the exchange counts: by its own clock, when a request arrives. */
class Counts {
  readonly weight = new Map<number, number>()
  readonly orders10s = new Map<number, number>()
  readonly orders1m = new Map<number, number>()

  count({ path, query, request, arrivedMs }: Arrival): void {
    const route: Route = Object.values(ROUTES as Readonly<Record<string, Route>>).find(
      (one) => one.path === path && one.method === request.method,
    )!
    add(this.weight, Math.floor(arrivedMs / 60_000), route.weight(Object.fromEntries(query)))
    if (!route.isOrder) return
    add(this.orders10s, Math.floor(arrivedMs / 10_000), 1)
    add(this.orders1m, Math.floor(arrivedMs / 60_000), 1)
  }
}

function add(counts: Map<number, number>, window: number, weight: number): void {
  counts.set(window, (counts.get(window) ?? 0) + weight)
}

test('never more than the limit arrives in a window of the exchange, whatever is asked and however long it takes', () => {
  fc.assert(
    fc.property(world, (chosen) => {
      const { used } = played(chosen)
      for (const weight of used.weight.values()) expect(weight).toBeLessThanOrEqual(LIMITS.weight1m)
      for (const orders of used.orders10s.values()) expect(orders).toBeLessThanOrEqual(LIMITS.orders10s)
      for (const orders of used.orders1m.values()) expect(orders).toBeLessThanOrEqual(LIMITS.orders1m)
    }),
    { numRuns: 300 },
  )
})

test('each call has exactly one outcome, and at its deadline at the latest', () => {
  fc.assert(
    fc.property(world, (chosen) => {
      const { rig } = played(chosen)
      const ids = rig.outcomes.map(({ callId }) => callId)
      expect(ids.sort()).toEqual(chosen.calls.map((_, n) => `law:${n}`).sort())
      let putMs = chosen.startMs
      for (const [n, { afterMs, patienceMs }] of chosen.calls.entries()) {
        putMs += afterMs
        expect(rig.toldMs.get(`law:${n}`)).toBeLessThanOrEqual(putMs + patienceMs)
      }
      expect(rig.machine.usage(rig.nowMs)).toMatchObject({ queued: 0 })
    }),
    { numRuns: 300 },
  )
})

test('nothing that may have been done is sent again', () => {
  fc.assert(
    fc.property(world, (chosen) => {
      const { rig } = played(chosen)
      const times = new Map<string, number>()
      for (const { query } of rig.arrivals) times.set(query.get('n')!, (times.get(query.get('n')!) ?? 0) + 1)
      for (const [n, count] of times) {
        const { fate, route } = chosen.calls[Number(n)]!
        const most = fate === 'busy' ? 6 : fate === 'unsent' && ROUTES[route].method === 'GET' ? 2 : 1
        expect(count, `${fate} ${route}`).toBeLessThanOrEqual(most)
      }
    }),
    { numRuns: 200 },
  )
})

test('what is not sent did not arrive, and what arrived within its validity was stamped for no longer', () => {
  fc.assert(
    fc.property(world, (chosen) => {
      const { rig } = played(chosen)
      const arrived = new Set(rig.arrivals.map(({ query }) => `law:${query.get('n')}`))
      for (const { kind, callId, ...rest } of rig.outcomes) {
        const { fate } = chosen.calls[Number(callId.slice(4))]!
        if (kind === 'notSent' && fate !== 'unsent' && fate !== 'busy')
          expect(arrived, JSON.stringify(rest)).not.toContain(callId)
      }
      for (const { query, arrivedMs } of rig.arrivals) {
        if (!query.has('timestamp')) continue
        // Never ahead of the exchange: it refuses that by the second.
        expect(Number(query.get('timestamp'))).toBeLessThanOrEqual(arrivedMs)
        expect(Number(query.get('recvWindow'))).toBeGreaterThanOrEqual(1)
        expect(Number(query.get('recvWindow'))).toBeLessThanOrEqual(60_000)
      }
    }),
    { numRuns: 200 },
  )
})

test('calls of one moment leave by priority, and within a priority as they came', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PRIORITIES), { maxLength: 40 }), (priorities) => {
      const rig = new RestRig()
      rig.run(NOON_MS + 1)
      rig.call({ callId: 'first', route: 'ping' })
      rig.run(NOON_MS + 2_000)
      // All of them become possible in one moment: when this machine knows the time again.
      rig.sleep(60_000)
      for (const [n, priority] of priorities.entries()) {
        rig.call({
          callId: `p:${n}`,
          route: 'order',
          priority,
          params: { n: String(n) },
          deadlineMs: rig.nowMs + 60_000,
        })
      }
      rig.run(rig.nowMs + 10_000)
      const left = rig.sent.flatMap(({ target }) => /[?&]n=(\d+)/.exec(target)?.[1] ?? []).map(Number)
      const rank = (n: number) => PRIORITIES.indexOf(priorities[n]!)
      const expected = priorities.map((_, n) => n).sort((a, b) => rank(a) - rank(b) || a - b)
      expect(left).toEqual(expected)
    }),
    { numRuns: 100 },
  )
})

test('an exit leaves at once, however much data is asked for before it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: 55_000 }), (many, afterMs) => {
      const rig = new RestRig()
      rig.call({ callId: 'first', route: 'account' })
      rig.run(NOON_MS + 1_000)
      for (let n = 0; n < many; n += 1) {
        const params = { symbol: 'BTCUSDT', limit: '1500' }
        rig.call({ callId: `d:${n}`, route: 'klines', priority: 'data', params, deadlineMs: NOON_MS + 600_000 })
      }
      rig.run(NOON_MS + 1_000 + afterMs)
      for (const [n, route] of (['newOrder', 'cancelOrder', 'openOrders'] as const).entries()) {
        const before = rig.sent.length
        rig.call({ callId: `e:${n}`, route, priority: 'exit' })
        expect(rig.sent.length).toBe(before + 1)
      }
    }),
    { numRuns: 30 },
  )
})
