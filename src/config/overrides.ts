import { decimalNumber } from '../base/decimal.js'
import { InputMistake, Mistake, type Problem } from '../base/mistakes.js'
import { didYouMean, nearestName } from '../base/suggest.js'
import {
  DEFAULT_PARAMETERS,
  type EngineParameters,
  PARAMETER_NAMES,
  parameterProblems,
} from '../core/engine/parameters.js'
import { DOTTED_KEYS, dottedKey, inWords, schemaOf, schemaProblems } from './schema-problems.js'
import type { StrategyConfig } from './strategy-config.js'

/**
 * A configuration with `--set key=value` overrides on top, the last one for a key winning. Keys may leave their section
 * out (`fraction=0.15`). Throws {@link Mistake} with every wrong override.
 */
export function withOverrides(config: StrategyConfig, overrides: readonly string[]): StrategyConfig {
  const problems: Problem[] = []
  const parameters: Record<string, unknown> = { ...config.parameters }
  let { initialCapital } = config
  for (const override of overrides) {
    const parsed = parseOverride(override)
    if ('message' in parsed) problems.push(parsed)
    else if (parsed.key === 'initial_capital') initialCapital = parsed.value as number
    else parameters[parsed.key] = parsed.value
  }
  if (problems.length === 0) problems.push(...impossible(parameters, overrides))
  if (problems.length > 0) throw new InputMistake(problems)
  return { ...config, initialCapital, parameters: parameters as unknown as EngineParameters }
}

/** Top-level keys have options of their own. */
const OWN_OPTION: Readonly<Record<string, string>> = {
  direction: '--direction',
  research: '--research',
  strategy: '--config',
  champion_hash: '--config',
}

/** Whether the overrides moved the parameters away from the champion's; doing so declares a run research. */
export function overridesDrift(before: StrategyConfig, after: StrategyConfig): boolean {
  return PARAMETER_NAMES.some(
    (name) => after.parameters[name] !== before.parameters[name] && after.parameters[name] !== DEFAULT_PARAMETERS[name],
  )
}

function parseOverride(override: string): Problem | { readonly key: string; readonly value: unknown } {
  const equals = override.indexOf('=')
  const name = (equals < 0 ? override : override.slice(0, equals)).trim()
  const text = equals < 0 ? '' : override.slice(equals + 1).trim()
  const place = `--set ${override}`
  const dotted = dottedKey(name)
  if (dotted === undefined) return { place, message: unknownName(name) }
  if (text === '') {
    return { place, message: `expected ${name}=<value>, ${inWords(schemaOf(dotted))}; found no value` }
  }
  const [section, key] = dotted.split('.') as [string, string]
  const value = typedValue(text, schemaOf(dotted).type)
  const candidate = { strategy: 'x', direction: 'short', [section]: { [key]: value } }
  const [problem] = schemaProblems(candidate, { keyPlace: () => place, valuePlace: () => place })
  if (problem === undefined) return { key, value }
  return { place, message: problem.message.slice(`${dotted}: `.length) }
}

/** The value as the key's type, or as typed when it is not one: the schema then says what was expected. */
function typedValue(text: string, type: string | undefined): unknown {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  const number = type === 'number' || type === 'integer' ? decimalNumber(text) : Number.NaN
  return Number.isNaN(number) ? text : number
}

function unknownName(name: string): string {
  const option = Object.hasOwn(OWN_OPTION, name) ? OWN_OPTION[name] : undefined
  if (option !== undefined) return `${name} is not set this way; use ${option}`
  const bareNames = DOTTED_KEYS.map((dotted) => dotted.slice(dotted.indexOf('.') + 1))
  const near = nearestName(name, DOTTED_KEYS)
  if (near !== undefined && name.includes('.')) return `unknown key '${name}'${didYouMean(name, DOTTED_KEYS)}`
  const bare = name.slice(name.lastIndexOf('.') + 1)
  const nearBare = dottedKey(bare) === undefined ? nearestName(bare, bareNames) : bare
  if (nearBare !== undefined) return `unknown key '${name}'; did you mean '${dottedKey(nearBare)}'?`
  return `unknown key '${name}'; expected one of ${bareNames.join(', ')}`
}

/** Rules over two keys; the override that broke one is the last that named the key. */
function impossible(parameters: Readonly<Record<string, unknown>>, overrides: readonly string[]): Problem[] {
  return parameterProblems(parameters).map(({ name, expected, found: value }) => {
    const culprit = overrides.findLast((override) => dottedKey(override.split('=')[0]!.trim())?.endsWith(`.${name}`))
    const place = `--set ${culprit ?? overrides.at(-1)}`
    return { place, message: `expected ${expected}, found ${value}` }
  })
}
