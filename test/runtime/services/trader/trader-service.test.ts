import { describe, expect, it } from 'vitest'
import { trading } from '../../../support/live-trader.js'

describe('the heartbeat of a trader', () => {
  it('comes every 5 s while bars come, and while there is nothing to do, and says what came', async () => {
    const live = await trading()
    await live.pass(60_000)
    const before = live.beats.length
    await live.pass(30_000)
    expect(live.beats.length - before).toBe(6)
    expect(live.beats.at(-1)).toMatchObject({ name: 'trader', state: 'RUNNING' })
    await live.posture('APEX')
    await live.scan()
    await live.scan({ number: 2 })
    await live.pass(1_000)
    expect(live.health.detail).toMatch(
      /^scan 2 of \S+; scans: 2 taken, 1 duplicates, 0 out of order, 0 missing, 0 stale, 0 refused, 0 waiting; posture APEX from the reference; gates moved in 0 steps$/,
    )
    await live.stop()
    expect(live.health.state).toBe('EXITED')
  })

  it('does not come while a step does not end', async () => {
    const live = await trading()
    await live.pass(2_000)
    const before = live.beats.length
    // The decision side never records the bar that it is given.
    live.stick()
    await live.scan()
    await live.pass(30_000)
    // One for what had been done since the heartbeat before.
    expect(live.beats.length - before).toBeLessThanOrEqual(1)
    await live.stop().catch(() => {})
  })
})
