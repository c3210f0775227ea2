import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Connections, connectionLimits } from '../../../src/adapters/http/connections.js'

/** As much of a socket as a place among connections needs. It closes later than it is destroyed, as sockets do. */
class TestSocket extends EventEmitter {
  destroyed = false

  constructor(readonly remoteAddress: string) {
    super()
  }

  destroy(): void {
    this.destroyed = true
  }
}

function connections(limits = { inAll: 4, perCaller: 3 }) {
  const closed = { count: 0 }
  const made = new Connections(limits, () => closed.count++)
  const open = (address: string): Socket => {
    const socket = new TestSocket(address) as unknown as Socket
    made.admit(socket)
    return socket
  }
  return { made, open, closed }
}

const destroyed = (sockets: readonly Socket[]) => sockets.map((socket) => socket.destroyed)

describe('the limits of a process', () => {
  it.each([
    [undefined, 1_024, 768],
    [1_048_576, 1_024, 768],
    [1_024, 512, 384],
    [256, 128, 96],
    [20, 16, 12],
  ])('that may have %s files open are %i connections, %i of one caller', (openFiles, inAll, perCaller) => {
    expect(connectionLimits(openFiles)).toEqual({ inAll, perCaller })
  })
})

describe('connections', () => {
  it('close the oldest of the caller that has too many, and of all when all are too many', () => {
    const { open, closed } = connections()
    const all = ['10.0.0.1', '10.0.0.2', '10.0.0.2', '10.0.0.2', '10.0.0.2', '10.0.0.3'].map(open)
    expect(destroyed(all)).toEqual([true, true, false, false, false, false])
    expect(closed.count).toBe(2)
  })

  it('close what asks for nothing before what asks for something, and what rests again is the youngest', () => {
    const { made, open } = connections({ inAll: 3, perCaller: 3 })
    const [one, two, three] = ['10.0.0.1', '10.0.0.1', '10.0.0.1'].map(open) as [Socket, Socket, Socket]
    made.asks(one, { isOwner: false })
    made.asks(two, { isOwner: false })
    made.rests(two)
    open('10.0.0.1')
    expect(destroyed([one, two, three])).toEqual([false, false, true])
    open('10.0.0.1')
    expect(destroyed([one, two])).toEqual([false, true])
  })

  it('close what waits to be refused before all others', () => {
    const { made, open } = connections({ inAll: 3, perCaller: 3 })
    const [one, two, three] = ['10.0.0.1', '10.0.0.1', '10.0.0.1'].map(open) as [Socket, Socket, Socket]
    made.asks(three, { isOwner: false })
    made.refuses(three)
    made.rests(three)
    open('10.0.0.1')
    expect(destroyed([one, two, three])).toEqual([false, false, true])
  })

  it("never close the owner's, and turn away when all are the owner's", () => {
    const { made, open, closed } = connections()
    const owners = ['10.0.0.1', '10.0.0.1', '10.0.0.2', '10.0.0.2'].map((address) => {
      const socket = open(address)
      made.asks(socket, { isOwner: true })
      made.rests(socket)
      return socket
    })
    expect(open('10.0.0.3').destroyed).toBe(true)
    expect(destroyed(owners)).toEqual([false, false, false, false])
    expect(closed.count).toBe(1)
    owners[0]!.emit('close')
    expect(open('10.0.0.3').destroyed).toBe(false)
  })

  it('are never more than the limits, and the newest is among them while a stranger has a place', () => {
    const step = fc.record({
      address: fc.constantFrom('10.0.0.1', '10.0.0.2', '127.0.0.1'),
      act: fc.constantFrom('nothing', 'asks', 'refuses', 'rests', 'closes', 'owner'),
      whose: fc.nat({ max: 30 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { made, open } = connections()
        const all: Socket[] = []
        const owners = new Set<Socket>()
        for (const { address, act, whose } of steps) {
          const newest = open(address)
          all.push(newest)
          const alive = all.filter((socket) => !socket.destroyed)
          const ofCaller = alive.filter((socket) => socket.remoteAddress === address)
          expect(made.size).toBe(alive.length)
          expect(alive.length).toBeLessThanOrEqual(4)
          expect(ofCaller.length).toBeLessThanOrEqual(3)
          if (newest.destroyed)
            expect((ofCaller.length === 3 ? ofCaller : alive).every((s) => owners.has(s))).toBe(true)
          const subject = alive[whose % alive.length]
          if (subject === undefined) continue
          // Whatever is asked behind a refusal that is still to come is never heard: the server closes what asks there.
          const isHeard = !made.isRefused(subject)
          if (act === 'asks') made.asks(subject, { isOwner: false })
          if (act === 'rests') made.rests(subject)
          if (act === 'refuses') made.refuses(subject)
          if (act === 'owner' && isHeard) made.asks(subject, { isOwner: true })
          if (act === 'owner' && isHeard) owners.add(subject)
          if (act === 'closes') subject.destroy()
          if (act === 'closes') subject.emit('close')
          if (act === 'closes') owners.delete(subject)
          expect([...owners].filter((owner) => owner.destroyed)).toEqual([])
        }
      }),
    )
  })
})
