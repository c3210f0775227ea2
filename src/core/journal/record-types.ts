import type { JournalKind } from '../../ports/journal.js'
import type { DecisionFact } from '../decision/records.js'
import type { RecordBody } from '../execution/records.js'

/** What a record of each kind of journal can be about, in alphabetical order. */
export function recordTypes(kind: JournalKind): readonly string[] {
  return Object.keys(TYPES[kind]).sort()
}

const DECISION: Readonly<Record<DecisionFact['type'], true>> = {
  begun: true,
  started: true,
  checkpoint: true,
  session: true,
  bar: true,
  cycle: true,
  withdrawn: true,
  permitted: true,
  vetoed: true,
  exit: true,
  report: true,
  disagreed: true,
  agreed: true,
  forgotten: true,
  latched: true,
  operator: true,
  assumption: true,
  alerted: true,
}

const EXECUTION: Readonly<Record<RecordBody['type'], true>> = {
  started: true,
  session: true,
  latched: true,
  unlatched: true,
  operator: true,
  alert: true,
  entryIntent: true,
  entryRefused: true,
  order: true,
  submitted: true,
  orderEvent: true,
  fill: true,
  entryOver: true,
  reduceOver: true,
  exit: true,
  exitAnswered: true,
  flat: true,
  closed: true,
  truth: true,
  syncedFlat: true,
  acknowledged: true,
  funding: true,
  fundingTruth: true,
}

/** `ExchangeRecord` of `adapters/paper`. */
const EXCHANGE = { begun: true, changed: true } as const

const TYPES: Readonly<Record<JournalKind, Readonly<Record<string, true>>>> = {
  decision: DECISION,
  execution: EXECUTION,
  exchange: EXCHANGE,
}
