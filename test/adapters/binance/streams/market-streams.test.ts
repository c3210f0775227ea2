import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FarEnd } from './far-end.js'

const BTC = 'btcusdt@bookTicker'
const ETH = 'ethusdt@bookTicker'
const MARK = 'btcusdt@markPrice@1s'
const FORCED = 'btcusdt@forceOrder'

function many(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `a${i}usdt@bookTicker`)
}

/** Flowing for a while: what was said until then is of no interest. */
function flowing(streams: readonly string[], options = {}): FarEnd {
  const far = new FarEnd(options)
  far.want(...streams)
  far.pass(10_000)
  far.said.length = 0
  return far
}

describe('what is wanted', () => {
  it('is asked for on the path that serves it, over one connection a path', () => {
    const far = new FarEnd()
    far.want(BTC, MARK, ETH, FORCED)
    far.pass(1_000)
    expect(far.log()).toEqual([
      '0 s open market-1 /public/stream',
      '0 s open market-2 /market/stream',
      `0.04 s market-1 SUBSCRIBE ${BTC} ${ETH}`,
      `0.04 s market-2 SUBSCRIBE ${MARK} ${FORCED}`,
    ])
    expect([...far.passed.keys()].sort()).toEqual([BTC, MARK, ETH].sort())
  })

  it('is spread over connections that carry no more than their limit', () => {
    const far = new FarEnd()
    far.want(...many(450))
    far.pass(1_000)
    expect(far.machine.view(far.nowMs).connections.map(({ name, streams }) => [name, streams])).toEqual([
      ['public-1', 200],
      ['public-2', 200],
      ['public-3', 50],
    ])
  })

  it('is asked for in messages of 200 names at most, 200 ms apart', () => {
    const far = new FarEnd({ streamsPerConnection: 1_000 })
    far.want(...many(450))
    far.pass(1_000)
    expect(far.log().slice(1)).toEqual([
      '0.04 s market-1 SUBSCRIBE 200',
      '0.24 s market-1 SUBSCRIBE 200',
      '0.44 s market-1 SUBSCRIBE 50',
    ])
  })

  it('is given up when it is not wanted any more, before more is asked for', () => {
    const far = flowing([BTC, ETH], { streamsPerConnection: 2 })
    far.want(ETH, 'solusdt@bookTicker')
    far.pass(1_000)
    expect(far.log()).toEqual([`10 s market-1 UNSUBSCRIBE ${BTC}`, '10.2 s market-1 SUBSCRIBE solusdt@bookTicker'])
  })

  it('leaves no connection behind that carries nothing', () => {
    const far = flowing([BTC, MARK])
    far.want(BTC)
    far.pass(1_000)
    expect(far.log()).toEqual(['10 s close market-2'])
    far.want()
    far.pass(1_000)
    expect(far.machine.nextDueMs()).toBe(undefined)
    expect(far.sockets.size).toBe(0)
  })

  it('is refused once where the exchange would acknowledge a name and send nothing', () => {
    const far = new FarEnd()
    const wrong = ['BTCUSDT@bookTicker', 'btcusdt@depth5@250ms', 'btcusdt@trade']
    far.want(BTC, ...wrong)
    far.want(BTC, ...wrong)
    far.pass(1_000)
    const notices = far.said.flatMap(({ effect }) => (effect.kind === 'notice' ? [effect] : []))
    expect(notices).toEqual([
      {
        kind: 'notice',
        level: 'ERROR',
        code: 'STREAM_REFUSED',
        message: `no stream of the exchange has such a name: ${wrong.join(', ')}`,
      },
    ])
    expect(far.carriers('BTCUSDT@bookTicker')).toEqual([])
  })

  it('is asked for again when the exchange refuses the message, later each time', () => {
    const far = new FarEnd()
    far.refuses = true
    far.want(FORCED)
    far.pass(18_000)
    expect(far.log().slice(1)).toEqual([
      `0.04 s market-1 SUBSCRIBE ${FORCED}`,
      '0.06 s SUBSCRIPTION_REFUSED',
      `5.06 s market-1 SUBSCRIBE ${FORCED}`,
      '5.08 s SUBSCRIPTION_REFUSED',
      `15.08 s market-1 SUBSCRIBE ${FORCED}`,
      '15.1 s SUBSCRIPTION_REFUSED',
    ])
  })
})

describe('a message that is not answered', () => {
  it('is sent again after 10 s', () => {
    const far = new FarEnd()
    far.ignores = true
    far.want(FORCED)
    far.pass(5_000)
    far.ignores = false
    far.pass(10_000)
    expect(far.log().slice(1)).toEqual([`0.04 s market-1 SUBSCRIBE ${FORCED}`, `11 s market-1 SUBSCRIBE ${FORCED}`])
    far.said.length = 0
    far.ignores = true
    far.want(FORCED, 'ethusdt@forceOrder')
    far.pass(5_000)
    far.want('ethusdt@forceOrder')
    far.pass(1_000)
    far.ignores = false
    far.pass(20_000)
    expect(far.carriers(FORCED)).toEqual([])
    expect(far.carriers('ethusdt@forceOrder').length).toBe(1)
  })
})

describe('a stream whose giving up is not answered', () => {
  it('is given up again, though it was wanted in between', () => {
    const far = flowing([BTC, ETH])
    far.ignores = true
    far.want(ETH)
    far.want(BTC, ETH)
    far.pass(11_500)
    far.want(ETH)
    far.ignores = false
    far.pass(30_000)
    expect(far.carriers(BTC)).toEqual([])
  })
})

describe('a connection that is closed', () => {
  it('makes its streams dark and is opened again at once', () => {
    const far = flowing([BTC, ETH, MARK])
    far.cut('market-1')
    far.pass(1_000)
    expect(far.log()).toEqual([
      '10 s STREAM_CLOSED',
      `10 s dark ${BTC} ${ETH}`,
      '10 s open market-3 /public/stream',
      `10.04 s market-3 SUBSCRIBE ${BTC} ${ETH}`,
    ])
    expect(far.machine.view(far.nowMs).reconnects).toEqual({ closed: 1 })
  })

  it('is tried again after 1, 2, 4 … 60 s while no socket can be opened', () => {
    const far = flowing([BTC])
    far.isAway = true
    far.cut('market-1')
    far.pass(200_000)
    const opened = far.said.flatMap(({ atMs, effect }) => (effect.kind === 'open' ? [Math.round(atMs / 1_000)] : []))
    expect(opened).toEqual([10, 11, 13, 17, 25, 41, 73, 133, 193])
    expect(far.notices()).toEqual(['STREAM_CLOSED', 'STREAM_UNREACHABLE'])
  })

  it('is not opened more often than once a second, though each socket speaks before it is cut', () => {
    const far = flowing([BTC])
    for (let i = 0; i < 200; i++) {
      far.pass(50)
      for (const { socketId, subscribed } of [...far.sockets.values()]) if (subscribed.size > 0) far.cut(socketId)
    }
    expect(far.said.filter(({ effect }) => effect.kind === 'open').length).toBeLessThanOrEqual(11)
  })
})

describe('a socket that neither opens nor is closed', () => {
  it('is given up after 10 s, and another is opened', () => {
    const far = new FarEnd()
    far.isHanging = true
    far.want(BTC)
    far.pass(12_000)
    expect(far.log()).toEqual([
      '0 s open market-1 /public/stream',
      '10 s close market-1',
      '10 s STREAM_UNREACHABLE',
      '11 s open market-2 /public/stream',
    ])
  })
})

describe('silence', () => {
  it('of a connection has all subscribed anew after 15 s, and a new connection made after 30 s', () => {
    const far = flowing([BTC, ETH])
    far.isSilent = true
    far.pass(40_000)
    expect(far.log()).toEqual([
      `25 s dark ${BTC} ${ETH}`,
      `25 s market-1 UNSUBSCRIBE ${BTC} ${ETH}`,
      `25.2 s market-1 SUBSCRIBE ${BTC} ${ETH}`,
      '40 s STREAM_SILENT',
      '40 s open market-2 /public/stream',
      `40.04 s market-2 SUBSCRIBE ${BTC} ${ETH}`,
      '40.06 s close market-1',
    ])
  })

  it('of one stream has it subscribed anew, then a new connection made, then is reported, and nothing more', () => {
    const far = flowing([BTC, ETH])
    far.mute.add(ETH)
    far.pass(600_000)
    expect(far.log()).toEqual([
      `70 s dark ${ETH}`,
      `70 s market-1 UNSUBSCRIBE ${ETH}`,
      `70.2 s market-1 SUBSCRIBE ${ETH}`,
      '130 s STREAM_SILENT',
      '130 s open market-2 /public/stream',
      `130.04 s market-2 SUBSCRIBE ${BTC} ${ETH}`,
      '131 s close market-1',
      '191 s STREAM_DEAD',
    ])
    expect(far.machine.view(far.nowMs).dead).toEqual([ETH])
    far.mute.clear()
    far.pass(1_000)
    expect(far.notices().at(-1)).toBe('STREAM_BACK')
    expect(far.machine.view(far.nowMs).dead).toEqual([])
  })

  it('of a stream that was acknowledged and never spoke is found within its first deadline', () => {
    const far = new FarEnd()
    far.mute.add(MARK)
    far.want(MARK, 'ethusdt@markPrice@1s')
    far.pass(120_000)
    expect(far.log().slice(2)).toEqual([
      `16 s market-1 UNSUBSCRIBE ${MARK}`,
      `16.2 s market-1 SUBSCRIBE ${MARK}`,
      '31 s STREAM_SILENT',
      '31 s open market-2 /market/stream',
      `31.04 s market-2 SUBSCRIBE ${MARK} ethusdt@markPrice@1s`,
      '32 s close market-1',
      '47 s STREAM_MUTE',
    ])
  })

  it('of streams that may have nothing to say means nothing while the exchange pings', () => {
    const far = flowing([FORCED])
    for (let i = 0; i < 20; i++) {
      far.pass(180_000)
      far.put({ kind: 'ping', socketId: 'market-1' })
    }
    expect(far.log()).toEqual([])
    far.pass(601_000)
    expect(far.log()).toContain('4210 s open market-2 /market/stream')
  })
})

describe('a connection of 23 h', () => {
  const DAY_MS = 23 * 3_600_000

  it('is replaced before it is dropped, and its streams are dark at no time', () => {
    const far = flowing([BTC, FORCED, MARK])
    far.passed.clear()
    far.pass(DAY_MS)
    expect(far.log()).toEqual([
      '82681 s open market-3 /market/stream',
      `82681.04 s market-3 SUBSCRIBE ${FORCED} ${MARK}`,
      '82682 s close market-2',
      '82801 s open market-4 /public/stream',
      `82801.04 s market-4 SUBSCRIBE ${BTC}`,
      '82802 s close market-1',
    ])
    const times = far.passed.get(BTC)!
    expect(times.every((atMs, i) => i === 0 || atMs - times[i - 1]! <= 1_000)).toBe(true)
  })

  it('is kept for 10 s for a stream that the next socket does not tell of', () => {
    const far = flowing([BTC, ETH])
    far.pass(DAY_MS - 11_000)
    far.isSilent = true
    far.pass(3_000)
    const [old, next] = [...far.sockets.keys()]
    expect([old, next]).toEqual(['market-1', 'market-2'])
    // Only the old socket speaks.
    for (let i = 0; i < 9; i++) {
      for (const stream of [BTC, ETH])
        far.put({ kind: 'text', socketId: old!, text: JSON.stringify({ stream, data: { E: far.nowMs } }) })
      expect([...far.sockets.keys()]).toEqual(['market-1', 'market-2'])
      far.pass(1_000)
    }
    far.pass(2_000)
    expect([...far.sockets.keys()]).toEqual(['market-2'])
  })

  it('is kept while no new one can be opened', () => {
    const far = flowing([BTC])
    far.pass(DAY_MS - 11_000)
    far.isAway = true
    far.pass(600_000)
    expect(far.said.filter(({ effect }) => effect.kind === 'dark')).toEqual([])
    expect(far.said.filter(({ effect }) => effect.kind === 'open').length).toBeLessThan(20)
    far.isAway = false
    far.pass(61_000)
    expect(far.carriers(BTC).map(({ socketId }) => socketId)).not.toEqual(['market-1'])
  })
})

describe('a connection whose stamps are more than 5 s behind the exchange', () => {
  it('is replaced when that has lasted 15 s', () => {
    const far = flowing([BTC])
    far.put({ kind: 'exchangeClock', offsetMs: 2_000 })
    far.lagMs = 3_001
    far.pass(17_000)
    expect(far.log()).toEqual([
      '26 s STREAM_LATE',
      '26 s open market-2 /public/stream',
      `26.04 s market-2 SUBSCRIBE ${BTC}`,
      '27 s close market-1',
    ])
    expect(far.machine.view(far.nowMs).reconnects).toEqual({ late: 1 })
  })

  it.each([
    ['by less', { offsetMs: 2_000, lagMs: 3_000 }],
    ['without a clock of the exchange', { offsetMs: undefined, lagMs: 60_000 }],
  ])('%s is left alone', (_, { offsetMs, lagMs }) => {
    const far = flowing([BTC])
    if (offsetMs !== undefined) far.put({ kind: 'exchangeClock', offsetMs })
    far.lagMs = lagMs
    far.pass(120_000)
    expect(far.log()).toEqual([])
  })

  it('is replaced less and less often while new ones are as late', () => {
    const far = flowing([BTC])
    far.put({ kind: 'exchangeClock', offsetMs: 0 })
    far.lagMs = 10_000
    far.pass(3_600_000)
    expect(far.notices().length).toBeLessThan(12)
  })
})

describe('what arrives', () => {
  it('is passed over where it cannot be read, and told once', () => {
    const far = flowing([BTC])
    for (const text of ['<html>', '"text"', 'null', '{"stream":"btcusdt@bookTicker","data":5}', '{}'])
      far.put({ kind: 'text', socketId: 'market-1', text })
    expect(far.notices()).toEqual(['STREAM_MALFORMED'])
    expect(far.machine.view(far.nowMs).malformed).toBe(5)
  })

  it('of other sockets is none of its business', () => {
    const far = flowing([BTC])
    far.put({ kind: 'text', socketId: 'user-1', text: JSON.stringify({ stream: BTC, data: {} }) })
    far.put({ kind: 'closed', socketId: 'user-1', code: 1006, reason: '' })
    far.pass(100)
    expect(far.log()).toEqual([])
  })
})

type Fault =
  | { readonly kind: 'cut'; readonly socket: number; readonly code: number }
  | { readonly kind: 'mute' | 'speak' | 'forget'; readonly stream: number }
  | { readonly kind: 'silent' | 'away' | 'hanging' | 'refusing' | 'ignoring' | 'late'; readonly isSo: boolean }
  | { readonly kind: 'want'; readonly streams: readonly number[] }

const STREAMS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].flatMap((symbol) => [
  `${symbol}usdt@bookTicker`,
  `${symbol}usdt@markPrice@1s`,
  `${symbol}usdt@forceOrder`,
])
const LIMIT = 4

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ kind: fc.constant('cut'), socket: fc.nat(9), code: fc.constantFrom(1006, 1008, 1001) }),
  fc.record({ kind: fc.constantFrom('mute', 'speak', 'forget'), stream: fc.nat(STREAMS.length - 1) }),
  fc.record({ kind: fc.constantFrom('silent', 'away', 'hanging', 'refusing', 'ignoring', 'late'), isSo: fc.boolean() }),
  fc.record({ kind: fc.constant('want'), streams: fc.subarray([...STREAMS.keys()]) }),
)

function doWrong(far: FarEnd, fault: Fault): void {
  switch (fault.kind) {
    case 'cut': {
      const ids = [...far.sockets.keys()]
      if (ids.length > 0) far.cut(ids[fault.socket % ids.length]!, fault.code)
      break
    }
    case 'mute':
      far.mute.add(STREAMS[fault.stream]!)
      break
    case 'speak':
      far.mute.delete(STREAMS[fault.stream]!)
      break
    case 'forget':
      // Nobody can find out that what has not spoken, or need not, is not subscribed any more.
      if (!far.mute.has(STREAMS[fault.stream]!) && !far.isSilent && !STREAMS[fault.stream]!.endsWith('forceOrder'))
        far.forget(STREAMS[fault.stream]!)
      break
    case 'silent':
      far.isSilent = fault.isSo
      break
    case 'away':
      far.isAway = fault.isSo
      break
    case 'hanging':
      far.isHanging = fault.isSo
      break
    case 'refusing':
      far.refuses = fault.isSo
      break
    case 'ignoring':
      far.ignores = fault.isSo
      break
    case 'late':
      far.lagMs = fault.isSo ? 30_000 : 0
      break
    case 'want':
      far.want(...fault.streams.map((i) => STREAMS[i]!))
      break
  }
}

describe('whatever is closed, silent or refused', () => {
  it('every wanted stream comes again over exactly one socket when it is over, and no rule of the exchange was broken', () => {
    const story = fc.array(fc.tuple(fault, fc.integer({ min: 0, max: 90_000 })), { maxLength: 40 })
    fc.assert(
      fc.property(story, fc.subarray(STREAMS), (faults, lastWanted) => {
        const far = new FarEnd({ streamsPerConnection: LIMIT })
        const seen = new Set(far.sockets.values())
        far.put({ kind: 'exchangeClock', offsetMs: 0 })
        far.want(...STREAMS)
        let wanted = new Set(STREAMS)
        const step = (ms: number) => {
          far.passed.clear()
          far.pass(ms)
          for (const socket of far.sockets.values()) seen.add(socket)
          for (const stream of far.passed.keys()) expect(wanted).toContain(stream)
        }
        for (const [wrong, laterMs] of faults) {
          doWrong(far, wrong)
          if (wrong.kind === 'want') wanted = new Set(wrong.streams.map((i) => STREAMS[i]!))
          step(laterMs)
        }
        far.mute.clear()
        far.isSilent = far.isAway = far.isHanging = far.refuses = far.ignores = false
        far.lagMs = 0
        far.want(...lastWanted)
        wanted = new Set(lastWanted)
        step(300_000)
        for (const stream of STREAMS) expect(far.carriers(stream).length, stream).toBe(wanted.has(stream) ? 1 : 0)
        step(1_000)
        for (const stream of wanted)
          expect(far.passed.get(stream)?.length, stream).toBe(stream.endsWith('forceOrder') ? undefined : 1)
        for (const { messagesAtMs, mostStreams } of seen) {
          expect(mostStreams).toBeLessThanOrEqual(LIMIT)
          messagesAtMs.forEach((atMs, i) => {
            expect(atMs - (messagesAtMs[i - 10] ?? Number.NEGATIVE_INFINITY)).toBeGreaterThan(1_000)
          })
        }
      }),
      { numRuns: 150 },
    )
  })
})
