import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ErrorObject } from 'ajv/dist/2020.js'
import { found, InputMistake, type Place, type Problem } from '../base/mistakes.js'
import { didYouMean } from '../base/suggest.js'
import { EXAMPLE_STRATEGIES } from '../core/examples/example-strategies.js'
import { called, StrategyFailure } from '../core/strategy/failure.js'
import { authorPlace } from '../files/author-place.js'
import { displayPath } from '../files/package-files.js'
import { reason } from '../files/reason.js'
import type { Strategy, StrategyModule } from '../ports/strategy.js'
import { PRIMITIVE_NAMES, type PrimitiveName } from '../ports/vocabulary/primitives.js'
import { EXAMPLE, isExample } from '../ports/vocabulary/report.js'

/** A strategy file that was read, and its parameters as they were asked for. */
export interface LoadedStrategy {
  readonly id: string
  /** As a person would type it. */
  readonly file: string
  /** Absolute. */
  readonly path: string
  /** SHA-256 of the file, hex. What it imports is not in it. */
  readonly sha256: string
  readonly parameters: Readonly<Record<string, unknown>>
  /** Whether its bars have the order books. */
  readonly books: boolean
  /** Whether its bars have what was observed of the market, and which primitives of it. */
  readonly observation: NonNullable<Strategy['observes']>
  /** One that is shipped to show what can be done: no file, nobody else's code, and nothing to trade money with. */
  readonly isExample: boolean
  /** A fresh one. @throws StrategyFailure when the file's `create` throws or makes what is no strategy. */
  create(initialCapital: number): Strategy
}

/**
 * Imports a strategy file, checks what it exports, and gives its parameters their values: defaults of its schema, and `set`
 * (`name=value`) over them.
 *
 * @throws InputMistake with every problem, at the author's file and line where one is known.
 */
export async function loadStrategy(path: string, set: readonly string[] = []): Promise<LoadedStrategy> {
  if (isExample({ file: path })) return loadExample(path, set)
  const file = displayPath(path)
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new InputMistake({ place: file, message: `cannot read the strategy: ${reason(error)}` })
  })
  if (/\.[cm]?tsx?$/.test(path)) {
    throw new InputMistake({ place: file, message: 'expected JavaScript, found TypeScript' }, { hint: TYPESCRIPT_HINT })
  }
  const module = checked(await imported(path, file), file)
  const parameters = await withDefaults(module, set, file)
  return {
    id: module.name,
    file,
    path: resolve(path),
    sha256: createHash('sha256').update(bytes).digest('hex'),
    parameters,
    books: module.books === true,
    observation: module.observation ?? false,
    isExample: false,
    create(initialCapital) {
      const where = { strategyId: module.name, call: 'create' } as const
      const context = { id: module.name, initialCapital, parameters: structuredClone(parameters) }
      const strategy: unknown = called(where, () => module.create(context))
      const missing = METHODS.filter(
        (name) => typeof (strategy as Record<string, unknown> | null)?.[name] !== 'function',
      )
      if (missing.length > 0) {
        throw new StrategyFailure(where, `made what has no ${missing.join(', ')}, expected a strategy`)
      }
      const { id } = strategy as Strategy
      if (id !== module.name)
        throw new StrategyFailure(where, `made a strategy of id ${found(id)}, expected ${found(module.name)}`)
      return strategy as Strategy
    },
  }
}

async function loadExample(named: string, set: readonly string[]): Promise<LoadedStrategy> {
  const name = named.slice(EXAMPLE.length)
  const names = Object.keys(EXAMPLE_STRATEGIES)
  if (!Object.hasOwn(EXAMPLE_STRATEGIES, name)) {
    const known = names.map((one) => EXAMPLE + one)
    const message = `expected a file, ${known.join(' or ')}, found ${found(named)}${didYouMean(named, known)}`
    throw new InputMistake({ place: '--strategy', message })
  }
  const module = EXAMPLE_STRATEGIES[name]!
  const parameters = await withDefaults(module, set, named)
  return {
    id: module.name,
    file: named,
    path: named,
    // What it decides by has a version, and another one when it decides otherwise.
    sha256: createHash('sha256').update(module.policy).digest('hex'),
    parameters,
    books: module.books === true,
    observation: module.observation ?? false,
    isExample: true,
    create: (initialCapital) => module.create({ id: module.name, initialCapital, parameters }),
  }
}

/** A strategy's failure as a mistake of its author, at the line of the author's file that it came from. */
export function strategyMistake(failure: StrategyFailure, file: string): InputMistake {
  return new InputMistake({ place: authorPlace(failure.cause) ?? file, message: failure.message })
}

const METHODS = ['onBar', 'onEntryDropped', 'onFill', 'snapshot', 'restore'] as const

const TYPESCRIPT_HINT =
  'Compile it first (tsc), or write it in JavaScript with types in comments, as `dolphin new strategy` does.'

async function imported(path: string, file: string): Promise<unknown> {
  try {
    return ((await import(pathToFileURL(resolve(path)).href)) as { readonly default?: unknown }).default
  } catch (error) {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    const place = error instanceof SyntaxError ? placeOfSyntaxError(path) : authorPlace(error)
    throw new InputMistake({ place: place ?? file, message: `cannot be loaded: ${message}` })
  }
}

function checked(exported: unknown, file: string): StrategyModule {
  const problems: Problem[] = []
  const wrong = (message: string) => problems.push({ place: file, message })
  const { name, parameters, books, observation, create } = (exported ?? {}) as Partial<
    Record<keyof StrategyModule, unknown>
  >
  if (typeof exported !== 'object' || exported === null) {
    wrong(`default export: expected { name, create } (and parameters), found ${found(exported)}`)
  } else {
    if (typeof name !== 'string' || !/^[!-~]{1,64}$/.test(name)) {
      wrong(`name: expected 1 to 64 visible ASCII characters, found ${found(name)}`)
    }
    if (typeof create !== 'function') wrong(`create: expected a function, found ${found(create)}`)
    if (parameters !== undefined && (typeof parameters !== 'object' || parameters === null)) {
      wrong(`parameters: expected a JSON Schema, found ${found(parameters)}`)
    }
    if (books !== undefined && typeof books !== 'boolean') wrong(`books: expected true or false, found ${found(books)}`)
    const unknown = observationFault(observation)
    if (unknown !== undefined) wrong(`observation: expected true, false or names of primitives, found ${unknown}`)
  }
  if (problems.length > 0) throw new InputMistake(problems)
  return exported as StrategyModule
}

function observationFault(observation: unknown): string | undefined {
  if (observation === undefined || typeof observation === 'boolean') return undefined
  if (!Array.isArray(observation)) return found(observation)
  const stranger: unknown = observation.find((name) => !PRIMITIVE_NAMES.includes(name as PrimitiveName))
  return stranger === undefined ? undefined : `${found(stranger)}${didYouMean(String(stranger), PRIMITIVE_NAMES)}`
}

async function withDefaults(
  { parameters: schema }: StrategyModule,
  set: readonly string[],
  file: string,
): Promise<Readonly<Record<string, unknown>>> {
  const properties = ((schema ?? {}) as { readonly properties?: Readonly<Record<string, object>> }).properties ?? {}
  const problems: Problem[] = []
  const values: Record<string, unknown> = {}
  for (const [name, property] of Object.entries(properties)) {
    if ('default' in property) values[name] = structuredClone(property.default)
    else problems.push({ place: file, message: `parameters.${name}: expected a default, found none` })
  }
  for (const text of set) {
    const at = text.indexOf('=')
    const name = text.slice(0, at)
    if (at < 1) problems.push({ place: '--param', message: `expected name=value, found ${found(text)}` })
    else if (!Object.hasOwn(properties, name)) {
      const known = Object.keys(properties)
      const names = known.length === 0 ? 'the strategy has none' : `expected one of ${known.join(', ')}`
      problems.push({ place: '--param', message: `${names}, found ${found(name)}${didYouMean(name, known)}` })
    } else values[name] = parsed(text.slice(at + 1))
  }
  if (problems.length > 0) throw new InputMistake(problems)
  if (schema !== undefined) await refuseInvalid(schema, values, file)
  return values
}

async function refuseInvalid(schema: object, values: Record<string, unknown>, file: string): Promise<void> {
  const { Ajv2020 } = await import('ajv/dist/2020.js')
  let errors: readonly ErrorObject[] | null | undefined
  try {
    const validate = new Ajv2020({ allErrors: true, verbose: true, strict: false }).compile(schema)
    errors = validate(values) ? undefined : validate.errors
  } catch (error) {
    throw new InputMistake({ place: file, message: `parameters: expected a JSON Schema: ${(error as Error).message}` })
  }
  if (errors == null) return
  throw new InputMistake(
    errors.map(({ instancePath, message, data }) => ({
      place: file,
      message: `parameter ${instancePath.slice(1).replaceAll('/', '.')} ${message}, found ${found(data)}`,
    })),
  )
}

/** Numbers, booleans and JSON are themselves, everything else is text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

/** A parser's error has no frame in the file; `node --check` prints its line. */
function placeOfSyntaxError(path: string): Place | undefined {
  const { stderr } = spawnSync(process.execPath, ['--check', path], { encoding: 'utf8' })
  const [, named, line] = /^(?:file:\/\/)?(\/?.+?):(\d+)$/m.exec(stderr) ?? []
  return named === undefined ? undefined : { file: displayPath(decodeURI(named)), line: Number(line) }
}
