import { describe, expect, it } from 'vitest'
import { memoryGrid } from '../../../../src/adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../../../../src/adapters/grid-memory/memory-grid-store.js'
import { FencedLock } from '../../../../src/runtime/services/breaker/fenced-lock.js'
import { VirtualTime } from '../../../../src/runtime/time/virtual-time.js'

const NAMES = { lock: 'LOCK', fence: 'FENCE' }

function setUp() {
  const store = new MemoryGridStore({ timer: new VirtualTime(0) })
  const client = () => memoryGrid({ store, listenerFailed: () => expect.unreachable() })
  const [first, second] = [client(), client()]
  return { first, second, one: new FencedLock(first, NAMES), other: new FencedLock(second, NAMES) }
}

describe('the right to write under a fenced lock', () => {
  it('belongs to one at a time, and passes on with a higher token', async () => {
    const { one, other } = setUp()
    const first = await one.permitted()
    expect(await one.permitted()).toBe(first)
    expect(await other.permitted()).toBeUndefined()
    await one.release()
    expect(Number(await other.permitted())).toBeGreaterThan(Number(first))
    expect(await one.permitted()).toBeUndefined()
  })

  it('is refused to a holder whose token was passed by a higher one, and a new token has to pass that', async () => {
    const { one, second } = setUp()
    expect(await one.permitted()).toBe('1')
    await second.reference(NAMES.fence).set('3')
    expect(await one.permitted()).toBeUndefined()
    expect(one.fence).toBeUndefined()
    expect(await one.permitted()).toBe('3')
    expect(await second.reference(NAMES.fence).get()).toBe('3')
  })

  it('is taken anew when the grid has forgotten the token', async () => {
    const { one, second } = setUp()
    await one.permitted()
    await second.reference(NAMES.fence).set('nonsense')
    expect(await one.permitted()).toBe('2')
    expect(await second.reference(NAMES.fence).get()).toBe('2')
  })

  it('passes on when the client that holds it is gone', async () => {
    const { first, one, other } = setUp()
    await one.permitted()
    await first.close()
    expect(await other.permitted()).toBe('2')
  })
})
