import { FUNDING_QUESTION, TAKER_QUESTION } from '../../src/adapters/factors/binance-questions.js'
import { VOLATILITY_QUESTION } from '../../src/adapters/factors/deribit-question.js'
import { FEAR_AND_GREED_QUESTION } from '../../src/adapters/factors/fear-and-greed-question.js'
import { readAnswer } from '../../src/adapters/factors/http-factor-source.js'
import type { FactorSource } from '../../src/ports/factor-source.js'
import { SandboxExchange } from '../../src/sandbox/sandbox-exchange.js'
import { instrument } from './instruments.js'

/** The sources as they are, asked at a sandbox without a socket: on virtual time. */
export function sandboxFactors(startMs: number): {
  readonly exchange: SandboxExchange
  readonly sources: readonly FactorSource[]
} {
  const exchange = new SandboxExchange({ instruments: [instrument()], startingBalanceUsd: '10000', seed: 3, keys: [] })
  const quote = { symbol: 'BTCUSDT', bid: '50000', bidQuantity: '5', ask: '50001', askQuantity: '5', mark: '50000' }
  exchange.handle({ kind: 'market', event: { kind: 'quote', quote: { ...quote, timestampMs: startMs } } }, startMs)
  let httpId = 0
  const questions = [FUNDING_QUESTION, VOLATILITY_QUESTION, FEAR_AND_GREED_QUESTION, TAKER_QUESTION]
  const sources = questions.map((question): FactorSource => {
    return {
      name: question.name,
      host: 'sandbox',
      async ask(nowMs) {
        const target = `${question.name === 'dvol' ? '/deribit' : ''}${question.target(nowMs)}`
        const request = { kind: 'http', httpId: ++httpId, method: 'GET', target, headers: {}, body: '' } as const
        const [effect] = exchange.handle(request, nowMs)
        return effect?.kind === 'answer' ? readAnswer(question, effect.body) : { kind: 'failed', error: 'no answer' }
      },
    }
  })
  return { exchange, sources }
}
