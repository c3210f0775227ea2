import type { RestCall } from '../../src/adapters/binance/rest/call.js'
import {
  type AdapterMeddling,
  answers,
  changesUserEvents,
  changesValues,
  type EffectOf,
  outcome,
  type RestEffect,
  type VenuePart,
  type Words,
} from './adapter-meddling.js'
import type { FaultKind } from './fault-plan.js'

/** An adapter's bug: a new one for each process. */
interface PlantedAdapterBug {
  readonly story: string
  readonly what: string
  readonly venue: 'binance'
  readonly adapter: () => AdapterMeddling
  readonly faults?: readonly FaultKind[]
}

/** Bugs that adapters of others had, put in on purpose between the machines of ours. Threads: `docs/simulation.md`. */
export const PLANTED_ADAPTER_BUGS = {
  'resends-after-timeout': bug('F1', 'an order that is not answered in time is sent again', resendsAfterTimeout),
  'reuses-client-ids': bug('F1', 'an order goes out under the id of the one before it', reusesClientIds),
  'asks-one-system': bug('F14', 'not found in one system counts as never accepted', asksOneSystem),
  'forgets-children': bug('F14', "the order that a stop becomes is taken for a stranger's", forgetsChildren),
  'believes-triggering': {
    ...bug('F14', 'a stop on its way into the matching engine counts as open', believesTriggering),
    faults: ['exchange-algo-stuck', 'market-gap'],
  },
  'cancels-stop-first': bug('F14', 'a stop is cancelled before the next one is placed', cancelsStopFirst),
  'ignores-expired-key': bug('F10', 'the word that a listen key has expired is not read', ignoresExpiredKey),
  'hides-lost-stream': bug('F10', 'a lost stream of the account is not told of', hidesLostStream),
  'reads-nothing-anew': {
    ...bug('F10', 'a stream that comes again is told of, and nothing is read', readsNothingAnew),
    faults: ['venue-disconnect', 'exchange-cut-sockets'],
  },
  'loses-fundings': bug('F10', 'fundings from before a new connection are not asked for', losesFundings),
  'trusts-the-wrong-path': bug('F15', 'streams are acknowledged on a path that never serves them', trustsTheWrongPath),
  'measures-its-clock-once': bug('F16', 'the clock of the exchange is measured once', measuresItsClockOnce),
  'works-through-bans': bug('F16', 'a ban and Retry-After are refusals as others', worksThroughBans),
  'counts-trade-lite': bug('F5', 'the short word of a trade counts as the fill', countsTradeLite),
  'takes-average-for-price': bug('F5', 'the average that an order tells counts as the price', takesAverageForPrice),
  'stamps-truth-late': {
    ...bug('F8', 'a truth counts as of when its answers came', stampsTruthLate),
    faults: ['venue-slow-answers', 'venue-late-stream', 'venue-thin-book'],
  },
} as const satisfies Record<string, PlantedAdapterBug>

function bug(story: string, what: string, adapter: () => AdapterMeddling): PlantedAdapterBug {
  return { story, what, venue: 'binance', adapter }
}

function resendsAfterTimeout(): AdapterMeddling {
  const calls = new Map<string, RestCall>()
  return {
    rest: {
      input(input) {
        if (input.kind === 'call' && isOrder(input.call)) calls.set(input.call.callId, input.call)
        return input
      },
      effects: (effects, { feed, nowMs }) =>
        effects.flatMap((effect) => {
          if (effect.kind !== 'outcome') return [effect]
          const { callId } = effect.outcome
          if (callId.endsWith(AGAIN)) return [outcome({ ...effect.outcome, callId: callId.slice(0, -AGAIN.length) })]
          const call = calls.get(callId)
          calls.delete(callId)
          if (call === undefined || effect.outcome.kind !== 'unknown') return [effect]
          return feed({ kind: 'call', call: { ...call, callId: `${callId}${AGAIN}`, deadlineMs: nowMs + 3_000 } })
        }),
    },
  }
}

/** Each third one. */
function reusesClientIds(): AdapterMeddling {
  let last: string | undefined
  let orders = 0
  return {
    rest: {
      input(input) {
        if (input.kind !== 'call' || input.call.route !== 'newOrder') return input
        const { call } = input
        const before = last
        last = call.params.newClientOrderId
        if (before === undefined || ++orders % 3 !== 0) return input
        return { kind: 'call', call: { ...call, params: { ...call.params, newClientOrderId: before } } }
      },
    },
  }
}

/** What is asked of the algo service is not found, and that counts at once. */
function asksOneSystem(): AdapterMeddling {
  const queries = new Map<string, string>()
  return {
    rest: answers(({ callId, route }) =>
      route === 'algoOrder'
        ? { kind: 'refused', callId, error: { httpStatus: 400, code: -2013, message: '', rejectCode: null } }
        : undefined,
    ),
    venue: {
      input(input) {
        if (input.kind === 'request' && input.request.kind === 'query')
          queries.set(input.request.requestId, input.request.clientOrderId)
        return input
      },
      effects: (effects) =>
        effects.map((effect) => {
          if (effect.kind !== 'unknown' || !effect.message.startsWith('not found')) return effect
          const { requestId } = effect
          const clientOrderId = queries.get(requestId)
          return clientOrderId === undefined ? effect : { kind: 'notFound', requestId, clientOrderId }
        }),
    },
  }
}

/** By the id of the conditional order alone: what it became has another, under which its fills are told. */
function forgetsChildren(): AdapterMeddling {
  const stops = new Set<unknown>()
  return {
    userStream: changesUserEvents((event) => {
      const o = event.o as Words
      if (event.e === 'ALGO_UPDATE') {
        stops.add(o.caid)
        return { ...event, o: { ...o, ai: '' } }
      }
      if (event.e !== 'ORDER_TRADE_UPDATE' || !stops.has(o.c)) return event
      return { ...event, o: { ...o, c: `child-${o.i}` } }
    }),
    rest: changesValues((value) => ('actualOrderId' in value ? { ...value, actualOrderId: '' } : value)),
  }
}

function believesTriggering(): AdapterMeddling {
  return {
    userStream: changesUserEvents((event) => {
      const o = event.o as Words
      return event.e === 'ALGO_UPDATE' && o.X === 'TRIGGERING' ? { ...event, o: { ...o, X: 'NEW' } } : event
    }),
    rest: changesValues((value) => (value.algoStatus === 'TRIGGERING' ? { ...value, algoStatus: 'NEW' } : value)),
  }
}

/** The new one waits for the answer about the old one. */
function cancelsStopFirst(): AdapterMeddling {
  const last = new Map<string, string>()
  const waiting = new Map<string, RestCall>()
  let cancels = 0
  return {
    rest: {
      input(input) {
        if (input.kind !== 'call' || input.call.route !== 'newAlgoOrder') return input
        const { symbol = '', clientAlgoId = '' } = input.call.params
        const before = last.get(symbol)
        last.set(symbol, clientAlgoId)
        if (before === undefined) return input
        const callId = `cancelFirst:${++cancels}`
        waiting.set(callId, input.call)
        const { priority, deadlineMs } = input.call
        const params = { clientAlgoId: before }
        return { kind: 'call', call: { callId, route: 'cancelAlgoOrder', params, priority, deadlineMs } }
      },
      effects: (effects, { nowMs, feed }) =>
        effects.flatMap((effect) => {
          if (effect.kind !== 'outcome' || !effect.outcome.callId.startsWith('cancelFirst:')) return [effect]
          const call = waiting.get(effect.outcome.callId)!
          waiting.delete(effect.outcome.callId)
          return feed({ kind: 'call', call: { ...call, deadlineMs: nowMs + 3_000 } })
        }),
    },
  }
}

function ignoresExpiredKey(): AdapterMeddling {
  return {
    userStream: {
      input: (input) => (input.kind === 'text' && input.text.includes('"listenKeyExpired"') ? undefined : input),
    },
  }
}

function hidesLostStream(): AdapterMeddling {
  let isFirst = true
  return {
    userStream: {
      effects: (effects) =>
        effects.filter((effect) => {
          if (effect.kind !== 'userConnection') return true
          const isPassed = isFirst && effect.connected
          if (isPassed) isFirst = false
          return isPassed
        }),
    },
  }
}

function readsNothingAnew(): AdapterMeddling {
  const kept: EffectOf<VenuePart>[] = []
  let isFirst = true
  return {
    userStream: {
      effects: (effects) =>
        effects.filter((effect) => {
          if (effect.kind !== 'userConnection' || isFirst) {
            if (effect.kind === 'userConnection' && effect.connected) isFirst = false
            return true
          }
          kept.push({ kind: 'connection', connected: effect.connected })
          return false
        }),
    },
    venue: { effects: (effects) => [...effects, ...kept.splice(0)] },
  }
}

function losesFundings(): AdapterMeddling {
  let connectedMs: number | undefined
  let isFirst = true
  return {
    userStream: {
      effects(effects, { nowMs }) {
        if (!effects.some((effect) => effect.kind === 'userConnection' && effect.connected)) return effects
        if (!isFirst) connectedMs = nowMs
        isFirst = false
        return effects
      },
    },
    rest: {
      input(input) {
        if (input.kind !== 'call' || input.call.route !== 'income' || connectedMs === undefined) return input
        const startTime = `${Math.max(Number(input.call.params.startTime), connectedMs)}`
        return { kind: 'call', call: { ...input.call, params: { ...input.call.params, startTime } } }
      },
    },
  }
}

function trustsTheWrongPath(): AdapterMeddling {
  return {
    marketStreams: {
      effects: (effects) => effects.map((effect) => (effect.kind === 'open' ? { ...effect, path: 'market' } : effect)),
    },
  }
}

/** Questions after the first are answered from what that said. */
function measuresItsClockOnce(): AdapterMeddling {
  let firstId: number | undefined
  let offsetMs: number | undefined
  return {
    rest: {
      input(input, nowMs) {
        if (input.kind !== 'httpAnswer' || input.httpId !== firstId) return input
        firstId = undefined
        const { serverTime } = (
          input.status === 200 && input.body.startsWith('{') ? JSON.parse(input.body) : {}
        ) as Words
        if (typeof serverTime === 'number') offsetMs = serverTime - nowMs
        return input
      },
      effects: (effects, { nowMs, feed }) =>
        effects.flatMap((effect): readonly RestEffect[] => {
          if (effect.kind !== 'http' || !effect.request.target.startsWith('/fapi/v1/time')) return [effect]
          const { httpId } = effect.request
          if (offsetMs === undefined) {
            firstId = httpId
            return [effect]
          }
          const body = JSON.stringify({ serverTime: nowMs + offsetMs })
          return feed({ kind: 'httpAnswer', httpId, status: 200, headers: {}, body })
        }),
    },
  }
}

function worksThroughBans(): AdapterMeddling {
  return {
    rest: {
      input: (input) =>
        input.kind === 'httpAnswer' && (input.status === 418 || input.status === 429)
          ? { ...input, status: 400, headers: {}, body: '{"code":-1100,"msg":"not now"}' }
          : input,
    },
  }
}

/** It has no fee, and not what is filled in all. */
function countsTradeLite(): AdapterMeddling {
  return {
    userStream: changesUserEvents((event) => {
      if (event.e !== 'TRADE_LITE') return event
      const { s, c, S, q, L, l, t, i, m, T, p } = event
      const trade = {
        x: 'TRADE',
        X: 'PARTIALLY_FILLED',
        z: l,
        ap: L,
        n: '0',
        N: 'USDT',
        o: 'LIMIT',
        f: 'GTC',
        R: false,
      }
      return { e: 'ORDER_TRADE_UPDATE', E: event.E, T, o: { s, c, S, q, p, L, l, t, i, m, T, ...trade } }
    }),
  }
}

function takesAverageForPrice(): AdapterMeddling {
  return {
    userStream: changesUserEvents((event) => {
      const o = event.o as Words
      return event.e === 'ORDER_TRADE_UPDATE' && o.x === 'TRADE' ? { ...event, o: { ...o, L: o.ap } } : event
    }),
  }
}

function stampsTruthLate(): AdapterMeddling {
  const askedMs = new Map<string, number>()
  return {
    rest: {
      input(input, nowMs) {
        if (input.kind === 'call') askedMs.set(input.call.callId, nowMs)
        return input
      },
      effects: (effects, { nowMs }) =>
        effects.map((effect) => {
          if (effect.kind !== 'outcome') return effect
          const tookMs = nowMs - (askedMs.get(effect.outcome.callId) ?? nowMs)
          askedMs.delete(effect.outcome.callId)
          if (effect.outcome.kind !== 'done') return effect
          return outcome({ ...effect.outcome, sentAtExchangeMs: effect.outcome.sentAtExchangeMs + tookMs })
        }),
    },
  }
}

function isOrder({ route }: RestCall): boolean {
  return route === 'newOrder' || route === 'newAlgoOrder'
}

const AGAIN = ' again'
