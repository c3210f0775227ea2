import { describe, expect, it } from 'vitest'
import type { Checkpoint, JournalListener } from '../../../src/ports/journal.js'
import type { ExecutionEvent, ExecutionInput, Side, SideEffect } from '../../../src/ports/sides.js'
import type { VenueEvent, VenueRequest } from '../../../src/ports/venue.js'
import type { Alert } from '../../../src/ports/vocabulary/alerts.js'
import { hostedVenue } from '../../../src/runtime/host/hosted-venue.js'
import { SideHost, type SideHostPorts } from '../../../src/runtime/host/side-host.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'

type Effect = SideEffect<string>

/** Answers every event with what `script` says, and keeps all of them. */
class ScriptedSide implements Side<ExecutionEvent, string> {
  readonly seen: ExecutionEvent[] = []
  dueMs: number | undefined
  constructor(private readonly script: (event: ExecutionEvent) => readonly Effect[] = () => []) {}

  handle(event: ExecutionEvent): readonly Effect[] {
    this.seen.push(event)
    return this.script(event)
  }

  nextDueMs(): number | undefined {
    return this.dueMs
  }

  stateHash(): string {
    return ''
  }

  checkpoint(): Checkpoint {
    return { records: this.seen.length, atMs: 0, shape: 'scripted/1', stateHash: '', state: {} }
  }
}

/** Every port writes what it is told into one list, and hands out its listener. */
function surroundings(time = new VirtualTime(1_000)) {
  const done: string[] = []
  const heard: { journal?: JournalListener; link?: (text: string) => void; venue?: (event: VenueEvent) => void } = {}
  const journal = {
    depth: 0,
    capacity: 4,
    append: (line: string) => {
      done.push(`append ${line}`)
      journal.depth++
    },
    listen: (listener: JournalListener) => {
      heard.journal = listener
    },
    close: async () => {
      done.push('close journal')
    },
  }
  const broken: unknown[] = []
  const venue = {
    send: (request: VenueRequest) => void done.push(`request ${request.requestId}`),
    listen: (listener: (event: VenueEvent) => void) => {
      heard.venue = listener
    },
    close: async () => {
      done.push('close venue')
    },
  }
  const ports: SideHostPorts<ExecutionInput, string> = {
    timer: time,
    journal,
    link: {
      send: (text) => done.push(`send ${text}`),
      listen: (listener) => {
        heard.link = listener
      },
      close: async () => {
        done.push('close link')
      },
    },
    venue: hostedVenue(venue),
    format: (record) => record,
    recorded: (record) => done.push(`told ${record}`),
    alerted: (alert: Alert) => done.push(`alert ${alert.alertId}`),
    broken: (error) => broken.push(error),
  }
  return { time, done, heard, journal, broken, ports }
}

function host(side: ScriptedSide, ports: SideHostPorts<ExecutionInput, string>): SideHost<ExecutionInput, string> {
  return new SideHost<ExecutionInput, string>(side, ports)
}

const REQUEST: VenueRequest = { kind: 'query', requestId: 'q1', symbol: 'BTCUSDT', clientOrderId: 'A.e' }
const ALERT: Alert = { alertId: 'a1', level: 'INFO', category: 'link', message: '', atMs: 0 }

describe('the host of a side', () => {
  it('starts the side before anything else reaches it', () => {
    const side = new ScriptedSide()
    const { ports, heard } = surroundings()
    host(side, ports).start()
    heard.link?.('hello')
    expect(side.seen).toEqual([
      { kind: 'start', nowMs: 1_000 },
      { kind: 'message', nowMs: 1_000, text: 'hello' },
    ])
  })

  it('carries out effects in their order', () => {
    const effects: Effect[] = [
      { kind: 'request', request: REQUEST },
      { kind: 'append', record: 'r1' },
      { kind: 'alert', alert: ALERT },
      { kind: 'send', text: 'm1' },
      { kind: 'append', record: 'r2' },
    ]
    const { ports, done } = surroundings()
    host(new ScriptedSide(() => effects), ports).start()
    expect(done).toEqual(['request q1', 'append r1', 'told r1', 'alert a1', 'send m1', 'append r2', 'told r2'])
  })

  it('turns what its ports call into events, whatever the order in which they call', () => {
    const side = new ScriptedSide()
    const { ports, heard, time } = surroundings()
    host(side, ports).start()
    heard.venue?.({ kind: 'connection', connected: true })
    time.runTo(1_250)
    heard.journal?.durable(3)
    heard.journal?.failed('disk full')
    expect(side.seen.slice(1)).toEqual([
      { kind: 'venue', nowMs: 1_000, event: { kind: 'connection', connected: true } },
      { kind: 'durable', nowMs: 1_250, records: 3 },
      { kind: 'journalFailed', nowMs: 1_250, message: 'disk full' },
    ])
  })

  it('handles no event while it handles another, and loses none', () => {
    const { ports, heard } = surroundings()
    const order: string[] = []
    const side = new ScriptedSide((event) => {
      order.push(event.kind)
      return event.kind === 'message' ? [{ kind: 'request', request: REQUEST }] : []
    })
    // A venue that answers while it is asked, which the port forbids.
    const venue = {
      ...ports.venue!,
      send: () => {
        heard.venue?.({ kind: 'connection', connected: true })
        heard.venue?.({ kind: 'connection', connected: false })
        order.push('asked')
      },
    }
    host(side, { ...ports, venue }).start()
    heard.link?.('go')
    expect(order).toEqual(['start', 'message', 'asked', 'venue', 'venue'])
  })

  it('never lets a side’s clock go back', () => {
    const side = new ScriptedSide()
    const { ports, heard } = surroundings()
    const times = [1_000, 1_500, 900, 1_501]
    const timer = { ...ports.timer, at: () => () => {}, epochMs: () => times.shift()! }
    host(side, { ...ports, timer }).start()
    for (let i = 0; i < 3; i++) heard.link?.('x')
    expect(side.seen.map((event) => event.nowMs)).toEqual([1_000, 1_500, 1_500, 1_501])
  })

  it('wakes the side when it wants to be, and not for what it no longer waits for sooner than that', () => {
    const side = new ScriptedSide()
    const { ports, heard, time } = surroundings()
    side.dueMs = 2_000
    host(side, ports).start()
    side.dueMs = 1_400
    heard.link?.('sooner now')
    time.runTo(1_399)
    expect(side.seen.filter((event) => event.kind === 'time')).toEqual([])
    side.dueMs = undefined
    time.runTo(5_000)
    expect(side.seen.filter((event) => event.kind === 'time')).toEqual([{ kind: 'time', nowMs: 1_400 }])
  })

  it('asks a side that is always due once a millisecond, not for ever at one moment', () => {
    const side = new ScriptedSide()
    side.dueMs = 0
    const { ports, time } = surroundings()
    host(side, ports).start()
    time.runTo(1_003)
    expect(side.seen.map((event) => event.nowMs)).toEqual([1_000, 1_001, 1_002, 1_003])
  })

  it('tells of a full journal once, and of a drained one once it is half empty', () => {
    const side = new ScriptedSide((event) => (event.kind === 'message' ? [{ kind: 'append', record: 'r' }] : []))
    const { ports, heard, journal } = surroundings()
    host(side, ports).start()
    for (let i = 0; i < 6; i++) heard.link?.('x')
    for (const depth of [5, 3, 2, 0]) {
      journal.depth = depth
      heard.journal?.durable(6 - depth)
    }
    const pressure = side.seen.filter((event) => event.kind === 'journalPressure')
    expect(pressure).toEqual([
      { kind: 'journalPressure', nowMs: 1_000, full: true },
      { kind: 'journalPressure', nowMs: 1_000, full: false },
    ])
    expect(side.seen.findIndex((event) => event.kind === 'journalPressure')).toBe(5)
  })

  it('handles what is posted from `recorded` after the effects of the input at hand', () => {
    const effects: Effect[] = [
      { kind: 'append', record: 'r1' },
      { kind: 'send', text: 'm1' },
    ]
    const { ports, heard, done } = surroundings()
    const side = new ScriptedSide((event) => {
      done.push(event.kind)
      return event.kind === 'message' ? effects : []
    })
    const driven = host(side, {
      ...ports,
      recorded: () => driven.post({ kind: 'command', command: { command: 'kill', reason: 'a loss' } }),
    })
    driven.start()
    heard.link?.('go')
    expect(done).toEqual(['start', 'message', 'append r1', 'send m1', 'command'])
  })

  it('stops at a port that throws: the effects before are carried out, those after are not', () => {
    const effects: Effect[] = [
      { kind: 'append', record: 'r1' },
      { kind: 'send', text: 'm1' },
      { kind: 'append', record: 'r2' },
    ]
    const { ports, done, broken, heard } = surroundings()
    const side = new ScriptedSide((event) => (event.kind === 'start' ? effects : []))
    const send = () => {
      throw new Error('no such link')
    }
    const driven = host(side, { ...ports, link: { ...ports.link, send } })
    driven.start()
    heard.link?.('late')
    expect(done).toEqual(['append r1', 'told r1'])
    expect(broken).toEqual([new Error('no such link')])
    expect(driven.isRunning).toBe(false)
    expect(side.seen).toHaveLength(1)
  })

  it('never asks a venue that it does not have', () => {
    const { ports, broken } = surroundings()
    const { venue: _, ...without } = ports
    host(new ScriptedSide(() => [{ kind: 'request', request: REQUEST }]), without).start()
    expect(String(broken[0])).toContain('a side that asks a venue has one')
  })

  it('gives its journal the side’s checkpoint, and none of a side that broke', () => {
    const side = new ScriptedSide((event) => {
      if (event.kind === 'message') throw new Error('boom')
      return []
    })
    const { ports, heard } = surroundings()
    host(side, ports).start()
    expect(heard.journal?.checkpoint?.()).toEqual(side.checkpoint())
    heard.link?.('one')
    expect(heard.journal?.checkpoint?.()).toBeUndefined()
  })

  it('handles nothing more when the side throws', () => {
    const side = new ScriptedSide((event) => {
      if (event.kind === 'message') throw new Error('boom')
      return []
    })
    const { ports, heard, broken } = surroundings()
    host(side, ports).start()
    heard.link?.('one')
    heard.link?.('two')
    expect(side.seen).toHaveLength(2)
    expect(broken).toEqual([new Error('boom')])
  })

  it('lets go of its journal last', async () => {
    const { ports, done } = surroundings()
    const side = new ScriptedSide()
    const driven = host(side, ports)
    driven.start()
    await driven.stop()
    driven.post({ kind: 'time' })
    expect(done).toEqual(['close link', 'close venue', 'close journal'])
    expect(side.seen).toHaveLength(1)
  })
})
