import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConnectionWatch, WATCH } from '../../../../src/adapters/binance/streams/connection-watch.js'
import { watchCase, watchOf } from '../../../golden/guard-functions.js'
import { marketCases, marketDifference } from '../../../support/golden-market.js'

describe('the independent vectors are reproduced', () => {
  it.each(marketCases('guards', 'watch'))('%s', (_, { args, expected, tolerance }) => {
    expect(marketDifference(expected, watchCase(args), tolerance)).toBeUndefined()
  })
})

describe('a tick that comes late', () => {
  it('asks for a new connection at once where the connection has been quiet for long enough', () => {
    const watch = watchOf({ one: ['B', 'A'] })
    watch.opened('one', 0)
    watch.frame({ connection: 'one', stream: 'B', nowMs: 1_000 })
    expect(watch.tick(1_000 + WATCH.lostMs)).toEqual([
      { kind: 'unknown', streams: ['B'] },
      { kind: 'reconnect', connection: 'one', afterMs: 0 },
    ])
  })
})

describe('a connection on which nothing has to speak', () => {
  const carrying = (streams: number): ConnectionWatch => {
    const watch = new ConnectionWatch()
    for (let i = 0; i < streams; i++) watch.carry('one', `s${i}`, { speech: null, nowMs: 0 })
    watch.opened('one', 0)
    for (let i = 0; i < streams; i++) watch.frame({ connection: 'one', stream: `s${i}`, nowMs: 1_000 })
    return watch
  }

  it('may be silent for ever, unless twenty of its streams have spoken', () => {
    expect(carrying(19).tick(1_000 + WATCH.lostMs)).toEqual([])
    expect(
      carrying(20)
        .tick(1_000 + WATCH.quietMs)
        .map(({ kind }) => kind),
    ).toEqual(['unknown', 'resubscribe'])
    expect(
      carrying(20)
        .tick(1_000 + WATCH.lostMs)
        .map(({ kind }) => kind),
    ).toEqual(['unknown', 'reconnect'])
    const left = carrying(20)
    left.drop('one', 's0')
    expect(left.tick(1_000 + WATCH.lostMs)).toEqual([])
  })
})

describe('a stream that was subscribed anew', () => {
  it('is given that chance again by a new connection that was made for another', () => {
    const watch = watchOf({ one: ['A', 'B', 'C'] })
    watch.opened('one', 0)
    const tick = (nowMs: number) => {
      watch.frame({ connection: 'one', stream: 'A', nowMs })
      return watch.tick(nowMs)
    }
    // C falls silent a minute before B.
    const asked: string[] = []
    for (let nowMs = 1_000; nowMs <= 300_000; nowMs += 1_000) {
      if (nowMs <= 60_000) watch.frame({ connection: 'one', stream: 'B', nowMs })
      for (const action of tick(nowMs)) {
        if (action.kind === 'resubscribe') asked.push(`${nowMs / 1_000} resubscribe ${action.streams.join()}`)
        if (action.kind === 'dead') asked.push(`${nowMs / 1_000} dead ${action.streams.join()}`)
        if (action.kind !== 'reconnect') continue
        asked.push(`${nowMs / 1_000} reconnect`)
        watch.opened('one', nowMs)
      }
    }
    expect(asked).toEqual([
      '60 resubscribe C',
      '120 resubscribe B',
      '120 reconnect',
      '180 resubscribe B',
      '180 dead C',
      '240 reconnect',
      '300 dead B',
    ])
  })
})

describe('a connection that goes quiet while a new one is on its way', () => {
  it('leaves none of its streams known', () => {
    const watch = watchOf({ one: ['A', 'B'] })
    watch.opened('one', 0)
    watch.frame({ connection: 'one', stream: 'B', nowMs: 0 })
    for (let nowMs = 1_000; nowMs <= 121_000; nowMs += 1_000) {
      watch.frame({ connection: 'one', stream: 'A', nowMs })
      watch.tick(nowMs)
    }
    expect(watch.tick(136_000)).toEqual([{ kind: 'unknown', streams: ['A'] }])
  })
})

describe('whatever arrives', () => {
  it('no stream becomes unknown twice without a frame between, and nothing is asked while a connection is on its way', () => {
    const event = fc.tuple(fc.constantFrom('A', 'B', 'C', 'open', 'tick', 'tick'), fc.integer({ min: 0, max: 20_000 }))
    fc.assert(
      fc.property(fc.array(event, { maxLength: 300 }), (events) => {
        const watch = watchOf({ one: ['A', 'B', 'C'] })
        watch.opened('one', 0)
        const known = new Set<string>()
        let isReconnecting = false
        let nowMs = 0
        for (const [what, laterMs] of events) {
          nowMs += laterMs
          if (what === 'open') {
            if (isReconnecting) watch.opened('one', nowMs)
            isReconnecting = false
          } else if (what === 'tick') {
            const actions = watch.tick(nowMs)
            for (const action of actions) {
              if (action.kind === 'unknown')
                for (const stream of action.streams) expect(known.delete(stream)).toBe(true)
              else expect(isReconnecting).toBe(false)
            }
            isReconnecting ||= actions.some(({ kind }) => kind === 'reconnect')
          } else {
            watch.frame({ connection: 'one', stream: what, nowMs })
            known.add(what)
          }
        }
      }),
    )
  })
})
