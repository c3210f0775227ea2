import { expect, it } from 'vitest'
import { MarketObserver } from '../../../../src/core/analysis/market-observer.js'
import { SandboxMarketData, START_MS } from './sandbox-market-data.js'

const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT']

it('at a sandbox whoever advances by the second sees everything that does not need the positions of others', () => {
  const at = new SandboxMarketData({
    ...{ symbols: SYMBOLS, stepMs: 500, isUnheard: true },
    exchange: { market: { liquidatedShare: 0.01 } },
  })
  const observer = new MarketObserver({ symbols: SYMBOLS, books: 'partial' })
  at.data.listen((event) => observer.handle(event))
  at.passMs(2_000)
  observer.advance(START_MS)
  at.data.follow({
    ...{ symbols: SYMBOLS, books: { kind: 'partial', levels: 5, everyMs: 100 }, liquidations: true, marks: true },
    ...{ trades: true, openInterestEveryMs: 10_000, settledFundingEveryMs: 60_000 },
  })
  const seen = new Set<string>()
  const phases = new Set<string>()
  for (let second = 0; second < 600; second++) {
    if (second === 120) at.exchange.faults.strike('cascade', 'BTCUSDT')
    at.passMs(1_000)
    observer.advance(Math.floor(at.data.exchangeMs()! / 1_000) * 1_000)
    const { symbols } = observer.observed()
    for (const { primitives } of Object.values(symbols)) {
      for (const [name, value] of Object.entries(primitives)) if (value !== undefined) seen.add(name)
      if (primitives.cascadeState !== undefined) phases.add(primitives.cascadeState.phase)
    }
  }
  expect([...seen].sort()).toEqual([
    ...['absorptionEvent', 'cascadeState', 'centralTendencyDeviation', 'directionalContinuity'],
    ...[
      'displacementOriginAnchor',
      'eventNonOccurrenceCounter',
      'liquidationBurst',
      'liquidationDensity',
      'orderBlock',
    ],
    ...['orderConsumption', 'priceAcceptanceRatio', 'priceTraversalVelocity', 'refillEvent', 'restingSize'],
    ...['structuralAbsenceDuration', 'structuralPersistenceDuration', 'supplyDemandZone', 'symbol', 'tradeBurst'],
    ...['traversalCompactness', 'traversalVoidSpan', 'zonePenetration'],
  ])
  expect([...phases].sort()).toEqual(['CASCADING', 'EXHAUSTED', 'LIQUIDATING'])
  expect(observer.counters().books).toMatchObject({ known: 3, unknown: 0, unlisted: 0, malformed: 0 })
})
