import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KeyOrder } from '../../../src/adapters/hazelcast/key-order.js'

const KEYS = fc.subarray(['a', 'b', 'c'], { minLength: 1 })

describe('calls in the order of their keys', () => {
  it('begin at once where nothing of their keys is under way', () => {
    const order = new KeyOrder()
    const begun: string[] = []
    for (const key of ['a', 'b']) void order.run([key], async () => begun.push(key))
    expect(begun).toEqual(['a', 'b'])
  })

  it('go on when the one before has failed', async () => {
    const order = new KeyOrder()
    const failing = order.run(['a'], () => Promise.reject(new Error('failed')))
    const next = order.run(['a'], async () => 'done')
    await expect(failing).rejects.toThrow('failed')
    expect(await next).toBe('done')
  })

  it('never overlap or overtake where they share a key, whatever ends when', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(KEYS, { maxLength: 12 }), async (scheduler, calls) => {
        const order = new KeyOrder()
        const underWay = new Set<string>()
        const done = new Map<string, number[]>()
        const answers = calls.map((keys, number) =>
          order.run(keys, async () => {
            for (const key of keys) {
              expect(underWay.has(key)).toBe(false)
              underWay.add(key)
              done.set(key, [...(done.get(key) ?? []), number])
            }
            await scheduler.schedule(Promise.resolve())
            for (const key of keys) underWay.delete(key)
          }),
        )
        await scheduler.waitFor(Promise.all(answers))
        for (const numbers of done.values()) expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
      }),
    )
  })
})
