import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Wake } from '../../../src/runtime/services/wake.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'

const never = new AbortController().signal

describe('a wait of a loop', () => {
  it('ends when its time has passed', async () => {
    const time = new VirtualTime(0)
    const wait = new Wake(time).wait(5_000, never)
    time.runTo(5_000)
    expect(await wait).toBe(true)
  })

  it('ends at once when somebody calls, and leaves nothing waiting', async () => {
    const time = new VirtualTime(0)
    const wake = new Wake(time)
    const wait = wake.wait(5_000, never)
    wake.call()
    expect(await wait).toBe(false)
    expect(time.waiting).toBe(0)
  })

  it('keeps calls that come while nobody waits, as one', async () => {
    const time = new VirtualTime(0)
    const wake = new Wake(time)
    wake.call()
    wake.call()
    expect(await wake.wait(5_000, never)).toBe(false)
    let over = false
    void wake.wait(5_000, never).then(() => {
      over = true
    })
    await setImmediate()
    expect(over).toBe(false)
  })

  it('ends when it is stopped, before or during it', async () => {
    const time = new VirtualTime(0)
    const stop = new AbortController()
    const wait = new Wake(time).wait(5_000, stop.signal)
    stop.abort()
    expect(await wait).toBe(false)
    expect(await new Wake(time).wait(5_000, stop.signal)).toBe(false)
    expect(time.waiting).toBe(0)
  })
})
