import { CHAMPION_RISK, checkRiskConfig, type RiskConfig } from '../../src/core/risk/risk-config.js'

/** The champion's limits with those that a test is about. Its constraints hold too. */
export function riskConfig(changes: Partial<RiskConfig> = {}): RiskConfig {
  return checkRiskConfig({ ...CHAMPION_RISK, ...changes })
}
