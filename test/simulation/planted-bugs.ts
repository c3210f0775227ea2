import { stateHashOf } from '../../src/core/execution/recover.js'
import type { ExecutionState } from '../../src/core/execution/state.js'
import { isRefusal, open, seal } from '../../src/core/link/envelope.js'
import type { VenueSnapshot } from '../../src/ports/venue.js'
import { venueTradeId } from '../../src/ports/vocabulary/ids.js'
import type { Fill, OrderRequest } from '../../src/ports/vocabulary/orders.js'
import type { AdapterMeddling } from './adapter-meddling.js'
import type { FaultKind, VenueKind } from './fault-plan.js'
import { changesSubmits, changesVenueEvents, type Meddling, type Submit, submitsOf, venueEvent } from './meddling.js'
import { PLANTED_ADAPTER_BUGS } from './planted-adapter-bugs.js'

/** A bug that others lived through, put in on purpose: the simulator must find it. */
export interface PlantedBug {
  /** Of `docs/simulation.md`. */
  readonly story: string
  readonly what: string
  /** A new one for each process: `restarts` counts those before it. */
  readonly execution?: (restarts: number) => Meddling
  readonly decision?: (restarts: number) => Meddling
  readonly adapter?: () => AdapterMeddling
  /** The only one in which the bug is. */
  readonly venue?: VenueKind
  /** What goes wrong while it is looked for; absent: whatever the seed draws. */
  readonly faults?: readonly FaultKind[]
}

export const PLANTED_BUGS = {
  'resubmits-unknown': {
    story: 'F1',
    what: 'an order of unknown outcome is sent again under another id',
    execution: resubmitsUnknown,
  },
  'counts-duplicates': { story: 'F2', what: 'a fill that comes again counts again', execution: countsDuplicates },
  'invents-opposite-fill': {
    story: 'F3',
    what: 'a restart makes up the fill that would make it flat',
    execution: inventsOppositeFill,
  },
  'forgets-seen-fills': {
    story: 'F4',
    what: 'some fills are marked as seen and never applied',
    execution: () => withoutFills(({ tradeId }) => tradeId % 3 === 0),
  },
  'infers-fills': { story: 'F5', what: 'a status makes a fill, and the real fill is one more', execution: infersFills },
  'forgets-working-orders': {
    story: 'F6',
    what: 'a restart forgets the orders that were working',
    execution: forgetsWorkingOrders,
  },
  'ids-of-the-process': {
    story: 'F7',
    what: 'request ids come from a counter of the process',
    execution: idsOfTheProcess,
  },
  'stale-truth': {
    story: 'F8',
    what: 'the first truth after a start is taken for the truth for ever',
    execution: staleTruth,
  },
  'loses-partial-fills': {
    story: 'F11',
    what: 'fills of partly filled orders are dropped',
    execution: losesPartialFills,
  },
  'kill-is-lost': { story: 'F17', what: 'the kill switch does nothing', execution: killIsLost, decision: killIsLost },
  'takes-unknown-for-rejected': {
    story: 'F18',
    what: 'an order without acknowledgement counts as never placed',
    execution: takesUnknownForRejected,
  },
  'drops-stop-after-rejection': {
    story: 'F19',
    what: 'a protective order that was rejected once is never placed again',
    execution: dropsStopAfterRejection,
  },
  'rounds-in-binary': { story: 'F20', what: 'quantities are cut to lots in binary floats', execution: roundsInBinary },
  'alerts-do-not-act': {
    story: 'K',
    what: 'alerts are logged, and trading goes on',
    execution: alertsDoNotAct,
    decision: alertsDoNotAct,
  },
  'hides-its-build': { story: 'K', what: 'builds are not compared', execution: hidesItsBuild, decision: hidesItsBuild },
  'overlooks-margin': {
    story: 'margin',
    what: 'all margin is taken for free',
    execution: overlooksMargin,
  },
  'overlooks-its-host': {
    story: 'host',
    what: 'what the process measures of itself and its disk is not looked at',
    execution: overlooksItsHost,
    decision: overlooksItsHost,
  },
  'works-through-maintenance': {
    story: 'host',
    what: 'maintenance is journalled, and trading goes on',
    execution: worksThroughMaintenance,
    decision: worksThroughMaintenance,
  },
  'denies-in-silence': { story: 'veto', what: 'a denial is not said', decision: deniesInSilence },
  'sends-before-durable': {
    story: 'durability',
    what: 'an order leaves before its record is on disk',
    execution: sendsBeforeDurable,
  },
  'checkpoint-lies': {
    story: 'durability',
    what: 'a checkpoint says with a right hash that no trade was seen yet',
    execution: checkpointLies,
  },
  ...PLANTED_ADAPTER_BUGS,
} as const satisfies Record<string, PlantedBug>

export type PlantedBugName = keyof typeof PLANTED_BUGS

function resubmitsUnknown(): Meddling {
  const submits = new Map<string, Submit>()
  return {
    effects(effects, event) {
      for (const request of submitsOf(effects)) submits.set(request.requestId, request)
      const answer = venueEvent(event)
      const lost = answer?.kind === 'unknown' ? submits.get(answer.requestId) : undefined
      if (lost === undefined || lost.order.reduceOnly) return effects
      const order = { ...lost.order, clientOrderId: `${lost.order.clientOrderId}e` }
      return [...effects, { kind: 'request', request: { ...lost, requestId: `${lost.requestId}again`, order } }]
    },
  }
}

function countsDuplicates(): Meddling {
  const seen = new Set<number>()
  let made = 0
  return changesVenueEvents((event) => {
    if (event.kind !== 'fill') return event
    const { fill } = event
    if (!seen.has(fill.tradeId)) {
      seen.add(fill.tradeId)
      return event
    }
    return { kind: 'fill', fill: { ...fill, tradeId: venueTradeId(fill.tradeId + 1_000_000 * ++made) } }
  })
}

function inventsOppositeFill(restarts: number): Meddling {
  let invented = restarts === 0
  return changesVenueEvents((event) => {
    if (event.kind !== 'snapshot' || invented) return event
    const { snapshot } = event
    const [position] = snapshot.positions
    if (position === undefined) return event
    invented = true
    const long = !position.quantity.startsWith('-')
    const fill: Fill = {
      tradeId: venueTradeId(snapshot.lastTradeId + 1_000_000),
      clientOrderId: snapshot.openOrders[0]?.clientOrderId ?? 'made-up',
      symbol: position.symbol,
      side: long ? 'SELL' : 'BUY',
      price: position.markPrice,
      quantity: position.quantity.replace('-', ''),
      feeUsd: '0',
      maker: false,
      timestampNs: `${snapshot.atMs}000000`,
    }
    return { ...event, snapshot: { ...snapshot, positions: [], fills: [...snapshot.fills, fill] } }
  })
}

function withoutFills(lost: (fill: Fill) => boolean): Meddling {
  return changesVenueEvents((event) => {
    if (event.kind === 'fill') return lost(event.fill) ? undefined : event
    if (event.kind !== 'snapshot') return event
    return { ...event, snapshot: { ...event.snapshot, fills: event.snapshot.fills.filter((fill) => !lost(fill)) } }
  })
}

function infersFills(): Meddling {
  const filled = new Map<string, number>()
  let made = 0
  return changesVenueEvents((event) => {
    if (event.kind !== 'order' && event.kind !== 'acknowledged') return event
    const { clientOrderId, symbol, side, filledQuantity, averagePrice } = event.report
    if (averagePrice === null || (filled.get(clientOrderId) ?? 0) >= Number(filledQuantity)) return event
    filled.set(clientOrderId, Number(filledQuantity))
    const tradeId = venueTradeId(5_000_000 + ++made)
    const timestampNs = `${event.report.updatedAtMs}000000`
    const fill = { tradeId, clientOrderId, symbol, side, price: averagePrice, quantity: filledQuantity }
    return { kind: 'fill', fill: { ...fill, feeUsd: '0', maker: false, timestampNs } }
  })
}

/** Orders of the process before: the venue seems not to know them. */
function forgetsWorkingOrders(restarts: number): Meddling {
  const own = new Set<string>()
  const isOld = (clientOrderId: string) => restarts > 0 && !own.has(clientOrderId)
  const changes = changesVenueEvents((event) => {
    if (event.kind === 'order') return isOld(event.report.clientOrderId) ? undefined : event
    if (event.kind === 'fill') return isOld(event.fill.clientOrderId) ? undefined : event
    if (event.kind === 'found' && isOld(event.report.clientOrderId)) {
      return { kind: 'notFound', requestId: event.requestId, clientOrderId: event.report.clientOrderId }
    }
    if (event.kind !== 'snapshot') return event
    const openOrders = event.snapshot.openOrders.filter(({ clientOrderId }) => !isOld(clientOrderId))
    const fills = event.snapshot.fills.filter(({ clientOrderId }) => !isOld(clientOrderId))
    return { ...event, snapshot: { ...event.snapshot, openOrders, fills } }
  })
  return {
    ...changes,
    effects(effects) {
      for (const { order } of submitsOf(effects)) own.add(order.clientOrderId)
      return effects
    },
  }
}

function overlooksMargin(): Meddling {
  return changesVenueEvents((event) => {
    if (event.kind !== 'snapshot') return event
    const { account } = event.snapshot
    return { ...event, snapshot: { ...event.snapshot, account: { ...account, availableMarginUsd: account.equityUsd } } }
  })
}

function overlooksItsHost(): Meddling {
  return { event: (event) => (event.kind === 'conditions' ? undefined : event) }
}

function worksThroughMaintenance(): Meddling {
  return {
    effects(effects, event, feed) {
      if (event.kind !== 'command' || event.command.command !== 'maintenance-on') return effects
      const off = { command: 'maintenance-off', reason: 'there is money to be made' } as const
      return [...effects, ...feed({ kind: 'command', nowMs: event.nowMs, command: off })]
    },
  }
}

function deniesInSilence(): Meddling {
  return {
    effects: (effects) => effects.filter((effect) => effect.kind !== 'send' || !effect.text.includes('"ENTRY_VETO"')),
  }
}

let requestsOfThisProcess = 0

function idsOfTheProcess(): Meddling {
  const originals = new Map<string, string>()
  const changes = changesVenueEvents((event) =>
    'requestId' in event ? { ...event, requestId: originals.get(event.requestId) ?? event.requestId } : event,
  )
  return {
    ...changes,
    effects: (effects) =>
      effects.map((effect) => {
        if (effect.kind !== 'request') return effect
        const requestId = `${effect.request.requestId}-${++requestsOfThisProcess}`
        originals.set(requestId, effect.request.requestId)
        return { kind: 'request', request: { ...effect.request, requestId } }
      }),
  }
}

function staleTruth(restarts: number): Meddling {
  let first: VenueSnapshot | undefined
  return changesVenueEvents((event) => {
    if (event.kind !== 'snapshot' || restarts === 0) return event
    first ??= event.snapshot
    return { ...event, snapshot: { ...event.snapshot, positions: first.positions } }
  })
}

function losesPartialFills(): Meddling {
  const partial = new Set<string>()
  const fills = withoutFills(({ clientOrderId }) => partial.has(clientOrderId))
  return {
    event(event) {
      const venue = venueEvent(event)
      if (venue?.kind === 'order' && venue.report.status === 'PARTIAL') partial.add(venue.report.clientOrderId)
      return fills.event!(event)
    },
  }
}

function killIsLost(): Meddling {
  return { event: (event) => (event.kind === 'command' && event.command.command === 'kill' ? undefined : event) }
}

/** Only an acknowledgement makes an order: what the stream and the truth say of others is nobody's. */
function takesUnknownForRejected(): Meddling {
  const submits = new Map<string, OrderRequest>()
  const unacknowledged = new Set<string>()
  const fills = withoutFills(({ clientOrderId }) => unacknowledged.has(clientOrderId))
  const answers = changesVenueEvents((event) => {
    if (event.kind === 'acknowledged') unacknowledged.delete(event.report.clientOrderId)
    if (event.kind === 'order' && unacknowledged.has(event.report.clientOrderId)) return undefined
    const order = event.kind === 'unknown' ? submits.get(event.requestId) : undefined
    if (event.kind !== 'unknown' || order === undefined) return event
    const { requestId, message } = event
    return { kind: 'rejected', requestId, clientOrderId: order.clientOrderId, code: 'INVALID', message }
  })
  return {
    event(event) {
      const known = fills.event!(event)
      return known && answers.event!(known)
    },
    effects(effects) {
      for (const { requestId, order } of submitsOf(effects)) {
        submits.set(requestId, order)
        unacknowledged.add(order.clientOrderId)
      }
      return effects
    },
  }
}

/** The venue seems to have acknowledged what was never sent again. */
function dropsStopAfterRejection(): Meddling {
  let rejected = false
  return {
    event(event) {
      const venue = venueEvent(event)
      if (venue?.kind === 'rejected' && PROTECTIVE.test(venue.clientOrderId)) rejected = true
      return event
    },
    effects: (effects) =>
      rejected
        ? effects.filter((effect) => !submitsOf([effect]).some(({ order }) => PROTECTIVE.test(order.clientOrderId)))
        : effects,
  }
}

function roundsInBinary(): Meddling {
  return changesSubmits((order) => {
    const lot = 10 ** -(order.quantity.split('.')[1]?.length ?? 0)
    const digits = order.quantity.split('.')[1]?.length ?? 0
    const cut = (Math.floor(Number(order.quantity) / lot) * lot).toFixed(digits)
    return order.reduceOnly ? order : { ...order, quantity: digits === 0 ? cut : cut.replace(/\.?0+$/, '') }
  })
}

function alertsDoNotAct(): Meddling {
  return {
    effects(effects, event, feed) {
      const alarming = effects.some(({ kind, ...rest }) => kind === 'alert' && ALARMING.test(JSON.stringify(rest)))
      if (!alarming) return effects
      const resume = { command: 'resume', reason: 'nobody reads alerts' } as const
      return [...effects, ...feed({ kind: 'command', nowMs: event.nowMs, command: resume })]
    },
  }
}

/** Whatever build the other side says it runs, it is taken for one's own. */
function hidesItsBuild(): Meddling {
  let own: string | undefined
  return {
    event(event) {
      if (event.kind !== 'message') return event
      const envelope = open(event.text)
      if (isRefusal(envelope) || envelope.type !== 'HEARTBEAT') return event
      if (own === undefined) return undefined
      return { ...event, text: seal({ type: 'HEARTBEAT', body: { ...envelope.body, build: own } }, envelope) }
    },
    effects(effects) {
      for (const effect of effects) {
        const envelope = effect.kind === 'send' ? open(effect.text) : undefined
        if (envelope !== undefined && !isRefusal(envelope) && envelope.type === 'HEARTBEAT') own = envelope.body.build
      }
      return effects
    },
  }
}

function sendsBeforeDurable(): Meddling {
  let appended = 0
  return {
    effects(effects, { nowMs }, feed) {
      const before = appended
      appended += effects.filter(({ kind }) => kind === 'append').length
      if (appended === before) return effects
      const more = feed({ kind: 'durable', nowMs, records: appended })
      appended += more.filter(({ kind }) => kind === 'append').length
      return [...effects, ...more]
    },
  }
}

/** Nothing about the file is wrong: only the records tell. */
function checkpointLies(): Meddling {
  return {
    checkpoint(checkpoint) {
      const state = { ...(checkpoint.state as ExecutionState), seen: {} }
      return { ...checkpoint, state, stateHash: stateHashOf(state) }
    },
  }
}

const PROTECTIVE = /\.[ts]\d+$/
const ALARMING = /"level":"(CRITICAL|EMERGENCY)"/
