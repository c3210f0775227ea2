import { existsSync } from 'node:fs'
import { extname, join } from 'node:path'
import { found, InputMistake, Mistake, type Problem } from '../../base/mistakes.js'
import { didYouMean } from '../../base/suggest.js'
import { type PaperOptions, paperOptions } from '../paper/options.js'

/** The options of `dolphin compare` as they were typed. */
export interface RawCompareOptions {
  readonly session?: string
  readonly bulk: string
  readonly from?: string
  readonly to?: string
  readonly fills?: string
  readonly seed?: string
  readonly all?: boolean
  readonly csv?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

export interface CompareOptions {
  /** Folders or files; none: where the session had them from. */
  readonly days: readonly string[]
  /** The folder of a session, or what to run one with. */
  readonly session: string | PaperOptions
  readonly bulk: 'bar-price' | 'simulated'
  readonly all: boolean
  readonly csv?: string
  readonly json: boolean
  readonly quiet: boolean
}

const BULK: readonly string[] = ['bar-price', 'simulated'] satisfies CompareOptions['bulk'][]
/** What a session of its own is run with. */
const PAPER_OPTIONS = ['from', 'to', 'fills', 'seed'] as const

/**
 * Checks the options. A session may stand where days do (`dolphin compare may`); days without one are traded on paper first.
 * Throws {@link Mistake} with every wrong one.
 */
export function compareOptions(args: readonly string[], raw: RawCompareOptions): CompareOptions {
  const problems: Problem[] = []
  const { bulk, csv } = raw
  const isSession = raw.session === undefined && args.length === 1 && existsSync(join(args[0]!, 'settings.json'))
  const given = isSession ? args[0] : raw.session
  if (given === '') problems.push({ place: '--session', message: 'expected the folder of a session, found ""' })
  if (given === undefined && args.length === 0) {
    problems.push({ place: '<days…>', message: 'expected the folder of a paper session, or days to trade, found none' })
  }
  if (given !== undefined) {
    for (const name of PAPER_OPTIONS.filter((option) => raw[option] !== undefined)) {
      problems.push({ place: `--${name}`, message: 'is for days without a session; this one has run already' })
    }
  }
  if (!BULK.includes(bulk)) {
    const message = `expected ${BULK.join(' or ')}, found ${found(bulk)}${didYouMean(bulk, BULK)}`
    problems.push({ place: '--bulk', message })
  }
  if (csv !== undefined && extname(csv).toLowerCase() !== '.csv') {
    problems.push({ place: '--csv', message: `expected a file name.csv, found ${found(csv)}` })
  }
  if (problems.length > 0) throw new InputMistake(problems)
  return {
    days: isSession ? [] : args,
    session: given ?? ownSession(args, raw),
    bulk: bulk as CompareOptions['bulk'],
    all: raw.all ?? false,
    json: raw.json ?? false,
    quiet: raw.quiet ?? false,
    ...(csv === undefined ? {} : { csv }),
  }
}

function ownSession(
  days: readonly string[],
  { from, to, fills = 'realistic', seed = '1', quiet = false }: RawCompareOptions,
) {
  return paperOptions({
    days,
    fills,
    seed,
    quiet,
    speed: 'max',
    executor: 'in-process',
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  })
}
