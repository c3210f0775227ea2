import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seal } from '../../../src/core/link/envelope.js'
import { LinkPair, type Name } from '../execution/link-pair.js'

const OK = ['LINK_OK', 'LINK_OK']

function up(): LinkPair {
  const pair = new LinkPair().start('D', 'X').advance(5000)
  expect(pair.states()).toEqual(OK)
  return pair
}

function idsHeard(pair: LinkPair): readonly string[] {
  return pair.ends.X.heard.map(({ body }) => (body as { readonly exitId: string }).exitId)
}

describe('a session', () => {
  test('opened by both at once is one', () => {
    const pair = up()
    expect([pair.ends.D.endpoint.session, pair.ends.X.endpoint.session]).toEqual([1, 1])
  })

  test('is adopted by the side that comes later, and nothing is sent before', () => {
    const pair = new LinkPair().start('D').advance(3000)
    expect(pair.say('e1')).toBe(undefined)
    pair.start('X').advance(5000)
    expect(pair.states()).toEqual(OK)
  })

  test.each<Name>(['D', 'X'])('of a %s that restarts is a new one, though its first requests are lost', (name) => {
    const pair = up()
    pair.wire = () => []
    pair.restart(name)
    pair.advance(1500)
    pair.wire = (text) => [{ text, delayMs: 20 }]
    pair.advance(6000)
    expect(pair.states()).toEqual(OK)
    expect(pair.ends.D.endpoint.session).toBe(2)
    expect(pair.ends.X.endpoint.session).toBe(2)
  })

  test('is silent until its number is durable', () => {
    const pair = new LinkPair()
    pair.isDiskFast = false
    pair.start('D').advance(3000)
    expect(pair.flying).toEqual([])
    pair.syncDisk('D')
    expect(pair.flying).toHaveLength(1)
  })

  test('adopted and lost in a crash is opened again without a forgery', () => {
    const pair = up()
    pair.restart('D')
    pair.isDiskFast = false
    pair.advance(500)
    expect(pair.ends.X.endpoint.session).toBe(2)
    expect(pair.ends.X.session).toBe(1)
    pair.isDiskFast = true
    pair.restart('X')
    pair.advance(6000)
    expect(pair.states()).toEqual(OK)
    expect(pair.ends.X.endpoint.session).toBe(2)
  })

  test('of before is late: its messages are thrown away and counted', () => {
    const pair = up()
    const text = pair.say('old')!
    pair.flying = []
    pair.restart('D')
    pair.advance(5000)
    const { discarded } = pair.ends.X.endpoint
    pair.deliver('X', text)
    expect(pair.ends.X.endpoint.discarded).toBe(discarded + 1)
    expect(idsHeard(pair)).toEqual([])
    expect(pair.states()).toEqual(OK)
  })

  test('of later is corruption, unless it asks for a resync', () => {
    const pair = up()
    const body = { exitId: 'e', positionId: null, trigger: 'SAFETY', reason: '', requestedPrice: null } as const
    pair.deliver('X', seal({ type: 'EARLY_EXIT_NOW', body }, { seq: 1, sentAtMs: pair.nowMs, session: 9 }))
    expect(pair.ends.X.endpoint.state).toBe('LINK_CORRUPT')
  })
})

describe('messages', () => {
  test('come once, though the wire doubles every one', () => {
    const pair = up()
    pair.wire = (text) => [
      { text, delayMs: 20 },
      { text, delayMs: 320 },
    ]
    for (let i = 1; i <= 5; i++) pair.say(`e${i}`)
    pair.advance(3000)
    expect(idsHeard(pair)).toEqual(['e1', 'e2', 'e3', 'e4', 'e5'])
    expect(pair.ends.X.endpoint.discarded).toBeGreaterThanOrEqual(5)
    expect(pair.states()).toEqual(OK)
  })

  test('that are lost leave a gap: DEGRADED, a resync, and OK after three good heartbeats', () => {
    const pair = up()
    const { wire } = pair
    pair.wire = () => []
    pair.say('e1')
    pair.wire = wire
    pair.say('e2')
    pair.advance(100)
    expect(pair.ends.X.endpoint.state).toBe('LINK_DEGRADED')
    expect(idsHeard(pair)).toEqual(['e2'])
    pair.advance(1500)
    expect(pair.ends.X.endpoint.state).toBe('LINK_DEGRADED')
    pair.advance(2500)
    expect(pair.states()).toEqual(OK)
  })

  test('that were lost keep the link DEGRADED until the resync is answered', () => {
    const pair = up()
    const carry = pair.wire
    pair.wire = () => []
    pair.say('e1')
    pair.wire = (text, to) => (text.includes('RESYNC_REQUEST') && to === 'D' ? [] : carry(text, to))
    pair.say('e2')
    pair.advance(10_000)
    expect(pair.ends.X.endpoint.state).toBe('LINK_DEGRADED')
    pair.wire = carry
    pair.advance(4000)
    expect(pair.states()).toEqual(OK)
  })

  test('that come late into their gap are handled', () => {
    const pair = up()
    pair.wire = (text) => [{ text, delayMs: 200 }]
    pair.say('e1')
    pair.wire = (text) => [{ text, delayMs: 20 }]
    pair.say('e2')
    pair.advance(400)
    expect(idsHeard(pair)).toEqual(['e2', 'e1'])
  })

  test('with a number that came before and other content are corruption', () => {
    const pair = up()
    const text = pair.say('e1')!
    pair.advance(100)
    const { seq, session } = JSON.parse(text)
    const body = { exitId: 'e2', positionId: null, trigger: 'SAFETY', reason: '', requestedPrice: null } as const
    pair.deliver('X', seal({ type: 'EARLY_EXIT_NOW', body }, { seq, session, sentAtMs: pair.nowMs }))
    expect(pair.ends.X.endpoint.state).toBe('LINK_CORRUPT')
    expect(idsHeard(pair)).toEqual(['e1'])
  })

  test.each([
    ['behind', -30_001, 'LINK_CORRUPT'],
    ['behind', -30_000, 'LINK_OK'],
    ['ahead', 30_001, 'LINK_CORRUPT'],
    ['ahead', 30_000, 'LINK_OK'],
  ])('of a clock %s by %i ms leave %s', (_, offsetMs, state) => {
    const pair = up()
    const { endpoint } = pair.ends.D
    const body = { exitId: 'e', positionId: null, trigger: 'SAFETY', reason: '', requestedPrice: null } as const
    pair.deliver('X', endpoint.send({ type: 'EARLY_EXIT_NOW', body }, pair.nowMs + offsetMs)!)
    expect(pair.ends.X.endpoint.state).toBe(state)
  })
})

describe('health', () => {
  test.each([
    ['after 1.4 s of silence', 1400, 'LINK_OK'],
    ['after 3.6 s', 3600, 'LINK_DEGRADED'],
    ['after 5 s', 5000, 'LINK_LOST'],
  ])('%s', (_, ms, state) => {
    const pair = up()
    pair.wire = () => []
    pair.flying = []
    pair.advance(ms)
    expect(pair.ends.X.endpoint.state).toBe(state)
  })

  test('is DEGRADED while the round trip is above a second, and recovers', () => {
    const pair = up()
    pair.latencyMs = 600
    pair.advance(5000)
    expect(pair.ends.X.endpoint.state).toBe('LINK_DEGRADED')
    expect(pair.ends.X.endpoint.roundTripMs).toBeGreaterThan(1000)
    pair.latencyMs = 20
    pair.advance(6000)
    expect(pair.states()).toEqual(OK)
  })

  test('is CORRUPT after one bad message, for good, until an operator on either side opens a session', () => {
    for (const name of ['D', 'X'] as const) {
      const pair = up()
      pair.deliver('X', 'garbage')
      expect(pair.ends.X.endpoint.state).toBe('LINK_CORRUPT')
      pair.advance(60_000)
      expect(pair.ends.X.endpoint.state).toBe('LINK_CORRUPT')
      pair.resync(name)
      pair.advance(6000)
      expect(pair.states()).toEqual(OK)
      expect(pair.ends.D.endpoint.session).toBe(2)
    }
  })

  test('stays CORRUPT when the other side restarts', () => {
    const pair = up()
    pair.deliver('X', 'garbage')
    pair.restart('D')
    pair.advance(10_000)
    expect(pair.states()).toEqual(['LINK_OK', 'LINK_CORRUPT'])
  })

  test('lets commands through in every state', () => {
    const pair = up()
    pair.deliver('X', 'garbage')
    pair.say('e1')
    pair.advance(100)
    expect(idsHeard(pair)).toEqual(['e1'])
  })
})

describe('a process that did not run', () => {
  test.each([
    ['0.9 s', 900, 'LINK_OK', []],
    ['3 s', 3000, 'LINK_DEGRADED', []],
    ['20 s', 20_000, 'LINK_DEGRADED', ['told']],
    ['50 s, longer than clocks may be apart', 50_000, 'LINK_DEGRADED', ['told']],
  ])('for %s finds the other side there, opens nothing until it is heard, and recovers', (_, ms, state, told) => {
    const pair = up()
    const { X } = pair.ends
    pair.stall(ms, 'X').advance(ms + 10)
    expect(X.endpoint.state).toBe(state)
    expect(X.stalls.map(() => 'told')).toEqual(told)
    pair.advance(8000)
    expect(pair.states()).toEqual(OK)
    expect(X.states.filter((each) => each === 'LINK_LOST' || each === 'LINK_CORRUPT')).toEqual([])
  })

  test('says for how long', () => {
    const pair = up()
    pair.stall(20_000, 'X').advance(20_000)
    const [ms] = pair.ends.X.stalls
    expect(ms).toBeGreaterThan(20_000 - 1010)
    expect(ms).toBeLessThanOrEqual(20_000)
  })

  test('is lost to the other side, which runs', () => {
    const pair = up()
    pair.stall(6100, 'X').advance(6100)
    expect(pair.ends.D.states).toContain('LINK_LOST')
  })

  test('takes no stall for it when its clock is insane, once it has run for a heartbeat', () => {
    const pair = up()
    pair.clockOffsetMs.X = 31_000
    pair.advance(2500)
    expect(pair.ends.X.endpoint.state).toBe('LINK_CORRUPT')
  })
})

describe('laws', () => {
  const who = fc.constantFrom<readonly Name[]>(['D'], ['X'], ['D', 'X'])
  const tens = (min: number, max: number) => fc.integer({ min, max }).map((count) => count * 10)
  const stalls = fc.array(fc.tuple(who, tens(1, 6000), tens(1, 300)), { minLength: 1, maxLength: 12 })

  test('a process that does not run at times never loses a side that runs and sends, however often and long', () => {
    fc.assert(
      fc.property(stalls, tens(1, 40), (script, latencyMs) => {
        const pair = up()
        pair.latencyMs = latencyMs
        for (const [names, stallMs, runMs] of script) {
          const other = names.length === 2 ? [] : names[0] === 'D' ? ['X' as const] : ['D' as const]
          const before = names.map((name) => pair.ends[name].states.length)
          pair.stall(stallMs, ...names).advance(stallMs + runMs)
          names.forEach((name, i) => {
            const since = pair.ends[name].states.slice(before[i])
            expect(since).not.toContain('LINK_LOST')
            expect(since).not.toContain('LINK_CORRUPT')
          })
          // Whom the other side lost meanwhile, it finds again.
          if (other.length > 0) pair.advance(8000)
        }
        pair.advance(8000)
        expect(pair.states()).toEqual(OK)
      }),
    )
  })

  test('a side that stops is found within the limit and the time that the process did not run', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(tens(1, 2000), tens(1, 400)), { maxLength: 8 }), (script) => {
        const pair = up()
        pair.wire = () => []
        pair.flying = []
        const stoppedMs = pair.nowMs
        let stalledMs = 0
        for (const [stallMs, runMs] of script) {
          if (pair.ends.X.endpoint.state === 'LINK_LOST') break
          pair.stall(stallMs, 'X').advance(stallMs)
          stalledMs += stallMs
          pair.advance(runMs)
        }
        while (pair.ends.X.endpoint.state !== 'LINK_LOST') pair.advance(10)
        expect(pair.ends.X.endpoint.stateSinceMs - stoppedMs).toBeLessThanOrEqual(5000 + stalledMs)
      }),
    )
  })

  const fate = fc.record({ isLost: fc.boolean(), isDoubled: fc.boolean(), delayMs: fc.integer({ min: 1, max: 1500 }) })
  const act = fc.constantFrom('say', 'restart D', 'restart X', 'wait')
  const script = fc.array(fc.tuple(act, fc.integer({ min: 1, max: 100 }), fate), { minLength: 1, maxLength: 25 })

  function play(steps: typeof script extends fc.Arbitrary<infer Steps> ? Steps : never): LinkPair {
    const pair = new LinkPair().start('D', 'X')
    let said = 0
    for (const [what, tens, { isLost, isDoubled, delayMs }] of steps) {
      pair.wire = (text) => (isLost ? [] : [{ text, delayMs }, ...(isDoubled ? [{ text, delayMs: delayMs + 70 }] : [])])
      if (what === 'say') pair.say(`e${++said}`)
      else if (what === 'restart D') pair.restart('D')
      else if (what === 'restart X') pair.restart('X')
      pair.advance(tens * 10)
    }
    return pair
  }

  test('a wire that loses, doubles, delays and reorders, and restarts, never look like corruption; then it heals', () => {
    fc.assert(
      fc.property(script, (steps) => {
        const pair = play(steps)
        pair.wire = (text) => [{ text, delayMs: 20 }]
        pair.advance(15_000)
        expect(pair.states()).toEqual(OK)
        expect([...pair.ends.D.states, ...pair.ends.X.states]).not.toContain('LINK_CORRUPT')
        const heard = idsHeard(pair)
        expect(new Set(heard).size).toBe(heard.length)
      }),
      { numRuns: 100 },
    )
  })

  test('the same inputs give the same states and texts', () => {
    fc.assert(
      fc.property(script, (steps) => {
        const [once, again] = [play(steps), play(steps)]
        expect(again.flying).toEqual(once.flying)
        expect(again.ends.X.states).toEqual(once.ends.X.states)
        expect(again.ends.D.states).toEqual(once.ends.D.states)
      }),
      { numRuns: 15 },
    )
  })
})
