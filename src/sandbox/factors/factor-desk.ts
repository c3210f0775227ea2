import type { HttpArrival } from '../exchange-events.js'
import type { Strike } from '../fault-board.js'
import type { Floor } from '../floor.js'
import { type DeskAnswer, spoiltAnswer } from './answer-faults.js'
import { FearAndGreed } from './fear-and-greed.js'
import { Volatility } from './volatility.js'

/**
 * Whom the external factors are asked of beside the exchange: Deribit below `/deribit`, alternative.me below `/fng`. They have no
 * account and no weights, and faults of their own: what befalls the exchange does not befall them. Source: notes on Binance, 5.
 */
export class FactorDesk {
  private readonly volatility: Volatility
  private readonly fearAndGreed: FearAndGreed
  private limitedUntilMs = 0

  constructor(private readonly floor: Floor) {
    this.volatility = new Volatility(floor.settings.seed)
    this.fearAndGreed = new FearAndGreed(floor.settings.seed)
  }

  /** Whether a request is for one of them. */
  static has(target: string): boolean {
    return target.startsWith('/deribit/') || target.startsWith('/fng')
  }

  arrive({ httpId, method, target }: HttpArrival): void {
    const { clock, faults } = this.floor
    const { factorHangShare, factorStaleMs } = faults.plan
    // Never answered: the connection stays open for as long as the client likes.
    if (faults.happens(factorHangShare)) return
    const limitedMs = this.limitedUntilMs - clock.nowMs
    if (limitedMs > 0) {
      this.answer(httpId, {
        status: 429,
        body: TOO_MANY,
        headers: { 'retry-after': String(Math.ceil(limitedMs / 1_000)) },
      })
      return
    }
    const url = new URL(target, 'http://127.0.0.1')
    const nowMs = clock.exchangeMs - factorStaleMs
    const host = url.pathname.startsWith('/deribit/') ? this.volatility : this.fearAndGreed
    const isAbsurd = faults.happens(faults.plan.factorAbsurdShare)
    const answer = host.answer({ method, path: url.pathname, query: url.searchParams, nowMs, isAbsurd })
    this.answer(httpId, spoiltAnswer(answer, faults))
  }

  strike({ act, argument }: Strike): void {
    if (act === 'factorLimit') this.limitedUntilMs = this.floor.clock.nowMs + Number(argument)
    if (act === 'volatilitySpike') this.volatility.spike(this.floor.clock.exchangeMs)
  }

  private answer(httpId: number, { status, body, headers }: DeskAnswer): void {
    const contentType = body.startsWith('<') ? 'text/html' : 'application/json'
    this.floor.emit({ kind: 'answer', httpId, status, headers: { 'content-type': contentType, ...headers }, body })
  }
}

const TOO_MANY = '{"error":{"message":"too_many_requests","code":10028}}'
