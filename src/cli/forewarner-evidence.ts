import type { InputFile } from './backtest-settings.js'
import type { StrategyConfig } from './config.js'
import { UserError } from './problems.js'

export function createForewarner(_config: StrategyConfig, _evidence: InputFile | undefined): never {
  throw new UserError({ place: '--forewarner', message: 'monte-carlo is not built in yet' })
}
