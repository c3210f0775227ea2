import { describe, expect, it } from 'vitest'
import { SHARD_MAPS, shardMap } from '../../../src/core/grid/shards.js'
import type { Grid } from '../../../src/ports/grid.js'
import { MARKED_SYMBOLS, orderBookPath } from '../../../src/runtime/verification/order-book-path.js'
import { verdicts, verificationRig } from './rig.js'

const routed =
  (grid: Grid, where: (symbol: string) => string = shardMap) =>
  (symbol: string, features: string) =>
    grid.map(where(symbol)).set(symbol, features)

describe('the path of order-book features', () => {
  it('has a symbol for every shard', () => {
    expect(MARKED_SYMBOLS.map(([, shard]) => shard).toSorted()).toEqual([...SHARD_MAPS])
  })

  it('holds where features go to their shards, and leaves nothing behind', async () => {
    const { grid, time, verify } = verificationRig()
    const hops = await verify(orderBookPath({ grid, clock: time, write: routed(grid) }), 5)
    expect(hops.filter(({ held }) => !held)).toEqual([])
    expect(hops.map(({ rounds }) => rounds)).toEqual([5, 5, 5, 1])
    for (const map of SHARD_MAPS) expect(await grid.map(map).keys()).toEqual([])
  })

  it('does not hold where a symbol goes to another shard', async () => {
    const { grid, time, verify } = verificationRig()
    const write = routed(grid, (symbol) => (symbol === 'VERIFY4USDT' ? SHARD_MAPS[2]! : shardMap(symbol)))
    expect(verdicts(await verify(orderBookPath({ grid, clock: time, write })))).toEqual([
      expect.stringContaining('VERIFY4USDT: expected in DOLPHIN_FEATURES_SHARD_01, heard in DOLPHIN_FEATURES_SHARD_02'),
      expect.stringContaining('not reached'),
      expect.stringContaining('not reached'),
      expect.stringContaining('not reached'),
    ])
  })

  it('does not hold where one shard is never written', async () => {
    const { grid, time, verify } = verificationRig()
    const write = async (symbol: string, features: string) => {
      if (symbol !== 'VERIFY0USDT') await routed(grid)(symbol, features)
    }
    const [first] = verdicts(await verify(orderBookPath({ grid, clock: time, write })))
    expect(first).toBe('features → listener of their shard: not heard in time: VERIFY0USDT')
  })

  it('does not hold where most rounds take longer than the time between two writes', async () => {
    const { grid, time, verify } = verificationRig()
    const write = async (symbol: string, features: string) => {
      await time.sleep(120)
      await routed(grid)(symbol, features)
    }
    const hops = await verify(orderBookPath({ grid, clock: time, write }), 3)
    expect(verdicts(hops).at(-1)).toBe('a write every 100 ms: 3 of 3 rounds were not heard within it')
    expect(hops[0]).toMatchObject({ held: true, p50Ms: 120, maxMs: 120 })
  })
})
