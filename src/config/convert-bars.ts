import { InputMistake } from '../base/mistakes.js'
import { parameterProblems } from '../core/engine/parameters.js'
import { atStep, CHAMPION_STEP_MS } from '../core/engine/time-parameters.js'
import type { StrategyConfig } from './strategy-config.js'

/**
 * A configuration whose bar counts are of the champion's bars of 5 s, for days with another step: the counts of the same times.
 *
 * @throws InputMistake where a time takes more bars of that step than the engine looks back.
 */
export function withConvertedBars(config: StrategyConfig, barSeconds: number | undefined): StrategyConfig {
  if (barSeconds === undefined) return config
  const parameters = atStep(config.parameters, { fromMs: CHAMPION_STEP_MS, toMs: Math.round(barSeconds * 1_000) })
  const problems = parameterProblems(parameters as unknown as Record<string, unknown>)
  if (problems.length > 0) {
    throw new InputMistake(
      problems.map(({ name, expected, found }) => ({
        place: `--convert-bars ${barSeconds}`,
        message: `${name}: expected ${expected}, found ${found}`,
      })),
    )
  }
  return { ...config, parameters }
}
