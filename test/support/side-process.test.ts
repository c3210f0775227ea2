import { expect, test } from 'vitest'
import type { CommonEvent, CommonInput, Side, SideEffect } from '../../src/ports/sides.js'
import { VirtualTime } from '../../src/runtime/time/virtual-time.js'
import { SideProcess } from './side-process.js'

const EFFECTS: readonly SideEffect<string>[] = [
  { kind: 'append', record: 'r1' },
  { kind: 'send', text: 'm1' },
  { kind: 'alert', alert: { alertId: 'a1', level: 'INFO', category: 'link', message: '', atMs: 0 } },
  { kind: 'append', record: 'r2' },
  { kind: 'send', text: 'm2' },
]
const DONE = ['r1', 'm1', 'a1', 'r2', 'm2']

/** A side that answers a message with everything there is, and asks to be woken every 10 ms. */
class Eager implements Side<CommonEvent, string> {
  constructor(private readonly seen: string[]) {}

  handle({ kind }: CommonEvent): readonly SideEffect<string>[] {
    this.seen.push(kind)
    return kind === 'message' ? EFFECTS : []
  }

  nextDueMs(): number {
    return time.epochMs() + 10
  }

  stateHash(): string {
    return ''
  }

  checkpoint(): undefined {
    return undefined
  }
}

let time: VirtualTime

function process() {
  time = new VirtualTime(0)
  const seen: string[] = []
  const done: string[] = []
  const lost: (readonly SideEffect<string>[])[] = []
  let hear: (text: string) => void = () => {}
  const close = async () => {}
  const made = new SideProcess<CommonInput, string, Eager>({
    begin: () => ({
      side: new Eager(seen),
      ports: {
        timer: time,
        journal: { depth: 0, capacity: 9, append: (line) => done.push(line), listen: () => {}, close },
        link: {
          send: (text) => done.push(text),
          listen: (listener) => {
            hear = listener
          },
          close,
        },
        format: (record) => record,
        recorded: () => {},
        alerted: ({ alertId }) => done.push(alertId),
      },
    }),
    died: (_, effects) => lost.push(effects),
  })
  made.start()
  return { made, seen, done, lost, hear: (text: string) => hear(text) }
}

test.each([1, 2, 3, 4])('a process that dies after %i effects has carried out those and no other', (effects) => {
  const { made, done, lost, hear } = process()
  made.killAfter(effects)
  hear('go')
  expect(done).toEqual(DONE.slice(0, effects))
  expect(lost).toEqual([EFFECTS.slice(effects)])
  expect(made.up).toBe(false)
})

test('a dead process hears nothing, and nothing of it wakes, until it is started again', () => {
  const { made, seen, hear } = process()
  made.killAfter(0)
  hear('go')
  made.post({ kind: 'time' })
  time.runTo(100)
  expect(seen).toEqual(['start'])
  made.start()
  time.runTo(115)
  expect(seen).toEqual(['start', 'start', 'time'])
})

test('a process that is spared lives on', () => {
  const { made, done, lost, hear } = process()
  made.killAfter(3)
  made.spare()
  hear('go')
  expect([done, lost]).toEqual([DONE, []])
})
