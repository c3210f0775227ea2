import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import type { Command } from 'commander'
import { canonicalJson } from '../../base/canonical-json.js'
import { InputMistake, Mistake } from '../../base/mistakes.js'
import { CONTRACTS, checkStatus, contractOf } from '../../core/status/check.js'
import type { StatusViolation } from '../../core/status/check-against.js'
import { StatusStream } from '../../core/status/stream.js'
import { displayPath, packageFile } from '../../files/package-files.js'
import { reason } from '../../files/reason.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { numberOf } from '../shell/option-check.js'
import { reportJson } from '../shell/report-json.js'
import { coloursFor, printResult, textOfLines } from '../shell/terminal.js'
import { readStatus, type StatusSource } from './source.js'

/** `dolphin status validate`. */
export function register(parent: Command): void {
  const command = parent
    .command('validate')
    .summary('check a /status document against its contract')
    .description(
      'Check a /status document: JSON Schema, contract version, tier purity and order, latch invariants, registries,\n' +
        'that no field contradicts another, and that the owner view says what the fields say. A document under an earlier contract is held to that one.',
    )
    .option('--file <json>', 'a document in a file')
    .option('--url <address>', 'a document served by a running session')
    .option('--for <seconds>', 'ask the address every second for so long: each document must fit those before it, too')
    .option(
      '--schema <file>',
      `JSON Schema to hold it against (default: the packaged ${MIN_SCHEMA} of the document's contract)`,
    )
    .option('--manifest <file>', "registries (default: the packaged manifest of the document's contract)")
    .option('--json', 'the verdict as JSON')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .addHelpText('after', `\n${EXAMPLES}`)
  command.action(async (raw: Options) => {
    process.exitCode = await validate({ ...command.optsWithGlobals(), ...raw })
  })
}

const EXAMPLES = `Examples:
  dolphin status validate --file fixtures/status/healthy_active.json --schema specs/status/status_csp_exact.schema.json
  dolphin status validate --url http://127.0.0.1:8080/api/v1/status
  dolphin status validate --url http://127.0.0.1:8080/api/v1/status --for 60

Exit codes:
  0    the document keeps the contract; with --for, all of them do, and fit each other
  1    one does not; every rule that it breaks is listed
  2    nothing was checked: a file is missing, the address does not answer, the options are wrong`

interface Options extends StatusSource {
  readonly for?: string
  readonly schema?: string
  readonly manifest?: string
  readonly json?: boolean
  readonly color?: boolean
}

const MIN_SCHEMA = 'status_csp_min.schema.json'
const MANIFEST = 'status_reason_registries_manifest.json'

async function validate(options: Options): Promise<ExitCode> {
  // What was named is looked at first: a mistake in it is told before anything is asked for.
  if (options.schema !== undefined) compile(options.schema)
  if (options.manifest !== undefined) refuseDriftedManifest(options.manifest)
  const endMs = performance.now() + 1000 * secondsOf(options)
  const stream = new StatusStream((document) => violationsOf(document, options))
  let violations = stream.next(await readStatus(options), performance.now())
  while (violations.length === 0 && performance.now() < endMs) {
    await pause(ASK_EVERY_MS)
    violations = stream.next(await readStatus(options), performance.now())
  }
  const valid = violations.length === 0
  await printResult(options.json ? reportJson({ valid, violations }) : verdictText(options, violations))
  return valid ? EXIT.ok : EXIT.failed
}

const ASK_EVERY_MS = 1_000

/** For how long an address is asked again: 0 where nobody wants it. */
function secondsOf({ for: text, url }: Options): number {
  if (text === undefined) return 0
  const seconds = numberOf(text)
  if (url !== undefined && seconds !== undefined && seconds > 0) return seconds
  const found = `${JSON.stringify(text)}${url === undefined ? ' without --url' : ''}`
  throw new InputMistake({ place: '--for', message: `expected seconds above 0 beside --url, found ${found}` })
}

/** Of one document, by the schema and by the contract that it says it is under. */
function violationsOf(document: unknown, options: Options): StatusViolation[] {
  const { contract_version: version } = contractOf(document).registries
  const schemaFile = options.schema ?? packaged(version, MIN_SCHEMA)
  const schema = compile(schemaFile)
  refuseDriftedManifest(options.manifest ?? packaged(version, MANIFEST))
  const exact = (readJson(schemaFile) as { additionalProperties?: boolean }).additionalProperties === false
  return [...schemaViolations(schema, document), ...checkStatus(document, { exact })]
}

/** A file of the contract of a version: that of this build stands by itself, an earlier one in a folder of its version. */
function packaged(version: string, file: string): string {
  const isCurrent = version === CONTRACTS[0]!.registries.contract_version
  return isCurrent ? packageFile('specs', 'status', file) : packageFile('specs', 'status', version, file)
}

function verdictText(options: Options, violations: readonly StatusViolation[]): string {
  const colours = coloursFor(process.stdout, options.color ?? true)
  const name = options.file === undefined ? options.url! : displayPath(options.file)
  if (violations.length === 0) return textOfLines([`${colours.green('valid')}  ${name}`])
  const lines = violations.map(
    ({ rule, field, expected, found }) => `  ${colours.bold(rule)}  ${field}: expected ${expected}, found ${found}`,
  )
  return textOfLines([`${colours.red('INVALID')}  ${name}: treat as Kill`, ...lines])
}

/** What the schema alone sees; the rules of the contract name the rest. */
function schemaViolations(validate: ValidateFunction, document: unknown): StatusViolation[] {
  if (validate(document)) return []
  return (validate.errors ?? [])
    .filter(({ keyword }) => keyword !== 'if')
    .map((error: ErrorObject) => ({
      rule: 'JSON_SCHEMA',
      field: error.instancePath === '' ? '$' : error.instancePath.slice(1).replaceAll('/', '.'),
      expected: `${error.schemaPath}: ${error.message ?? error.keyword}`,
      found: JSON.stringify(error.params),
    }))
}

function compile(path: string): ValidateFunction {
  try {
    return new Ajv2020({ allErrors: true, allowUnionTypes: true, strictTypes: false }).compile(readJson(path) as object)
  } catch (error) {
    if (error instanceof Mistake) throw error
    throw new InputMistake({ place: displayPath(path), message: `expected a JSON Schema: ${(error as Error).message}` })
  }
}

/** The registries are compiled into this build: holding a document against others would check it against two contracts. */
function refuseDriftedManifest(path: string): void {
  const manifest = canonicalJson(readJson(path))
  if (CONTRACTS.some(({ registries }) => canonicalJson(registries) === manifest)) return
  const versions = CONTRACTS.map(({ registries }) => registries.contract_version).join(' or ')
  throw new InputMistake({
    place: displayPath(path),
    message: `expected the manifest of this build (contract ${versions}), found another`,
  })
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const message = error instanceof SyntaxError ? `expected JSON: ${error.message}` : reason(error)
    throw new InputMistake({ place: displayPath(path), message })
  }
}
