import { Exact } from '../base/exact.js'
import { InputMistake, type Place, type Problem } from '../base/mistakes.js'

/**
 * Refuses parameters whose values make sense as percentages alone: a take-profit of 20 % and more, a stop beyond 100 %.
 * `_pct` parameters are fractions of 1, whatever their names suggest. A research run may say that it means them.
 *
 * @throws InputMistake at the line or override that gives the value, with the fraction that was probably meant.
 */
export function refusePercentages(
  config: CheckedConfig,
  { overrides, research, iMeanFractions = false }: FractionChoice,
): void {
  if (iMeanFractions && (research || config.research)) return
  const problems = NAMES.flatMap((name): Problem[] => {
    const value = config.parameters[name]
    const dotted = `exits.${name}`
    const fraction = percentageProblem(dotted, value)
    if (fraction === undefined) return []
    const override = overrides.findLast((text) => [name, dotted].includes(text.split('=')[0]!.trim()))
    // No value that is refused here is the champion's: what the file says of it is among what drifts.
    const place: Place | string | undefined =
      override === undefined
        ? config.drifted.find(({ message }) => message.startsWith(`${dotted}:`))?.place
        : `--set ${override}`
    return [{ place: place ?? config.file, message: `${dotted}: ${fraction}` }]
  })
  if (problems.length > 0) throw new InputMistake(problems, { hint: FRACTIONS_HINT })
}

/** What is looked at of a strategy's configuration. */
interface CheckedConfig {
  readonly file: string
  readonly research: boolean
  readonly parameters: Readonly<Record<(typeof NAMES)[number], number>>
  readonly drifted: readonly Problem[]
}

/** Whether a person has said that unlikely fractions are meant. */
export interface FractionChoice {
  readonly overrides: readonly string[]
  readonly research: boolean
  readonly iMeanFractions?: boolean
}

export const FRACTIONS_HINT =
  'Fractions of 1 are meant. --research with --i-mean-fractions takes the value as it stands.'

/** What is wrong with a value that is probably a percentage; undefined for one that may well be a fraction. */
export function percentageProblem(key: string, value: number): string | undefined {
  const limit = LIMITS[key]
  if (limit === undefined || !limit.isPercentage(value)) return undefined
  return `expected ${limit.expected}, found ${value}${probablyMeant(key, value)}`
}

/** ` (5 % is 0.05)` behind a value that may be a percentage; nothing behind any other. */
export function probablyMeant(key: string, value: unknown): string {
  if (LIMITS[key] === undefined || typeof value !== 'number' || !(value > 0 && value <= 100)) return ''
  return ` (${value} % is ${new Exact(value).div(100).toFixed()})`
}

const TAKE_PROFIT = { expected: 'a fraction below 0.2', isPercentage: (value: number) => value >= 0.2 }
const STOP = { expected: 'a fraction up to 1', isPercentage: (value: number) => value > 1 && value <= 100 }

const LIMITS: Readonly<Record<string, typeof TAKE_PROFIT>> = {
  'exits.fixed_tp_pct': TAKE_PROFIT,
  'exits.stop_pct': STOP,
  'protection.take_profit': TAKE_PROFIT,
  'protection.catastrophic_stop': STOP,
}

const NAMES = ['fixed_tp_pct', 'stop_pct'] as const
