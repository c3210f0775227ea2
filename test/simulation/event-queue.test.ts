import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventQueue } from './event-queue.js'

test('actions come by time, and within one millisecond as they were added', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }), (times) => {
      const queue = new EventQueue(0)
      const taken: (readonly [number, number])[] = []
      times.forEach((time, order) => {
        queue.at(time, () => taken.push([time, order]))
      })
      while (queue.step(100)) expect(queue.nowMs).toBe(taken.at(-1)![0])
      expect(taken).toEqual(
        times.map((time, order) => [time, order] as const).sort((a, b) => a[0] - b[0] || a[1] - b[1]),
      )
      expect(queue.count).toBe(times.length)
    }),
  )
})

test('what is added for the past happens now, after what was added for now before it', () => {
  const queue = new EventQueue(1_000)
  const taken: string[] = []
  queue.at(1_000, () => {
    queue.at(5, () => taken.push(`late at ${queue.nowMs}`))
  })
  queue.at(1_000, () => taken.push('now'))
  while (queue.step(2_000));
  expect(taken).toEqual(['now', 'late at 1000'])
})

test('time comes to the end that is asked for and no action at or after it is taken', () => {
  const queue = new EventQueue(0)
  queue.at(10, () => expect.unreachable())
  expect(queue.step(10)).toBe(false)
  expect(queue.nowMs).toBe(10)
})
