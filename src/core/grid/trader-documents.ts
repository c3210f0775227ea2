import { POSTURES } from '../../ports/vocabulary/market.js'
import { gridDocument } from './document.js'
import {
  boolean,
  count,
  date,
  integerFrom,
  isoTime,
  listOf,
  name,
  noted,
  notNegative,
  nullable,
  number,
  numberFrom,
  object,
  oneOf,
  opaque,
  positive,
  prose,
  share,
  text,
} from './document-schema.js'

/** Documents of whoever trades: results, state, signals. Source: system bible §14.7, §15.1; spec "The grid". */

/** What a strategy wanted at the last cycle. Field for field a mandate, in the names of the grid. */
export const SIGNALS = gridDocument(
  'signals',
  object(
    {
      strategy: name,
      timestamp_ms: noted('Of the bar.', integerFrom(0)),
      mandates: listOf(
        object(
          {
            symbol: name,
            type: oneOf('EXIT', 'BLOCK', 'REDUCE', 'ENTRY', 'HOLD'),
            authority: share,
            reason: prose(500),
          },
          { direction: noted('-1 short, +1 long.', oneOf(-1, 1)), notional_usd: positive, price: positive },
        ),
        { itemsMax: 1_000 },
      ),
    },
    { scan_number: count, bar: count },
  ),
)

const posture = oneOf(...POSTURES)
const effectKey = noted('Of the task of a flow that wrote it: what has it was written once.', name)
const gateVerdict = oneOf('OK', 'ORANGE', 'RED')
const usd = noted('USD.', number)

/** A day's result. `stale_state`: a gate changed in a step, so it is no ground for live orders. */
export const DAILY_RESULT = gridDocument(
  'daily_result',
  object(
    {
      pnl: usd,
      capital: usd,
      trades: count,
      boost: numberFrom(1, 3),
      beta: numberFrom(0, 1),
      mc_status: gateVerdict,
    },
    {
      posture,
      date,
      stale_state: boolean,
      stale_state_events: count,
      closed_trades: noted(
        'What a forewarner learns from.',
        listOf(
          object({
            exit_time_ms: noted('UTC ms.', integerFrom(0)),
            net: usd,
            capital_before: positive,
            leverage_ceiling: noted('The most leverage that was allowed when it was entered.', positive),
          }),
          { itemsMax: 10_000 },
        ),
      ),
      flow: name,
      bars: count,
      scans_missed: count,
      updated_at: isoTime,
      effect_key: effectKey,
    },
  ),
)

const state = {
  strategy: name,
  capital: usd,
  date,
  pnl: noted("The day's, USD.", number),
  trades: count,
  updated_at: isoTime,
} as const

/** State of a paper flow: under `latest`, and for good under `state_<strategy>_<date>`. */
export const FLOW_STATE = gridDocument(
  'flow_state',
  object(
    {
      ...state,
      peak_capital: usd,
      drawdown: noted('From the peak; above 1 when more is lost than there was.', notNegative),
      engine_state: noted("The engine's snapshot; it checks it itself.", nullable(opaque)),
    },
    { posture, param_hash: name, effect_key: effectKey },
  ),
)

const paramHash = noted(
  'First 16 hex digits of the SHA-256 of the parameters.',
  text('^[0-9a-f]{16}$', '16 hex digits'),
)

/** State of the supervised flow: under `latest_nautilus`. */
export const SUPERVISED_STATE = gridDocument(
  'supervised_state',
  object(
    { ...state, posture, param_hash: paramHash, engine: nullable(opaque) },
    { peak_capital: usd, drawdown: notNegative, effect_key: effectKey },
  ),
)

/** State of the live trader: under `latest_live`. The journal wins over it, and the exchange over both. */
export const TRADER_STATE = gridDocument(
  'trader_state',
  object(
    {
      ...state,
      posture,
      param_hash: paramHash,
      peak_capital: usd,
      drawdown: notNegative,
      engine_state: noted("The engine's snapshot; it checks it itself.", nullable(opaque)),
    },
    {
      position: noted(
        'null: flat.',
        nullable(
          object(
            {
              symbol: name,
              direction: noted('-1 short, +1 long.', oneOf(-1, 1)),
              entry_price: positive,
              notional_usd: notNegative,
            },
            {
              position_id: name,
              quantity: notNegative,
              leverage: notNegative,
              opened_at: isoTime,
              unrealised_usd: usd,
            },
          ),
        ),
      ),
      mode: oneOf('ACTIVE', 'REDUCE_ONLY', 'KILL'),
      session_pnl: usd,
      scan_number: count,
      bar: count,
      journal_sequence: noted('Of the last record that it rests on.', count),
    },
  ),
)
