import { Exact } from '../../src/base/exact.js'
import type { VenueEvent } from '../../src/ports/venue.js'
import { venueTradeId } from '../../src/ports/vocabulary/ids.js'
import type { OrderReport, OrderSide, OrderStatus } from '../../src/ports/vocabulary/orders.js'
import type { OrderTruth } from './world-venue.js'

type Words = Readonly<Record<string, unknown>>

/**
 * Hears everything that happens in the account of the sandbox's exchange, before any fault of its stream, and says it in the words
 * of the port. It shares nothing with the adapter, which reads the same words.
 */
export class ExchangeWitness {
  private readonly say: (event: VenueEvent) => void
  private readonly byClientId = new Map<string, Known>()
  /** Those that the exchange made of conditional ones have their ids. */
  private readonly algos = new Set<string>()
  private funding = new Exact(0)

  constructor(say: (event: VenueEvent) => void) {
    this.say = say
  }

  get orders(): readonly OrderTruth[] {
    return [...this.byClientId.values()]
  }

  get fundingUsd(): string {
    return this.funding.toFixed()
  }

  take(event: { readonly e: string } & Words): void {
    if (event.e === 'ORDER_TRADE_UPDATE') this.order(event.o as Words)
    else if (event.e === 'ALGO_UPDATE') this.algo(event.o as Words, Number(event.T))
    else if (event.e === 'ACCOUNT_UPDATE') this.account(event.a as Words, Number(event.T))
  }

  private order(words: Words): void {
    const clientOrderId = String(words.c)
    const isChild = this.algos.has(clientOrderId)
    const filledQuantity = plain(words.z)
    const known: Known = {
      ...{ clientOrderId, filledQuantity },
      quantity: plain(words.q),
      status: STATUSES[String(words.X)] ?? 'CANCELED',
      venueOrderId: isChild ? `algo ${clientOrderId}` : clientOrderId === ADL ? ADL : String(words.i),
      symbol: String(words.s),
      side: words.S as OrderSide,
      reduceOnly: words.R === true,
      type: isChild ? 'STOP_MARKET' : words.o === 'MARKET' ? 'MARKET' : 'LIMIT',
      averagePrice: filledQuantity === '0' ? null : plain(words.ap),
      updatedAtMs: Number(words.T),
    }
    this.byClientId.set(clientOrderId, known)
    if (words.l !== '0') {
      this.say({
        kind: 'fill',
        fill: {
          tradeId: venueTradeId(Number(words.t)),
          clientOrderId,
          symbol: known.symbol,
          side: known.side,
          price: plain(words.L),
          quantity: plain(words.l),
          feeUsd: plain(words.n ?? '0'),
          maker: words.m === true,
          timestampNs: new Exact(Number(words.T)).times(1e6).toFixed(0),
        },
      })
    }
    this.say({ kind: 'order', report: known })
  }

  private algo(words: Words, atMs: number): void {
    const clientOrderId = String(words.caid)
    this.algos.add(clientOrderId)
    // From there on it is the order in the engine that is told of.
    if (words.X === 'TRIGGERED' || words.X === 'FINISHED') return
    const known: Known = {
      clientOrderId,
      quantity: plain(words.q),
      filledQuantity: '0',
      // On its way into the matching engine it protects nothing, and it may never get there.
      status: words.X === 'NEW' ? 'ACKNOWLEDGED' : 'CANCELED',
      venueOrderId: `algo ${clientOrderId}`,
      symbol: String(words.s),
      side: words.S as OrderSide,
      reduceOnly: words.R === true,
      type: 'STOP_MARKET',
      averagePrice: null,
      updatedAtMs: atMs,
      reason: String(words.X),
    }
    this.byClientId.set(clientOrderId, known)
    this.say({ kind: 'order', report: known })
  }

  private account(words: Words, atMs: number): void {
    if (words.m !== 'FUNDING_FEE') return
    const [balance] = words.B as readonly Words[]
    const amountUsd = plain(balance!.bc)
    this.funding = this.funding.plus(amountUsd)
    this.say({ kind: 'funding', fundingId: atMs, symbol: String(words.S), amountUsd, timestampMs: atMs })
  }
}

type Known = OrderTruth & OrderReport

/** The exchange gives one client id to everything that it closes against others. Source: notes on Binance, 2.5. */
const ADL = 'adl_autoclose'

const STATUSES: Readonly<Record<string, Exclude<OrderStatus, 'PENDING' | 'SUBMITTED'>>> = {
  NEW: 'ACKNOWLEDGED',
  PARTIALLY_FILLED: 'PARTIAL',
  FILLED: 'FILLED',
}

/** Without superfluous zeros. */
function plain(value: unknown): string {
  return new Exact(String(value)).toFixed()
}
