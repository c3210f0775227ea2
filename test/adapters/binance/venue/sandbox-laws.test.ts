import { expect, test } from 'vitest'
import { Exact } from '../../../../src/base/exact.js'
import { Xoshiro128 } from '../../../../src/core/numeric/xoshiro128.js'
import type { VenueEvent, VenueRequest } from '../../../../src/ports/venue.js'
import { venueTradeId } from '../../../../src/ports/vocabulary/ids.js'
import type { Fill, OrderRequest } from '../../../../src/ports/vocabulary/orders.js'
import type { KnobName } from '../../../../src/sandbox/faults.js'
import { QUOTE, readySandboxVenue, type SandboxVenue } from './sandbox-venue.js'

/** A session of forty things that somebody does, with some of the faults on; the last of them are over when it ends. */
class Session {
  readonly at: SandboxVenue
  readonly ids: string[] = []
  private readonly random: Xoshiro128
  private readonly events: VenueEvent[] = []
  private asked = 0

  constructor(seed: number) {
    this.random = new Xoshiro128(seed, 77)
    this.at = readySandboxVenue({ exchange: { seed } })
    this.at.venue.listen((event) => this.events.push(event))
    for (const [name, value] of KNOBS) if (this.draw(4) === 0) this.at.exchange.faults.set(name, value)
    for (let i = 0; i < 40; i++) {
      this.act(`o${i}`)
      this.pass(1 + this.draw(3_000))
    }
    this.at.exchange.faults.clear()
    this.pass(200_000)
  }

  answers(): Extract<VenueEvent, { readonly requestId: string }>[] {
    return this.events.flatMap((event) => ('requestId' in event ? [event] : []))
  }

  fills(): Fill[] {
    return this.events.flatMap((event) => (event.kind === 'fill' ? [event.fill] : []))
  }

  truth() {
    const requestId = this.send({ kind: 'snapshot', symbol: 'BTCUSDT', fillsAfter: venueTradeId(0) })
    this.pass(4_000)
    const answer = this.answers().find((each) => each.requestId === requestId)
    if (answer?.kind !== 'snapshot') throw new Error(`no truth: ${JSON.stringify(answer)}`)
    return answer.snapshot
  }

  query(clientOrderId: string) {
    const requestId = this.send({ kind: 'query', symbol: 'BTCUSDT', clientOrderId })
    this.pass(1_000)
    return this.answers().find((each) => each.requestId === requestId)
  }

  private act(clientOrderId: string): void {
    const what = this.draw(10)
    const side = this.draw(2) === 0 ? 'BUY' : 'SELL'
    const common = { clientOrderId, symbol: 'BTCUSDT', side, quantity: '0.01' } as const
    if (what < 5) this.submit({ ...common, type: 'MARKET', reduceOnly: this.draw(4) === 0 })
    else if (what < 7) {
      const stopPrice = side === 'BUY' ? '60500' : '59500'
      this.submit({ ...common, type: 'STOP_MARKET', stopPrice, reduceOnly: true })
    } else if (what === 7 && this.ids.length > 0) {
      this.send({ kind: 'cancel', symbol: 'BTCUSDT', clientOrderId: this.ids[this.draw(this.ids.length)]! })
    } else if (what === 8) {
      const price = `${60_000 + this.draw(1_400) - 700}`
      const quote = { ...QUOTE, bid: price, ask: `${price}.1`, mark: price, timestampMs: this.at.time.epochMs() }
      this.at.rig.market({ kind: 'quote', quote })
    } else this.at.exchange.faults.strike(ACTS[this.draw(ACTS.length)]!)
  }

  private submit(order: OrderRequest): void {
    this.ids.push(order.clientOrderId)
    this.send({ kind: 'submit', order, validUntilMs: this.at.time.epochMs() + 5_000 })
  }

  private send(request: Unnumbered): string {
    const requestId = `r${++this.asked}`
    this.at.venue.send({ ...request, requestId } as VenueRequest)
    return requestId
  }

  private pass(ms: number): void {
    this.at.time.runTo(this.at.time.epochMs() + ms)
  }

  private draw(below: number): number {
    return this.random.integer(0, below - 1)
  }
}

type Unnumbered = VenueRequest extends infer R ? (R extends VenueRequest ? Omit<R, 'requestId'> : never) : never

const ACTS = ['cutSockets', 'expireListenKey', 'stealListenKey'] as const
const KNOBS: readonly (readonly [KnobName, number])[] = [
  ['userEventDelayMs', 500],
  ['userEventDropShare', 0.3],
  ['userEventRepeatShare', 0.5],
  ['eventsFirstShare', 0.7],
  ['lateAnswerShare', 0.3],
  ['unknownDoneShare', 0.3],
  ['unknownLostShare', 0.3],
  ['throttledShare', 0.3],
  ['internalErrorShare', 0.2],
  ['unavailableShare', 0.2],
  ['htmlShare', 0.2],
  ['algoLagMs', 20_000],
  ['algoTriggerMs', 500],
]

const sumOf = (fills: readonly Fill[]) =>
  fills.reduce((sum, { side, quantity }) => (side === 'BUY' ? sum.plus(quantity) : sum.minus(quantity)), new Exact(0))

test.each(Array.from({ length: 25 }, (_, i) => 1 + i))(
  'whatever the exchange does meanwhile, what is told of orders, fills and the account is true in the end: seed %i',
  (seed) => {
    const session = new Session(seed)
    const { positions, openOrders, fills, account } = session.truth()
    const view = session.at.exchange.view()
    expect(positions[0]?.quantity ?? '0').toBe(new Exact(view.positions.BTCUSDT ?? '0').toFixed())
    expect(sumOf(fills).toFixed()).toBe(positions[0]?.quantity ?? '0')
    expect(account.walletBalanceUsd).toBe(new Exact(view.walletUsd).toFixed())
    const open = [
      ...view.openOrders.map(({ clientOrderId }) => clientOrderId),
      ...view.openAlgoOrders.map(({ clientAlgoId }) => clientAlgoId),
    ]
    expect(openOrders.map(({ clientOrderId }) => clientOrderId).sort()).toEqual(open.sort())

    const told = session.fills()
    const known = new Map(fills.map((fill) => [fill.tradeId, fill]))
    expect(new Set(told.map(({ tradeId }) => tradeId)).size).toBe(told.length)
    for (const fill of told) expect(fill).toEqual(known.get(fill.tradeId))

    for (const id of session.ids) {
      const answer = session.query(id)
      const filled = fills.filter(({ clientOrderId }) => clientOrderId === id)
      const quantity = sumOf(filled).abs().toFixed()
      if (answer?.kind === 'notFound') expect(filled, id).toEqual([])
      else expect(answer, id).toMatchObject({ kind: 'found', report: { filledQuantity: quantity } })
      if (answer?.kind !== 'found') continue
      const isOpen = answer.report.status === 'ACKNOWLEDGED' || answer.report.status === 'PARTIAL'
      expect(isOpen, id).toBe(open.includes(id))
    }
    const answers = session.answers().map(({ requestId }) => requestId)
    expect(new Set(answers).size).toBe(answers.length)
  },
)
