import type { BetaPolicy, BreakerTable } from '../../src/core/breaker/breaker.js'

type Known = number | null

/** A breaker table as golden files write it. */
export interface GoldenBreakerTable {
  readonly factors: Readonly<Record<string, { funding_btc?: Known; dvol_btc?: Known; fng?: Known; taker?: Known }>>
  readonly w750: Readonly<Record<string, Known>>
  readonly beta_policy: BetaPolicy
  readonly fixed_threshold?: number
}

export function breakerTable(golden: GoldenBreakerTable): BreakerTable {
  const factors = Object.entries(golden.factors).map(([date, { funding_btc, dvol_btc, fng, taker }]) => {
    const row = { fundingBtc: funding_btc ?? null, dvolBtc: dvol_btc ?? null, fng: fng ?? null, taker: taker ?? null }
    return [date, row] as const
  })
  return {
    factors: new Map(factors),
    w750: new Map(Object.entries(golden.w750)),
    betaPolicy: golden.beta_policy,
    ...(golden.fixed_threshold === undefined ? {} : { fixedThreshold: golden.fixed_threshold }),
  }
}
