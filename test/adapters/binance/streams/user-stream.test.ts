import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RestCall, RestOutcome } from '../../../../src/adapters/binance/rest/call.js'
import type { UserStreamEffect } from '../../../../src/adapters/binance/streams/stream-effects.js'
import { USER_STREAM, UserStream } from '../../../../src/adapters/binance/streams/user-stream.js'
import { assert } from '../../../../src/base/assert.js'
import { recordedFrames } from './recorded-frames.js'

type Input = Parameters<UserStream['handle']>[0]

const DAY_MS = 86_400_000

/**
 * The user stream and the exchange at its other end, on virtual time: one key an account, which lives 60 min; sockets that ping each
 * 3 min and tell what happens while their key lives.
 */
class Account {
  nowMs = 0
  readonly machine = new UserStream()
  readonly said: { readonly atMs: number; readonly effect: UserStreamEffect }[] = []
  key: string | undefined
  keyEndsMs = 0
  readonly sockets = new Map<string, { readonly key: string; isOpen: boolean }>()
  /** No socket can be opened. */
  isAway = false
  /** No call is answered as it should be. */
  failing: Exclude<RestOutcome['kind'], 'done'> | 'banned' | 'html' | undefined
  /** Sockets tell and ping nothing. */
  isSilent = false
  private keys = 0
  private readonly queue: { readonly atMs: number; readonly run: () => void }[] = []

  constructor() {
    this.later(180_000, () => this.ping())
  }

  put(input: Input): void {
    for (const effect of this.machine.handle(input, this.nowMs)) {
      this.said.push({ atMs: this.nowMs, effect })
      if (effect.kind === 'call')
        this.later(30, () => this.put({ kind: 'outcome', outcome: this.outcome(effect.call) }))
      if (effect.kind === 'open') this.open(effect.socketId, decodeURIComponent(effect.target.slice('/ws/'.length)))
      if (effect.kind === 'close') this.cut(effect.socketId, 1000)
    }
    const dueMs = this.machine.nextDueMs()
    assert(dueMs === undefined || dueMs > this.nowMs, 'what was due is done')
  }

  pass(ms: number): void {
    const untilMs = this.nowMs + ms
    for (;;) {
      const event = this.queue[0]
      const nextMs = Math.min(
        event?.atMs ?? Number.POSITIVE_INFINITY,
        this.machine.nextDueMs() ?? Number.POSITIVE_INFINITY,
      )
      if (nextMs > untilMs) break
      this.nowMs = nextMs
      if (event?.atMs === nextMs) {
        this.queue.shift()
        event.run()
      } else this.put({ kind: 'time' })
    }
    this.nowMs = untilMs
  }

  /** Something happens in the account: every socket with the living key tells of it. */
  happen(event: Record<string, unknown> = { e: 'ORDER_TRADE_UPDATE', E: this.nowMs }): void {
    if (this.isSilent || !this.isAlive()) return
    for (const [socketId, { key, isOpen }] of [...this.sockets])
      if (isOpen && key === this.key) this.put({ kind: 'text', socketId, text: JSON.stringify(event) })
  }

  cut(socketId: string, code = 1006): void {
    if (this.sockets.delete(socketId)) this.later(1, () => this.put({ kind: 'closed', socketId, code, reason: '' }))
  }

  /** Another client of the account deletes its key; nobody is told. */
  deleteKey(): void {
    this.key = undefined
  }

  /** The key runs out, which its sockets are told before they fall silent. */
  expireKey(): void {
    this.happen({ e: 'listenKeyExpired', E: this.nowMs, listenKey: this.key })
    this.key = undefined
  }

  /** What has been said of connections and calls since the last time. */
  log(): string[] {
    return this.said.splice(0).flatMap(({ atMs, effect }) => {
      const what = written(effect)
      return what === undefined ? [] : [`${atMs / 1_000} s ${what}`]
    })
  }

  isAlive(): boolean {
    return this.key !== undefined && this.nowMs < this.keyEndsMs
  }

  private outcome({ callId, route }: RestCall): RestOutcome {
    if (this.failing === 'unknown') return { kind: 'unknown', callId, message: '' }
    if (this.failing === 'notSent') return { kind: 'notSent', callId, why: 'UNREACHABLE', message: '' }
    if (this.failing === 'banned') return { kind: 'notSent', callId, why: 'BANNED', message: '' }
    if (this.failing === 'refused') return refused(callId, -1000)
    const sentAtExchangeMs = this.nowMs
    if (this.failing === 'html') return { kind: 'done', callId, value: '<html>', sentAtExchangeMs }
    if (route === 'keepListenKey' && !this.isAlive()) return refused(callId, -1125)
    if (!this.isAlive()) this.key = `secret${++this.keys}`
    this.keyEndsMs = this.nowMs + 3_600_000
    return { kind: 'done', callId, value: { listenKey: this.key }, sentAtExchangeMs }
  }

  private open(socketId: string, key: string): void {
    this.sockets.set(socketId, { key, isOpen: false })
    this.later(40, () => {
      const socket = this.sockets.get(socketId)
      if (socket === undefined) return
      if (this.isAway) return this.cut(socketId)
      socket.isOpen = true
      this.put({ kind: 'opened', socketId })
    })
  }

  private ping(): void {
    if (!this.isSilent)
      for (const [socketId, { isOpen }] of [...this.sockets]) if (isOpen) this.put({ kind: 'ping', socketId })
    this.later(180_000, () => this.ping())
  }

  private later(ms: number, run: () => void): void {
    const atMs = this.nowMs + ms
    let place = this.queue.length
    while (place > 0 && this.queue[place - 1]!.atMs > atMs) place--
    this.queue.splice(place, 0, { atMs, run })
  }
}

function refused(callId: string, code: number): RestOutcome {
  return { kind: 'refused', callId, error: { httpStatus: 400, code, message: 'no', rejectCode: null } }
}

function written(effect: UserStreamEffect): string | undefined {
  switch (effect.kind) {
    case 'call':
      return effect.call.route
    case 'open':
      return `open ${effect.socketId}`
    case 'close':
      return `close ${effect.socketId}`
    case 'userConnection':
      return effect.connected ? 'connected' : 'not connected'
    case 'notice':
      return effect.code
    case 'user':
      return effect.event.e
    default:
      return undefined
  }
}

function started(): Account {
  const account = new Account()
  account.put({ kind: 'start' })
  account.pass(1_000)
  account.said.length = 0
  return account
}

describe('the user stream', () => {
  it('asks for nothing before it is started, then for a key, and opens the private path with it', () => {
    const account = new Account()
    account.pass(DAY_MS)
    expect(account.machine.nextDueMs()).toBe(undefined)
    account.put({ kind: 'start' })
    account.pass(1_000)
    const open = account.said.flatMap(({ effect }) => (effect.kind === 'open' ? [effect] : []))
    expect(open).toEqual([{ kind: 'open', socketId: 'user-1', path: 'private', target: '/ws/secret1' }])
    expect(account.log()).toEqual(['86400 s newListenKey', '86400.03 s open user-1', '86400.07 s connected'])
  })

  it('asks for its key as truth, in a call that may wait for the next minute', () => {
    const account = new Account()
    account.put({ kind: 'start' })
    expect(account.said[0]!.effect).toEqual({
      kind: 'call',
      call: { callId: 'listenKey:1', route: 'newListenKey', params: {}, priority: 'truth', deadlineMs: 70_000 },
    })
  })

  it('keeps its key alive for as long as it is', () => {
    const account = started()
    account.pass(10 * 3_600_000)
    expect(new Set(account.log().map((line) => line.split(' ')[2]))).toEqual(new Set(['keepListenKey']))
    expect(account.isAlive()).toBe(true)
    expect(account.machine.view(account.nowMs)).toMatchObject({ connected: true, renewals: { start: 1 } })
  })

  it('tells what it hears, bare or wrapped', () => {
    const account = started()
    account.happen({ e: 'ACCOUNT_UPDATE', E: 1 })
    account.happen({ stream: 'secret1', data: { e: 'ORDER_TRADE_UPDATE', E: 2 } })
    account.put({ kind: 'text', socketId: 'user-1', text: '{"result":null,"id":1}' })
    account.put({ kind: 'text', socketId: 'market-1', text: '{"e":"x"}' })
    const events = account.said.flatMap(({ effect }) => (effect.kind === 'user' ? [effect.event] : []))
    expect(events).toEqual([
      { e: 'ACCOUNT_UPDATE', E: 1 },
      { e: 'ORDER_TRADE_UPDATE', E: 2 },
    ])
  })

  it('tells every event that others recorded, but the end of a key', () => {
    const account = started()
    const frames = recordedFrames('gct-user.jsonl')
    for (const { text } of frames) account.put({ kind: 'text', socketId: 'user-1', text })
    const told = account.said.flatMap(({ effect }) => (effect.kind === 'user' ? [effect.event] : []))
    expect(told).toEqual(frames.slice(0, -1).map(({ data }) => data))
    expect((frames.at(-1)!.data as { e: string }).e).toBe('listenKeyExpired')
  })

  it('tells an id that a number cannot hold as its digits', () => {
    const account = started()
    account.put({ kind: 'text', socketId: 'user-1', text: '{"e":"ORDER_TRADE_UPDATE","o":{"i":8389765519000000001}}' })
    const told = account.said.flatMap(({ effect }) => (effect.kind === 'user' ? [effect.event] : []))
    expect(told).toEqual([{ e: 'ORDER_TRADE_UPDATE', o: { i: '8389765519000000001' } }])
  })

  it('has the account read anew after an event that it cannot read', () => {
    const account = started()
    for (const text of ['<html>', '[]', '{"a":1}']) account.put({ kind: 'text', socketId: 'user-1', text })
    expect(account.log()).toEqual(Array(3).fill(['1 s USER_STREAM_MALFORMED', '1 s connected']).flat())
  })
})

describe('a new key and a new socket come, and only then is the old one dropped', () => {
  it('when the key has expired: the socket stays open and tells nothing more', () => {
    const account = started()
    account.pass(100_000)
    account.expireKey()
    account.pass(10_000)
    expect(account.log()).toEqual([
      '101 s not connected',
      '101 s USER_STREAM_RENEWED',
      '101 s newListenKey',
      '101.03 s open user-2',
      '101.07 s connected',
      '103.07 s close user-1',
    ])
  })

  it('when another client has deleted the key, which the next call finds out', () => {
    const account = started()
    account.deleteKey()
    account.pass(400_000)
    expect(account.log()).toEqual([
      '300.07 s keepListenKey',
      '300.1 s not connected',
      '300.1 s USER_STREAM_RENEWED',
      '300.1 s newListenKey',
      '300.13 s open user-2',
      '300.17 s connected',
      '302.17 s close user-1',
    ])
  })

  it('when another client has deleted the key and made its own, which the call keeps alive in its stead', () => {
    const account = started()
    account.key = 'of another'
    account.pass(400_000)
    expect(account.log()).toContain('300.17 s connected')
    expect([...account.sockets.values()]).toEqual([{ key: 'of another', isOpen: true }])
  })

  it('when its socket is closed', () => {
    const account = started()
    account.cut('user-1')
    account.pass(1_000)
    expect(account.log()).toEqual([
      '1.001 s not connected',
      '1.001 s USER_STREAM_RENEWED',
      '1.001 s newListenKey',
      '1.031 s open user-2',
      '1.071 s connected',
    ])
  })

  it('when two calls in a row to keep the key have failed; the old socket is heard meanwhile', () => {
    const account = started()
    account.failing = 'unknown'
    account.pass(364_000)
    account.happen()
    account.failing = undefined
    account.pass(10_000)
    expect(account.log()).toEqual([
      '300.07 s keepListenKey',
      '360.1 s keepListenKey',
      '360.13 s USER_STREAM_RENEWED',
      '360.13 s newListenKey',
      '360.16 s USER_STREAM_UNREACHABLE',
      '361.16 s newListenKey',
      '363.19 s newListenKey',
      '365 s ORDER_TRADE_UPDATE',
      '367.22 s newListenKey',
      '367.25 s open user-2',
      '367.29 s connected',
      '369.29 s close user-1',
    ])
  })

  it('at 23 h, without a moment in which nothing is told', () => {
    const account = started()
    account.pass(23 * 3_600_000)
    expect(account.log().filter((line) => !line.endsWith('keepListenKey'))).toEqual([
      '82800.07 s newListenKey',
      '82800.1 s open user-2',
      '82800.14 s connected',
    ])
    account.happen()
    account.pass(2_000)
    expect(account.log()).toEqual([
      '82801 s ORDER_TRADE_UPDATE',
      '82801 s ORDER_TRADE_UPDATE',
      '82802.14 s close user-1',
    ])
  })

  it('when it has not been pinged for 10 min', () => {
    const account = started()
    account.isSilent = true
    account.pass(601_000)
    expect(account.log()).toContain('600.07 s not connected')
    expect(account.log()).toEqual([])
    expect(account.machine.view(account.nowMs).renewals).toEqual({ start: 1, silent: 1 })
  })

  it('when the key dies under the socket that is being opened with it', () => {
    const account = started()
    account.pass(23 * 3_600_000 - 880)
    expect(account.log().at(-1)).toBe('82800.1 s open user-2')
    account.expireKey()
    account.pass(3_000)
    expect(account.log()).toEqual([
      '82800.12 s not connected',
      '82800.12 s close user-2',
      '82800.12 s USER_STREAM_RENEWED',
      '82800.12 s newListenKey',
      '82800.15 s open user-3',
      '82800.19 s connected',
      '82802.19 s close user-1',
    ])
  })
})

describe('the old socket', () => {
  it('is not told to close when it has closed by itself', () => {
    const account = started()
    account.expireKey()
    account.pass(1_000)
    account.cut('user-1')
    account.pass(10_000)
    expect(account.log().at(-1)).toBe('1.07 s connected')
  })

  it('is dropped at once when a third one is there', () => {
    const account = started()
    account.expireKey()
    account.pass(1_000)
    account.expireKey()
    account.pass(500)
    expect(account.log().slice(-2)).toEqual(['2.07 s close user-1', '2.07 s connected'])
  })

  it('shows nothing of whether the new one hears', () => {
    const account = started()
    account.expireKey()
    account.pass(500)
    account.put({ kind: 'expect', withinMs: 5_000 })
    account.put({ kind: 'text', socketId: 'user-1', text: '{"e":"ORDER_TRADE_UPDATE"}' })
    account.pass(5_000)
    expect(account.machine.view(account.nowMs).renewals).toEqual({ start: 1, expired: 1, deaf: 1 })
  })
})

it('one call to keep the key that fails, now and then, changes nothing', () => {
  const account = started()
  // Too short for the second attempt to fail, too.
  for (let i = 0; i < 100; i++) {
    account.failing = 'notSent'
    account.pass(USER_STREAM.keepAgainMs - 10_000)
    account.failing = undefined
    account.pass(USER_STREAM.keepAgainMs)
  }
  expect(account.machine.view(account.nowMs).renewals).toEqual({ start: 1 })
})

it('events show that the socket lives, though nobody pings', () => {
  const account = started()
  for (let i = 0; i < 30; i++) {
    account.happen()
    account.isSilent = true
    account.pass(60_000)
    account.isSilent = false
  }
  expect(account.machine.view(account.nowMs).renewals).toEqual({ start: 1 })
})

describe('an event that has to come', () => {
  it('and does not shows that the stream is deaf', () => {
    const account = started()
    account.put({ kind: 'expect', withinMs: 5_000 })
    account.pass(5_200)
    expect(account.log()).toEqual([
      '6 s not connected',
      '6 s USER_STREAM_RENEWED',
      '6 s newListenKey',
      '6.03 s open user-2',
      '6.07 s connected',
    ])
    account.pass(60_000)
    expect(account.log()).toEqual(['8.07 s close user-1'])
  })

  it('and does shows that it is not', () => {
    const account = started()
    account.put({ kind: 'expect', withinMs: 5_000 })
    account.pass(4_999)
    account.happen()
    account.pass(60_000)
    expect(account.log()).toEqual(['5.999 s ORDER_TRADE_UPDATE'])
  })

  it('may have come before the answer that says so', () => {
    const account = started()
    account.happen()
    account.put({ kind: 'expect', withinMs: 5_000, sinceMs: 999 })
    account.pass(60_000)
    expect(account.log()).toEqual(['1 s ORDER_TRADE_UPDATE'])
    account.put({ kind: 'expect', withinMs: 5_000, sinceMs: account.nowMs })
    account.pass(60_000)
    expect(account.log()[0]).toBe('66 s not connected')
  })

  it('is not waited for while the account is to be read anew anyway', () => {
    const account = started()
    account.put({ kind: 'expect', withinMs: 5_000 })
    account.cut('user-1')
    account.pass(60_000)
    expect(account.machine.view(account.nowMs).renewals).toEqual({ start: 1, closed: 1 })
  })
})

describe('while the exchange cannot be reached', () => {
  it.each(['refused', 'unknown', 'notSent', 'html'] as const)(
    'it asks ever more rarely for a key (%s), and says so rarely',
    (kind) => {
      const account = new Account()
      account.failing = kind
      account.put({ kind: 'start' })
      account.pass(600_000)
      const log = account.log()
      const asked = log.filter((line) => line.endsWith('newListenKey'))
      expect(asked.slice(0, 4)).toEqual([
        '0 s newListenKey',
        '1.03 s newListenKey',
        '3.06 s newListenKey',
        '7.09 s newListenKey',
      ])
      expect(asked.length).toBeLessThan(45)
      expect(log.filter((line) => line.endsWith('USER_STREAM_UNREACHABLE')).length).toBe(2)
      account.failing = undefined
      account.pass(61_000)
      expect(account.machine.view(account.nowMs).connected).toBe(true)
    },
  )

  it('a key that may not be asked for yet is asked for as soon as it may, for what does not leave costs nothing', () => {
    const account = new Account()
    account.failing = 'banned'
    account.put({ kind: 'start' })
    account.pass(300_000)
    expect(account.log().filter((line) => line.endsWith('USER_STREAM_UNREACHABLE'))).toHaveLength(1)
    account.failing = undefined
    account.pass(2_000)
    expect(account.machine.view(account.nowMs).connected).toBe(true)
  })

  it('a socket that is closed as soon as it is open is opened less and less often, and at once after one that lasted', () => {
    const account = started()
    const cutAtOnce = () => {
      for (const [socketId, { isOpen }] of [...account.sockets]) if (isOpen) account.cut(socketId, 1008)
    }
    for (let i = 0; i < 60_000; i++) {
      account.pass(10)
      cutAtOnce()
    }
    const opened = account.said.filter(({ effect }) => effect.kind === 'open').length
    expect(opened).toBeGreaterThan(10)
    expect(opened).toBeLessThan(45)
    account.pass(200_000)
    account.said.length = 0
    cutAtOnce()
    account.pass(100)
    expect(account.said.filter(({ effect }) => effect.kind === 'open')).toHaveLength(1)
  })

  it('a socket that does not open in 10 s is given up', () => {
    const account = started()
    account.expireKey()
    account.pass(35)
    account.said.length = 0
    account.sockets.delete('user-2')
    account.pass(USER_STREAM.openMs + 2_000)
    expect(account.log()).toEqual([
      '11.03 s close user-2',
      '11.03 s USER_STREAM_UNREACHABLE',
      '12.03 s newListenKey',
      '12.06 s open user-3',
      '12.1 s connected',
    ])
  })
})

type Fault =
  | { readonly kind: 'cut' | 'delete' | 'expire' | 'happen' | 'expect' | 'garbage' }
  | { readonly kind: 'away' | 'silent'; readonly isSo: boolean }
  | { readonly kind: 'failing'; readonly how: Account['failing'] }

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ kind: fc.constantFrom('cut', 'delete', 'expire', 'happen', 'expect', 'garbage') }),
  fc.record({ kind: fc.constantFrom('away', 'silent'), isSo: fc.boolean() }),
  fc.record({ kind: fc.constant('failing'), how: fc.constantFrom('refused', 'unknown', 'notSent', 'html', undefined) }),
)

function doWrong(account: Account, fault: Fault): void {
  switch (fault.kind) {
    case 'cut':
      for (const socketId of [...account.sockets.keys()].slice(0, 1)) account.cut(socketId)
      break
    case 'delete':
      account.deleteKey()
      break
    case 'expire':
      account.expireKey()
      break
    case 'happen':
      account.happen()
      break
    case 'expect':
      account.put({ kind: 'expect', withinMs: 5_000 })
      break
    case 'garbage':
      for (const socketId of account.sockets.keys())
        account.put({ kind: 'text', socketId, text: '{"listenKey":"secret' })
      break
    case 'away':
      account.isAway = fault.isSo
      break
    case 'silent':
      account.isSilent = fault.isSo
      break
    case 'failing':
      account.failing = fault.how
      break
  }
}

describe('whatever happens to keys and sockets', () => {
  it('what happens in the account is told again by one socket when it is over, and no notice holds a key', () => {
    const story = fc.array(fc.tuple(fault, fc.oneof(fc.nat(200), fc.nat(1_200_000))), { maxLength: 30 })
    fc.assert(
      fc.property(story, (faults) => {
        const account = new Account()
        account.put({ kind: 'start' })
        for (const [wrong, laterMs] of faults) {
          doWrong(account, wrong)
          account.pass(laterMs)
        }
        account.failing = undefined
        account.isAway = account.isSilent = false
        // A key that was deleted is found out within five minutes, an attempt that waits comes within one.
        account.pass(USER_STREAM.keepEveryMs + 2 * USER_STREAM.renewMsMax)
        expect(account.sockets.size).toBe(1)
        expect(account.machine.view(account.nowMs).connected).toBe(true)
        const said = account.said.map(({ effect }) => effect)
        expect(said.filter(({ kind }) => kind === 'userConnection').at(-1)).toMatchObject({ connected: true })
        for (const effect of said) if (effect.kind === 'notice') expect(JSON.stringify(effect)).not.toContain('secret')
        expect(JSON.stringify(account.machine.view(account.nowMs))).not.toContain('secret')
        account.said.length = 0
        account.happen()
        expect(account.log()).toEqual([`${account.nowMs / 1_000} s ORDER_TRADE_UPDATE`])
      }),
      { numRuns: 300 },
    )
  })
})
