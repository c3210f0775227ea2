import { present } from '../base/present.js'
import { COLOURS, type Colour, FLOWS, type FlowKey } from '../ports/vocabulary/flows.js'
import { file, orNull, type ValueCheck } from './execution-values.js'

/** The daily flows, as a person configured them: the section `flows` of the services' configuration. */
export interface FlowsConfig {
  readonly run: readonly FlowKey[]
  /** Of schedules, ledger and reports, and of the grid where that is embedded. */
  readonly folder: string
  /** Schedules and ledger of several machines; absent: they are in the folder. */
  readonly redis?: string
  /** Folder of days; absent: it is said with each command. */
  readonly days?: string
  /** Configurations; absent: the packaged ones. */
  readonly strategies: Readonly<Partial<Record<Colour, string>>>
  /** USDT; absent: what was recorded. */
  readonly capital?: number
  readonly paperLogs: string
}

/** What is in force without a file. */
export const FLOWS_DEFAULTS = {
  'flows.run': 'paper-day:blue,paper-day:green,supervised-day:blue,forewarner:blue',
  'flows.folder': 'flows',
  'flows.redis': null,
  'flows.days': null,
  'flows.blue': null,
  'flows.green': null,
  'flows.capital': null,
  'flows.paper_logs': 'paper_logs',
} as const

type Key = keyof typeof FLOWS_DEFAULTS

export const FLOWS_CHECKS: Readonly<Record<Key, ValueCheck>> = {
  'flows.run': {
    expected: `flows and configurations such as paper-day:blue,forewarner:blue, each once (${FLOWS.join(', ')}; ${COLOURS.join(', ')})`,
    fits: (value) => typeof value === 'string' && flowKeysIn(value) !== undefined,
  },
  'flows.folder': file('a folder'),
  'flows.redis': orNull({
    expected: 'redis://host:port, or rediss:// for TLS',
    fits: (value) => typeof value === 'string' && REDIS_URL.test(value),
  }),
  'flows.days': orNull(file('a folder of days')),
  'flows.blue': orNull(file('a strategy configuration')),
  'flows.green': orNull(file('a strategy configuration')),
  'flows.capital': orNull({
    expected: 'a number above 0',
    fits: (value) => Number.isFinite(value) && Number(value) > 0,
  }),
  'flows.paper_logs': file('a folder'),
}

/** @param values that have passed {@link FLOWS_CHECKS}. */
export function flowsConfigOf(values: Readonly<Record<Key, unknown>>): FlowsConfig {
  return {
    run: flowKeysIn(values['flows.run'] as string)!,
    folder: values['flows.folder'] as string,
    paperLogs: values['flows.paper_logs'] as string,
    strategies: present({
      blue: (values['flows.blue'] ?? undefined) as string | undefined,
      green: (values['flows.green'] ?? undefined) as string | undefined,
    }),
    ...present({
      redis: (values['flows.redis'] ?? undefined) as string | undefined,
      days: (values['flows.days'] ?? undefined) as string | undefined,
      capital: (values['flows.capital'] ?? undefined) as number | undefined,
    }),
  }
}

export const REDIS_URL = /^rediss?:\/\/\S+$/

/** `paper-day:blue,forewarner:green`; undefined: it is none, or names one twice. */
export function flowKeysIn(text: string): readonly FlowKey[] | undefined {
  const names = text.split(',')
  const keys = names.flatMap((name): FlowKey[] => {
    const [flow, colour, more] = name.trim().split(':')
    const known = FLOWS.find((one) => one === flow)
    const of = COLOURS.find((one) => one === colour)
    return known === undefined || of === undefined || more !== undefined ? [] : [{ flow: known, colour: of }]
  })
  return keys.length === names.length && new Set(names.map((name) => name.trim())).size === names.length
    ? keys
    : undefined
}
