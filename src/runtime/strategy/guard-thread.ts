import { workerData } from 'node:worker_threads'
import { assert, unreachable } from '../../base/assert.js'
import { canonicalJson } from '../../base/canonical-json.js'
import { placeText } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { called, StrategyFailure } from '../../core/strategy/failure.js'
import { mandatesIn } from '../../core/strategy/mandates.js'
import { authorPlace } from '../../files/author-place.js'
import type { Mandate, Strategy, StrategyBar, StrategyModule } from '../../ports/strategy.js'
import { banForAuthors } from './banned-calls.js'
import type { GuardAnswer, GuardCall, GuardSetup } from './guard-messages.js'

/** The thread behind `GuardedStrategy`: runs the author's code, and a twin of it while it is young. */
const { port, answers, module, context, twinBars } = workerData as GuardSetup
const { id } = context

let strategy: Strategy
let twin: Strategy | undefined
let symbols: readonly string[] = []
/** Of the bar in force. */
let place: { readonly bar: number; readonly date?: string } | undefined
let barsOfTwin = 0

banForAuthors()
port.on('message', (call: GuardCall) => answer(() => answerTo(call)))
const opened = await import(module).then(
  (exported: { readonly default: StrategyModule }) => () => begin(exported.default),
  (error: unknown) => () => {
    throw error
  },
)
answer(opened)

function begin(exported: StrategyModule): GuardAnswer {
  const made = () => called({ strategyId: id, call: 'create' }, () => exported.create(structuredClone(context)))
  strategy = made()
  if (twinBars > 0) twin = made()
  return { done: true }
}

function answer(make: () => GuardAnswer): void {
  port.postMessage(answerOf(make))
  Atomics.add(answers, 0, 1)
  Atomics.notify(answers, 0)
}

function answerOf(make: () => GuardAnswer): GuardAnswer {
  try {
    return make()
  } catch (error) {
    const { cause = error } = error as StrategyFailure
    const at = authorPlace(cause)
    const message = error instanceof Error ? error.message : String(error)
    return { failure: at === undefined ? message : `${placeText(at)}: ${message}` }
  }
}

function answerTo(call: GuardCall): GuardAnswer {
  switch (call.call) {
    case 'onBar':
      symbols = call.symbols ?? symbols
      return { mandates: onBar({ ...call.bar, symbols }) }
    case 'onFill':
      tell('onFill', (told) => told.onFill({ ...call.fill }))
      return { done: true }
    case 'onEntryDropped':
      tell('onEntryDropped', (told) => told.onEntryDropped(call.symbol, call.reason))
      return { done: true }
    case 'snapshot':
      return { snapshot: plain(called({ strategyId: id, call: 'snapshot' }, () => strategy.snapshot())) }
    case 'restore':
      tell('restore', (told) => told.restore(structuredClone(call.snapshot)))
      return { done: true }
    default:
      return unreachable(call)
  }
}

function onBar(bar: StrategyBar): readonly Mandate[] {
  const date = bar.day?.date ?? place?.date
  place = { bar: bar.bar, ...present({ date }) }
  const where = { strategyId: id, call: 'onBar', ...place } as const
  const ofTwin = twin === undefined ? undefined : { ...bar, symbols: [...symbols], prices: bar.prices.slice() }
  const asked = (who: Strategy, of: StrategyBar) =>
    mandatesIn(
      called(where, (): unknown => who.onBar(of)),
      where,
    ).map(plainMandate)
  const mandates = asked(strategy, { ...bar, symbols: [...symbols] })
  if (twin === undefined || ofTwin === undefined) return mandates
  const second = asked(twin, ofTwin)
  if (canonicalJson(mandates) !== canonicalJson(second)) {
    const [one, other] = [mandates, second].map((decided) => canonicalJson(decided).slice(0, 120))
    throw new StrategyFailure(
      where,
      `is not deterministic: two strategies that were told the same decided ${one} and ${other}`,
    )
  }
  if (++barsOfTwin >= twinBars) twin = undefined
  return mandates
}

function tell(call: 'onFill' | 'onEntryDropped' | 'restore', told: (strategy: Strategy) => void): void {
  for (const who of twin === undefined ? [strategy] : [strategy, twin]) {
    called({ strategyId: id, call, ...place }, () => told(who))
  }
}

/** What a mandate says, and nothing that a message could not carry. */
function plainMandate(mandate: Mandate): Mandate {
  const { strategyId, symbol, type, authority, timestampMs, direction, notionalUsd, price, reason } = mandate
  return {
    strategyId,
    symbol,
    type,
    authority,
    timestampMs,
    ...present({ direction, notionalUsd, price }),
    reason: String(reason),
  }
}

/** A snapshot as the journal will give it back. */
function plain(snapshot: unknown): unknown {
  const text = JSON.stringify(snapshot)
  assert(text !== undefined, 'a snapshot is plain JSON')
  return JSON.parse(text) as unknown
}
