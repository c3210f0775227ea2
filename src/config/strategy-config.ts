import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { found, InputMistake, Mistake, type Place, type Problem } from '../base/mistakes.js'
import {
  CHAMPION_HASH,
  DEFAULT_PARAMETERS,
  type EngineParameters,
  PARAMETER_NAMES,
  type ParameterName,
  parameterProblems,
  parametersHash,
} from '../core/engine/parameters.js'
import { displayPath, packageFile } from '../files/package-files.js'
import { reason } from '../files/reason.js'
import type { Direction } from '../ports/vocabulary/market.js'
import { DOTTED_KEYS, dottedKey, schemaProblems } from './schema-problems.js'
import { type ConfigDocument, parseConfigDocument } from './yaml-document.js'

/** A strategy's configuration: everything a run takes from a file. */
export interface StrategyConfig {
  readonly file: string
  readonly strategy: string
  readonly direction: Direction
  /** True when parameters may differ from the champion's. */
  readonly research: boolean
  readonly initialCapital: number
  readonly parameters: EngineParameters
  /** One problem per value in the file that differs from the champion's, at the value's position. */
  readonly drifted: readonly Problem[]
}

/** The champion as it ships. */
export const CHAMPION_CONFIG = packageFile('configs', 'blue.yml')

/**
 * The SHA-256 of that file and what {@link readConfig} makes of it: a run of the champion, byte for byte, starts without
 * the YAML parser and the schema compiler, which take longer than to load everything else.
 */
const CHAMPION_TEXT_SHA256 = 'a365fb099b0380f1e3ef7d6d9c7e6dc236c7bb19ae06000e69313ee9afcd9060'
const SHIPPED_CHAMPION: Omit<StrategyConfig, 'file'> = {
  strategy: 'blue',
  direction: -1,
  research: false,
  initialCapital: 25_000,
  parameters: DEFAULT_PARAMETERS,
  drifted: [],
}

/**
 * Reads, checks and interprets a configuration. Throws {@link Mistake} with every problem at its line and column;
 * a value that legally differs from the champion's is no problem here but `drifted`, see {@link refuseDrift}.
 */
export function loadConfig(path: string): StrategyConfig {
  const file = displayPath(path)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new InputMistake({ place: file, message: `cannot read the configuration: ${reason(error)}` })
  }
  if (createHash('sha256').update(text).digest('hex') === CHAMPION_TEXT_SHA256) return { ...SHIPPED_CHAMPION, file }
  return readConfig(text, file)
}

/** {@link loadConfig} on text already read. */
export function readConfig(text: string, file: string): StrategyConfig {
  const document = parseConfigDocument(text, file)
  if (document.value === null) {
    throw new InputMistake({
      place: { file, line: 1, column: 1 },
      message: 'expected a configuration, found an empty file',
    })
  }
  const problems = schemaProblems(document.value, document)
  if (problems.length > 0) throw new InputMistake(problems)

  const raw = document.value as RawConfig
  if (raw.champion_hash !== undefined && raw.champion_hash !== CHAMPION_HASH) {
    throw new InputMistake({
      place: document.valuePlace(['champion_hash']),
      message: `champion_hash: expected ${CHAMPION_HASH}, the hash of this engine's champion, found ${raw.champion_hash}`,
    })
  }
  const parameters = parametersOf(raw)
  refuseImpossible(parameters, document)
  return {
    file,
    strategy: raw.strategy,
    direction: raw.direction === 'long' ? 1 : -1,
    research: raw.research ?? false,
    initialCapital: Number(raw.run?.initial_capital ?? 25_000),
    parameters,
    drifted: driftedValues(parameters, document),
  }
}

/**
 * The champion rule: parameters that differ from the frozen champion's run only as declared research. Throws
 * {@link Mistake} that lists each drifted line.
 */
export function refuseDrift(config: StrategyConfig, declaredResearch: boolean): void {
  if (config.drifted.length === 0 || config.research || declaredResearch) return
  throw new InputMistake(config.drifted, {
    hint: `${config.file} is not the champion (${parametersHash(config.parameters)}, champion ${CHAMPION_HASH}). Declare the run research with --research, or with 'research: true' in the file.`,
  })
}

/** The packaged champion itself must be the champion: it is what every other configuration is held against. */
export function refuseDriftedChampion(champion: StrategyConfig): void {
  if (parametersHash(champion.parameters) === CHAMPION_HASH) return
  throw new InputMistake(champion.drifted, {
    hint: `${champion.file} is the champion's record and no longer has its hash ${CHAMPION_HASH}. Restore it, and put changed values into a file of your own, declared research.`,
  })
}

interface RawConfig {
  readonly strategy: string
  readonly direction: 'short' | 'long'
  readonly research?: boolean
  readonly champion_hash?: string
  readonly run?: Readonly<Record<string, number>>
}

function parametersOf(raw: RawConfig): EngineParameters {
  const given: Record<string, unknown> = { ...DEFAULT_PARAMETERS }
  for (const dotted of DOTTED_KEYS) {
    const [section, key] = dotted.split('.') as [keyof RawConfig, string]
    const value = (raw[section] as Readonly<Record<string, unknown>> | undefined)?.[key]
    if (value !== undefined && Object.hasOwn(DEFAULT_PARAMETERS, key)) given[key] = value
  }
  return given as unknown as EngineParameters
}

/** Rules over two keys, which a schema cannot say; the core owns them. */
function refuseImpossible(parameters: EngineParameters, document: ConfigDocument): void {
  const problems = parameterProblems(parameters as unknown as Record<string, unknown>)
  if (problems.length === 0) return
  throw new InputMistake(
    problems.map(({ name, expected, found: value }) => ({
      place: parameterPlace(name as ParameterName, document),
      message: `${dottedKey(name)}: expected ${expected}, found ${value}`,
    })),
  )
}

function driftedValues(parameters: EngineParameters, document: ConfigDocument): Problem[] {
  return PARAMETER_NAMES.filter((name) => parameters[name] !== DEFAULT_PARAMETERS[name]).map((name) => ({
    place: parameterPlace(name, document),
    message: `${dottedKey(name)}: ${found(parameters[name])} drifts from the champion's ${found(DEFAULT_PARAMETERS[name])}`,
  }))
}

function parameterPlace(name: ParameterName, document: ConfigDocument): Place {
  return document.valuePlace(dottedKey(name)!.split('.'))
}
