import { extname } from 'node:path'
import { found, type Problem, UserError } from './problems.js'
import { didYouMean } from './suggest.js'

/** The options of `dolphin compare` as they were typed. */
export interface RawCompareOptions {
  readonly session?: string
  readonly bulk: string
  readonly all?: boolean
  readonly csv?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

export interface CompareOptions {
  /** Folders or files; none: where the session had them from. */
  readonly days: readonly string[]
  readonly session: string
  readonly bulk: 'bar-price' | 'simulated'
  readonly all: boolean
  readonly csv?: string
  readonly json: boolean
  readonly quiet: boolean
}

const BULK: readonly string[] = ['bar-price', 'simulated'] satisfies CompareOptions['bulk'][]

/**
 * Checks the options. The session may stand where days do: `dolphin compare may`. Throws {@link UserError} with every wrong
 * one.
 */
export function compareOptions(args: readonly string[], raw: RawCompareOptions): CompareOptions {
  const problems: Problem[] = []
  const { bulk, csv } = raw
  const isSession = raw.session === undefined && args.length === 1
  const session = isSession ? args[0] : raw.session
  if (session === undefined || session === '') {
    problems.push({ place: '--session', message: 'expected the folder of a paper session, found none' })
  }
  if (!BULK.includes(bulk)) {
    const message = `expected ${BULK.join(' or ')}, found ${found(bulk)}${didYouMean(bulk, BULK)}`
    problems.push({ place: '--bulk', message })
  }
  if (csv !== undefined && extname(csv).toLowerCase() !== '.csv') {
    problems.push({ place: '--csv', message: `expected a file name.csv, found ${found(csv)}` })
  }
  if (problems.length > 0) throw new UserError(problems)
  return {
    days: isSession ? [] : args,
    session: session!,
    bulk: bulk as CompareOptions['bulk'],
    all: raw.all ?? false,
    json: raw.json ?? false,
    quiet: raw.quiet ?? false,
    ...(csv === undefined ? {} : { csv }),
  }
}
