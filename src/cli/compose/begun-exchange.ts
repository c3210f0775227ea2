import { endpointsOf } from '../../adapters/binance/endpoints.js'
import { found, InputMistake } from '../../base/mistakes.js'
import { begunMarket } from './grid-market.js'

/**
 * The options of a session that goes on, with the exchange at which it was begun: its books, its orders and its position are there
 * and nowhere else. Options that do not say `--resume`, or name no session at live prices, are answered as they are.
 *
 * @throws InputMistake when another exchange is named. DataRefused when the session's settings cannot be read.
 */
export async function withBegunExchange<Raw extends ExchangeWords>(raw: Raw): Promise<Raw> {
  if (raw.resume !== true || raw.out === undefined) return raw
  const begun = (await begunMarket(raw.out))?.live?.exchange
  if (begun === undefined) return raw
  if (raw.exchangeAt !== undefined && isOther(raw.exchangeAt, begun)) {
    throw new InputMistake(
      {
        place: '--exchange-at',
        message: `expected ${begun}, where this session was begun, found ${found(raw.exchangeAt)}`,
      },
      { hint: 'Leave the option out: a session goes on at its own exchange.' },
    )
  }
  return { ...raw, exchangeAt: begun }
}

/** Of the options as they were typed. */
export interface ExchangeWords {
  readonly out?: string
  readonly resume?: boolean
  readonly exchangeAt?: string
}

/** What names no exchange at all is another, too. */
function isOther(word: string, begun: string): boolean {
  try {
    return endpointsOf(word).name !== begun
  } catch (error) {
    if (error instanceof InputMistake) return true
    throw error
  }
}
