import fc from 'fast-check'
import { Observation } from '../../src/core/observation/observation.js'
import { AAA, depth, liquidation, mark, position, T0, trade } from './observed-market.js'

export const SYMBOLS = [AAA, 'BBBUSDT']

/** What happens between two advances: time goes on by so much, and what was told before it does. */
export interface Round {
  readonly stepMs: number
  readonly events: readonly unknown[]
}

/** What a market says in some rounds: any kind, late and early, at prices that are near each other and far. */
export const rounds: fc.Arbitrary<readonly Round[]> = fc
  .array(
    fc.record({
      stepMs: fc.oneof(
        { weight: 8, arbitrary: fc.integer({ min: 0, max: 4_000 }) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 90_000_000 }) },
      ),
      drawn: fc.array(
        fc.record({
          kind: fc.constantFrom('trade', 'trade', 'trade', 'liquidation', 'liquidation', 'depth', 'mark', 'position'),
          symbol: fc.constantFrom(...SYMBOLS),
          offsetMs: fc.integer({ min: -2_000, max: 4_000 }),
          price: fc.oneof(fc.integer({ min: 99_900, max: 100_100 }), fc.integer({ min: 1, max: 1_000_000 })),
          size: fc.integer({ min: 1, max: 1_000_000 }),
          isBuy: fc.boolean(),
        }),
        { maxLength: 30 },
      ),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((drawn) => {
    let [nowMs, made] = [T0, 0]
    return drawn.map(({ stepMs, drawn }) => {
      const events = drawn.map((one) => eventOf({ ...one, number: ++made, nowMs }))
      nowMs += stepMs
      return { stepMs, events }
    })
  })

interface Drawn {
  readonly kind: string
  readonly symbol: string
  readonly offsetMs: number
  readonly price: number
  readonly size: number
  readonly isBuy: boolean
  readonly number: number
  readonly nowMs: number
}

/** Trades of one time differ by their numbers; of all else no two are of one time, since only arrival would order them. */
function eventOf({ kind, symbol, offsetMs, price, size, isBuy, number, nowMs }: Drawn): unknown {
  const side = isBuy ? 'BUY' : 'SELL'
  const [priced, baseQty] = [price / 1_000, size / 1_000]
  const tsMs =
    kind === 'trade' ? nowMs + (offsetMs >> 6) * 64 : nowMs - (nowMs % 400) + 400 * (offsetMs % 8) + (number % 400)
  switch (kind) {
    case 'trade':
      return trade({ symbol, tsMs, price: priced, baseQty, side, venueId: number })
    case 'liquidation':
      return liquidation({ symbol, tsMs, price: priced, baseQty, side })
    case 'depth':
      return depth({ symbol, tsMs, bidSize: baseQty, askSize: size % 7, bestBid: priced, bestAsk: priced * 1.001 })
    case 'mark':
      return mark({ symbol, tsMs, markPrice: priced })
    default:
      return position({
        ...{ symbol, tsMs, account: `account ${size % 9}`, positionSize: isBuy ? baseQty : -baseQty },
        ...{ positionValueUsd: baseQty * priced, liquidationPrice: priced, leverage: size % 125 },
      })
  }
}

/** An observation of {@link SYMBOLS} that was told some rounds from {@link T0} on. `between`: with it, before each advance and after. */
export function played(told: readonly Round[], between: (observation: Observation) => void = () => {}): Observation {
  const observation = new Observation({ symbols: SYMBOLS })
  observation.advanceTime(T0)
  let nowMs = T0
  for (const { stepMs, events } of told) {
    for (const event of events) observation.ingest(event)
    between(observation)
    nowMs += stepMs
    observation.advanceTime(nowMs)
    between(observation)
  }
  return observation
}
