/**
 * Limits of the risk layer: constants, nothing interpreted at run time. Leverages are × of equity, distances and losses
 * fractions of 1. Source: module contracts, layer 4 (`RiskConfig`; the source's names in parentheses).
 */
export interface RiskConfig {
  /** (L_target) An entry brings the account's leverage to this at most. */
  readonly leverageTarget: number
  /** (L_max) Above it nothing is opened, whatever brought it there. */
  readonly leverageMax: number
  /** (L_symbol_max) Of one symbol, after an entry. */
  readonly symbolLeverageMax: number
  /** (D_min_safe) An entry leaves at least this distance to liquidation, of the mark price. */
  readonly liquidationDistanceMin: number
  /** (D_critical) A position nearer to liquidation than this is closed. */
  readonly liquidationDistanceCritical: number
  /** A position this far against its entry price is closed; null: off. */
  readonly stopLossPct: number | null
  readonly circuitBreaker: CircuitBreakerLimits
}

/** Null: not watched. */
export interface CircuitBreakerLimits {
  /** Trades lost in a row that open the breaker. */
  readonly consecutiveLossesMax: number | null
  /** Net loss since the breaker was last closed that opens it, of the capital at that time. */
  readonly lossPctMax: number | null
}

/**
 * What the champion runs under. Its sizes never exceed 6 × leverage of a fifth of the capital, 1.2 in all; its exits are
 * its own, so the position stop is off; the breaker stands well beyond the drawdowns of its record.
 */
export const CHAMPION_RISK: RiskConfig = checkRiskConfig({
  leverageTarget: 6,
  leverageMax: 10,
  symbolLeverageMax: 6,
  liquidationDistanceMin: 0.08,
  liquidationDistanceCritical: 0.03,
  stopLossPct: null,
  circuitBreaker: { consecutiveLossesMax: 20, lossPctMax: 0.3 },
})

/**
 * The configuration itself, when it is one.
 *
 * @throws RangeError that names the first field or constraint that does not hold, and the values found.
 */
export function checkRiskConfig(config: RiskConfig): RiskConfig {
  const { leverageTarget, leverageMax, symbolLeverageMax, circuitBreaker } = config
  const { liquidationDistanceMin, liquidationDistanceCritical } = config
  for (const [name, value] of Object.entries({ leverageTarget, leverageMax, symbolLeverageMax }))
    if (!(value > 0 && Number.isFinite(value))) throw new RangeError(`${name}: above zero expected, ${value} found`)
  for (const [name, value] of Object.entries({ liquidationDistanceMin, liquidationDistanceCritical }))
    checkFraction(name, value)
  if (config.stopLossPct !== null) checkFraction('stopLossPct', config.stopLossPct)
  const { consecutiveLossesMax, lossPctMax } = circuitBreaker
  if (consecutiveLossesMax !== null && !(Number.isInteger(consecutiveLossesMax) && consecutiveLossesMax > 0))
    throw new RangeError(
      `consecutiveLossesMax: a whole number above zero or null expected, ${consecutiveLossesMax} found`,
    )
  if (lossPctMax !== null) checkFraction('lossPctMax', lossPctMax)
  const constraints = [
    ['leverageTarget ≤ leverageMax (L_target ≤ L_max)', leverageTarget, leverageMax, leverageTarget <= leverageMax],
    [
      'symbolLeverageMax ≤ leverageMax (L_symbol_max ≤ L_max)',
      symbolLeverageMax,
      leverageMax,
      symbolLeverageMax <= leverageMax,
    ],
    [
      'liquidationDistanceCritical < liquidationDistanceMin (D_critical < D_min_safe)',
      liquidationDistanceCritical,
      liquidationDistanceMin,
      liquidationDistanceCritical < liquidationDistanceMin,
    ],
  ] as const
  for (const [constraint, left, right, holds] of constraints)
    if (!holds) throw new RangeError(`${constraint} expected, ${left} and ${right} found`)
  return config
}

function checkFraction(name: string, value: number): void {
  if (!(value > 0 && value < 1)) throw new RangeError(`${name}: above 0 and below 1 expected, ${value} found`)
}
