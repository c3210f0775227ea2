import { found } from '../base/mistakes.js'
import { present } from '../base/present.js'
import { REDIS_URL } from '../config/flows-config.js'
import { loadServicesConfig, type ServicesConfig } from '../config/services-config.js'
import { FLOW_SCHEDULES } from '../core/flows/flow-graphs.js'
import { isStamp, newestDue } from '../core/flows/schedule.js'
import { packageFile } from '../files/package-files.js'
import { COLOURS, type Colour, FLOWS, type FlowDate, type FlowName } from '../ports/vocabulary/flows.js'
import { POSTURES, type Posture } from '../ports/vocabulary/market.js'
import { EMBEDDED_GRID } from './compose/grid-address.js'
import { aSharedGrid } from './grid-option.js'
import { OptionCheck } from './shell/option-check.js'
import { aFile, asTyped, option, type ParsedOptions, parseOptions, type RawOptions } from './shell/option-table.js'

/** The options of `dolphin flows …` and `dolphin serve flows`. */
export const FLOWS_OPTIONS = {
  colour: option({
    flag: '--colour',
    value: '<colour>',
    help: 'the configuration: blue (SHORT) or green (LONG)',
    standard: 'blue',
    parse: (typed, check, flag) => check.oneOf<Colour>(flag, typed, COLOURS),
  }),
  date: option({
    flag: '--date',
    value: '<date>',
    help: 'the logical date, YYYY-MM-DD; of the forewarner YYYY-MM-DDTHH (default: the newest that is due)',
    parse: asTyped,
  }),
  from: option({
    flag: '--from',
    value: '<date>',
    help: 'first date, YYYY-MM-DD',
    parse: (typed, check, flag) => check.date(flag, typed),
  }),
  to: option({
    flag: '--to',
    value: '<date>',
    help: 'last date, YYYY-MM-DD',
    parse: (typed, check, flag) => check.date(flag, typed),
  }),
  dryRun: option({
    flag: '--dry-run',
    help: 'check configuration, data and capital; run no engine, keep nothing',
    parse: asTyped,
  }),
  days: option({
    flag: '--days',
    value: '<folder>',
    help: 'days YYYY-MM-DD.parquet or .jsonl (default: of the configuration; by hand, without: the bundled days)',
    parse: aFile,
  }),
  capital: option({
    flag: '--capital',
    value: '<usdt>',
    help: 'begin with it (default: what the day before ended with, at first 25,000)',
    parse: (typed, check, flag) => check.number(flag, typed, { above: 0 }),
  }),
  posture: option({
    flag: '--posture',
    value: '<posture>',
    help: 'of supervised days: auto (what dolphin serve survival says), APEX, STALKER, TURTLE or HIBERNATE',
    parse: (typed, check, flag) => check.oneOf<Posture | 'auto'>(flag, typed, ['auto', ...POSTURES]),
  }),
  folder: option({
    flag: '--folder',
    value: '<folder>',
    help: 'schedules, ledger, reports, and an embedded grid (default: of the configuration, flows)',
    parse: aFile,
  }),
  redis: option({
    flag: '--redis',
    value: '<url>',
    help: 'schedules and ledger of several machines: redis://host:port',
    parse: (typed, check, flag) =>
      REDIS_URL.test(typed)
        ? typed
        : check.wrong(flag, `expected redis://host:port, found ${found(typed.replace(/\/\/.*@/, '//…@'))}`),
  }),
  grid: option({
    flag: '--grid',
    value: '<url>',
    help: 'embedded, or hazelcast://host:port[,host:port…] (default: of the configuration)',
    parse: (typed, check, flag) => {
      if (typed !== EMBEDDED_GRID) aSharedGrid(typed, (message) => check.wrong(flag, message))
      return typed
    },
  }),
  config: option({
    flag: '--config',
    value: '<yaml>',
    help: 'configuration of the services (default: the packaged configs/services.yml)',
    parse: aFile,
  }),
  reason: option({ flag: '--reason', value: '<text>', help: 'why it is given up', parse: asTyped }),
  records: option({ flag: '--records', help: 'what happened in the runs of the date, line by line', parse: asTyped }),
  limit: option({
    flag: '--limit',
    value: '<n>',
    help: 'the newest n dates',
    standard: '30',
    parse: (typed, check, flag) => check.number(flag, typed, { min: 1, integer: true }),
  }),
  json: option({ flag: '--json', help: 'JSON on stdout', parse: asTyped }),
  quiet: option({ flag: '--quiet', help: 'no progress and no notices; warnings are always told', parse: asTyped }),
}

export type RawFlowsOptions = RawOptions<typeof FLOWS_OPTIONS>
export type FlowsOptions = ParsedOptions<typeof FLOWS_OPTIONS>

/** What all commands of flows go on with. */
export interface FlowsChoice {
  readonly flows: ServicesConfig['flows'] & { readonly days: string }
  readonly isBundled: boolean
  readonly grid: string
  readonly posture?: Posture
  readonly forewarnerTrades?: string
  readonly options: FlowsOptions
}

/** What is typed wins over the file, and that over what is in force without one. @throws InputMistake with every mistake. */
export async function flowsChoice(raw: RawFlowsOptions): Promise<FlowsChoice> {
  const check = new OptionCheck()
  const options = parseOptions(FLOWS_OPTIONS, raw, check)
  check.done()
  const { flows, grid, survival, forewarner } = await loadServicesConfig(options.config)
  const { days, folder, redis, capital, posture } = options
  const said = posture === undefined ? survival.posture : posture === 'auto' ? undefined : posture
  const known = days ?? flows.days
  return {
    flows: { ...flows, days: known ?? packageFile('fixtures', 'days'), ...present({ folder, redis, capital }) },
    isBundled: known === undefined,
    grid: options.grid ?? grid.url,
    options,
    ...present({ posture: said, forewarnerTrades: forewarner.trades }),
  }
}

/** The flow that a word names. @throws InputMistake */
export function flowNamed(word: string): FlowName {
  const check = new OptionCheck()
  const flow = check.oneOf<FlowName>('<flow>', word, FLOWS)
  check.done()
  return flow!
}

/** The date that is asked for, or the newest that is due. @throws InputMistake */
export function dateAsked(flow: FlowName, { date, colour = 'blue' }: FlowsOptions, nowMs: number): FlowDate {
  const schedule = FLOW_SCHEDULES[flow]
  const check = new OptionCheck()
  const stamp = date ?? newestDue(schedule, nowMs)
  if (!isStamp(schedule, stamp)) {
    const expected =
      schedule.kind === 'hours' ? `a slot YYYY-MM-DDTHH, each ${schedule.every} h from 00` : 'a date YYYY-MM-DD'
    check.wrong('--date', `expected ${expected}, found ${found(stamp)}`)
  } else if (stamp > newestDue(schedule, nowMs)) {
    check.wrong(
      '--date',
      `expected a date that is due, ${newestDue(schedule, nowMs)} at the latest, found ${found(stamp)}`,
    )
  }
  check.done()
  return { flow, colour, stamp }
}
