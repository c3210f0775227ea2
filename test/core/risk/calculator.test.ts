import { describe, expect, it } from 'vitest'
import { type AccountState, type PositionRisk, portfolioRisk, positionRisk } from '../../../src/core/risk/calculator.js'
import { capitalRoom } from '../../../src/core/risk/capital.js'
import { positionFault } from '../../../src/core/risk/position-check.js'
import { instrument } from '../../support/instruments.js'
import { riskConfig } from '../../support/risk-config.js'

const account: AccountState = { equityUsd: '1000', marginAvailableUsd: '800', timestampMs: 1 }

function position(changes: Partial<PositionRisk> = {}): PositionRisk {
  const common = { symbol: 'BTCUSDT', direction: -1, quantity: '0.02', entryPrice: '50000' } as const
  return positionRisk({ ...common, markPrice: '50000', liquidationPrice: '60000', ...changes })
}

describe('the risk of a portfolio', () => {
  it('is the sum of its exposures over equity, and the nearest liquidation', () => {
    const ether = position({
      symbol: 'ETHUSDT',
      direction: 1,
      quantity: '1',
      markPrice: '500',
      liquidationPrice: '450',
    })
    expect(portfolioRisk(account, [position(), ether])).toEqual({
      exposureUsd: '1500',
      totalLeverage: 1.5,
      leverageOfSymbol: { BTCUSDT: 1, ETHUSDT: 0.5 },
      minLiquidationDistance: 0.1,
    })
  })

  it('is nothing without positions', () => {
    const nothing = { exposureUsd: '0', totalLeverage: 0, leverageOfSymbol: {}, minLiquidationDistance: null }
    expect(portfolioRisk({ ...account, equityUsd: '0' }, [])).toEqual(nothing)
  })

  it.each(['0', '-1'])('has no bounds for an exposure on an equity of %s', (equityUsd) => {
    expect(portfolioRisk({ ...account, equityUsd }, [position()]).totalLeverage).toBe(Number.POSITIVE_INFINITY)
  })

  it.each`
    direction | mark       | liquidation | distance
    ${-1}     | ${'50000'} | ${'60000'}  | ${0.2}
    ${1}      | ${'50000'} | ${'45000'}  | ${0.1}
    ${1}      | ${'50000'} | ${'51000'}  | ${-0.02}
    ${1}      | ${'50000'} | ${null}     | ${null}
  `('is $distance from liquidation: $direction at $mark, liquidated at $liquidation', (row) => {
    const { direction, mark: markPrice, liquidation: liquidationPrice } = row
    expect(position({ direction, markPrice, liquidationPrice }).liquidationDistance).toBe(row.distance)
  })
})

describe('the room for capital', () => {
  const price = '50000'

  it.each`
    limited by               | config                                         | margin     | held      | notional   | quantity
    ${'L_target'}            | ${{ leverageTarget: 2 }}                       | ${'800'}   | ${'0'}    | ${'2000'}  | ${'0.04'}
    ${'L_target, part used'} | ${{ leverageTarget: 2 }}                       | ${'800'}   | ${'0.02'} | ${'1000'}  | ${'0.02'}
    ${'L_symbol_max'}        | ${{ leverageTarget: 6, symbolLeverageMax: 1 }} | ${'800'}   | ${'0'}    | ${'1000'}  | ${'0.02'}
    ${'margin'}              | ${{ leverageMax: 6 }}                          | ${'10.02'} | ${'0'}    | ${'60.12'} | ${'0.001'}
    ${'nothing left'}        | ${{ leverageTarget: 2 }}                       | ${'800'}   | ${'0.05'} | ${'0'}     | ${'0'}
    ${'margin below zero'}   | ${{}}                                          | ${'-5'}    | ${'0'}    | ${'0'}     | ${'0'}
  `('is $quantity for $config, a margin of $margin and $held held', (row) => {
    const positions = row.held === '0' ? [] : [position({ quantity: row.held })]
    const limits = { account: { ...account, marginAvailableUsd: row.margin }, config: riskConfig(row.config) }
    const room = capitalRoom({ ...limits, positions, instrument: instrument(), price })
    expect([room.notionalMaxUsd, room.quantityMax]).toEqual([row.notional, row.quantity])
    expect(room.availableUsd).toBe(row.margin === '-5' ? '0' : row.margin)
  })

  it('is at most what one order of the instrument may have', () => {
    const room = capitalRoom({
      account,
      config: riskConfig(),
      positions: [],
      instrument: instrument({ maxQuantity: '0.0125' }),
      price,
    })
    expect(room.quantityMax).toBe('0.012')
  })
})

describe('a position', () => {
  const stopped = riskConfig({ stopLossPct: 0.02 })

  it.each`
    direction | mark       | liquidation | config          | limit
    ${-1}     | ${'50999'} | ${null}     | ${stopped}      | ${undefined}
    ${-1}     | ${'51000'} | ${null}     | ${stopped}      | ${'stopLossPct'}
    ${1}      | ${'49000'} | ${null}     | ${stopped}      | ${'stopLossPct'}
    ${1}      | ${'51000'} | ${null}     | ${stopped}      | ${undefined}
    ${-1}     | ${'60000'} | ${null}     | ${riskConfig()} | ${undefined}
    ${-1}     | ${'50000'} | ${'51500'}  | ${riskConfig()} | ${undefined}
    ${-1}     | ${'50000'} | ${'51499'}  | ${riskConfig()} | ${'liquidationDistanceCritical'}
  `('$direction at $mark, liquidated at $liquidation, breaks $limit', (row) => {
    const { direction, mark: markPrice, liquidation: liquidationPrice } = row
    expect(positionFault(position({ direction, markPrice, liquidationPrice }), row.config)?.limit).toBe(row.limit)
  })
})
