import { argumentProblem, type Check, fields, nullable, number, that } from '../../base/arguments.js'
import { problemText } from '../../base/mistakes.js'

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
  readonly lossBreaker: LossBreakerLimits
}

/** Null: not watched. */
export interface LossBreakerLimits {
  /** Trades lost in a row that open the breaker. */
  readonly consecutiveLossesMax: number | null
  /** Net loss since the breaker was last closed that opens it, of the capital at that time. */
  readonly lossPctMax: number | null
}

const share = that('a number above 0 and below 1', (value) => typeof value === 'number' && value > 0 && value < 1)
const leverage = number({ above: 0 })

const RISK_FIELDS = fields<RiskConfig>({
  leverageTarget: leverage,
  leverageMax: leverage,
  symbolLeverageMax: leverage,
  liquidationDistanceMin: share,
  liquidationDistanceCritical: share,
  stopLossPct: nullable(share),
  lossBreaker: fields<LossBreakerLimits>({
    consecutiveLossesMax: nullable(number({ min: 1, integer: true })),
    lossPctMax: nullable(share),
  }),
})

/** Every field that is wrong; where none is, every constraint between them that does not hold. */
export const RISK_CONFIG: Check = (value, path) => {
  const problems = RISK_FIELDS(value, path)
  if (problems.length > 0) return problems
  const { leverageTarget, leverageMax, symbolLeverageMax, ...distances } = value as RiskConfig
  const { liquidationDistanceCritical, liquidationDistanceMin } = distances
  const name = (field: keyof RiskConfig) => (path === '' ? field : `${path}.${field}`)
  const constraints = [
    [
      'leverageTarget',
      leverageTarget,
      'at most leverageMax (L_target ≤ L_max)',
      leverageMax,
      leverageTarget <= leverageMax,
    ],
    [
      'symbolLeverageMax',
      symbolLeverageMax,
      'at most leverageMax (L_symbol_max ≤ L_max)',
      leverageMax,
      symbolLeverageMax <= leverageMax,
    ],
    [
      'liquidationDistanceCritical',
      liquidationDistanceCritical,
      'below liquidationDistanceMin (D_critical < D_min_safe)',
      liquidationDistanceMin,
      liquidationDistanceCritical < liquidationDistanceMin,
    ],
  ] as const
  return constraints.flatMap(([field, left, expected, right, holds]) =>
    holds ? [] : [argumentProblem(name(field), `${expected}, ${right}`, String(left))],
  )
}

/**
 * The configuration itself, when it is one.
 *
 * @throws RangeError that names every field or constraint that does not hold, what was expected and what was found.
 */
export function checkRiskConfig(config: RiskConfig): RiskConfig {
  const problems = RISK_CONFIG(config, '')
  if (problems.length > 0) throw new RangeError(problems.map(problemText).join('; '))
  return config
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
  lossBreaker: { consecutiveLossesMax: 20, lossPctMax: 0.3 },
})
