import { describe, expect, it } from 'vitest'
import { delayedLinkPair } from '../../../src/adapters/link-memory/delayed-link.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { linkContract } from '../link-contract.js'

/** Virtual time that passes by itself, one moment per turn. */
class RunningTime extends VirtualTime {
  override at(epochMs: number, callback: () => void): () => void {
    const callOff = super.at(epochMs, callback)
    setImmediate(() => this.runTo(Math.max(epochMs, this.epochMs())))
    return callOff
  }
}

linkContract('on virtual time', async () => {
  const [left, right] = delayedLinkPair(new RunningTime(0), 1)
  return { left, right }
})

describe('a link on virtual time', () => {
  it('delivers a message after exactly its delay', () => {
    const time = new VirtualTime(1_000)
    const [left, right] = delayedLinkPair(time, 5)
    const came: number[] = []
    right.listen(() => came.push(time.epochMs()))
    left.send('now')
    time.runTo(1_004)
    expect(came).toEqual([])
    time.runTo(1_010)
    expect(came).toEqual([1_005])
  })
})
