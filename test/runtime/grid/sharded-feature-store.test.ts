import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputMistake } from '../../../src/base/mistakes.js'
import { placeOf, ShardedFeatureStore } from '../../../src/runtime/grid/sharded-feature-store.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { passTime, ScriptedGrid } from '../../support/scripted-grid.js'

describe('a feature of a symbol', () => {
  it('is put, read and deleted under its name in the map of its symbol', async () => {
    const time = new VirtualTime(0)
    const grid = new ScriptedGrid(time)
    const store = new ShardedFeatureStore(grid)
    const name = { symbol: 'BTCUSDT', feature: 'vel_div' }
    const done = (async () => {
      await store.put(name, '-0.03')
      expect(grid.data.get('DOLPHIN_FEATURE_STORE_07')).toEqual(new Map([['vel_div_BTCUSDT', '-0.03']]))
      expect(await store.get(name)).toBe('-0.03')
      await store.delete(name)
      expect(await store.get(name)).toBeUndefined()
    })()
    await passTime(time, 100)
    await done
  })

  it('rejects with what the grid said where it is away', async () => {
    const grid = new ScriptedGrid(new VirtualTime(0))
    grid.set('OFFLINE')
    const put = new ShardedFeatureStore(grid).put({ symbol: 'BTCUSDT', feature: 'vel_div' }, '1')
    await expect(put).rejects.toMatchObject({ name: 'GridUnavailable', reason: 'offline' })
  })
})

describe('a name', () => {
  it.each([
    ['BTCUSDT', ''],
    ['BTCUSDT', 'Vel'],
    ['BTCUSDT', 'vel__div'],
    ['BTCUSDT', '_vel'],
    ['BTCUSDT', '50_vel'],
    ['BTCUSDT', 'a'.repeat(65)],
    ['', 'vel'],
    ['btcusdt', 'vel'],
    ['50_BTC', 'vel'],
    ['BTC USDT', 'vel'],
    ['_BTCUSDT', 'vel'],
  ])('%j with the feature %j is refused', (symbol, feature) => {
    expect(() => placeOf({ symbol, feature })).toThrow(InputMistake)
  })

  it('of a symbol of the exchange is taken: figures first, a date, other scripts', () => {
    for (const symbol of ['1000PEPEUSDT', 'BTCUSDT_260327', 'BTCUSD_PERP', '币安人生USDT', 'BTC/USDT:USDT'])
      expect(placeOf({ symbol, feature: 'instability_50' }).key).toBe(`instability_50_${symbol}`)
  })

  it('shares its key with no other', () => {
    const word = fc.constantFrom('a', 'b1', '50', 'A', '1A', 'a1B', 'USDT')
    const name = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join('_'))
    const names = new Map<string, string>()
    fc.assert(
      fc.property(name, name, (feature, symbol) => {
        let key: string
        try {
          key = placeOf({ symbol, feature }).key
        } catch {
          return
        }
        const whose = `${feature} of ${symbol}`
        expect(names.get(key) ?? whose).toBe(whose)
        names.set(key, whose)
      }),
      { numRuns: 2_000 },
    )
  })
})
