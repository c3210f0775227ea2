import type { EigenScanPayload } from '../../ports/vocabulary/eigen-scan.js'
import { FACTOR_RANGES } from '../factors/factor-ranges.js'
import { gridDocument } from './document.js'
import {
  boolean,
  count,
  date,
  integerFrom,
  isoTime,
  name,
  noted,
  notNegative,
  nullable,
  number,
  numberFrom,
  type ObjectSchema,
  object,
  oneOf,
  positive,
  prose,
  recordOf,
  share,
  text,
  unixSeconds,
} from './document-schema.js'

/** Documents under `DOLPHIN_FEATURES` but those of the order book. Source: system bible §10.5, §15.1, §27.5, §28.6; spec "Services". */

/** What the closed trades warn of, `mc_forewarner_latest`. Thresholds of `status` are those of the display: RED from 0.30, ORANGE from 0.10. */
export const FOREWARNER = gridDocument(
  'mc_forewarner_latest',
  object(
    {
      status: oneOf('GREEN', 'ORANGE', 'RED'),
      catastrophic_prob: share,
      envelope_score: number,
      source: oneOf('REAL_MODEL', 'FALLBACK_NO_DATA', 'FALLBACK_ERROR'),
      timestamp: noted('When it was assessed.', isoTime),
    },
    {
      gate: noted(
        "The gate's verdict, by other thresholds; sensors and entries go by this one.",
        oneOf('OK', 'ORANGE', 'RED'),
      ),
      date,
      max_leverage: noted('What it was asked with.', positive),
      trades: noted('Closed trades that it rests on.', count),
      slot: noted('Of a flow: the logical time that it was assessed for, `YYYY-MM-DDTHH`, UTC.', name),
      effect_key: noted('Of the task of a flow that wrote it.', name),
    },
  ),
)

const value = nullable(number)
const eigenWindow = object({
  lambda_max: nullable(notNegative),
  velocity: value,
  rotation: value,
  instability: nullable(notNegative),
})

/** The form that is written; whoever reads takes other forms, too: `eigen-scan.ts`. */
export const EIGEN_SCAN_SCHEMA: ObjectSchema<EigenScanPayload> = object(
  {
    scan_number: noted('Rises by one from scan to scan, also over restarts.', count),
    timestamp: noted(
      'Time of the prices, UTC, cut off to milliseconds.',
      text('^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$', 'a UTC time with milliseconds'),
    ),
    timestamp_ns: noted(
      'Time of the prices, nanoseconds since the epoch in decimal.',
      text('^\\d{1,19}$', 'nanoseconds in decimal'),
    ),
    bridge_ts: noted('When this was published, seconds since the epoch.', number),
    vel_div: noted("w50_velocity - w750_velocity, on the exact value's side of every decision threshold.", value),
    w50_velocity: value,
    w150_velocity: value,
    w300_velocity: value,
    w750_velocity: value,
    instability_50: value,
    instability_150: value,
    asset_prices: noted('Symbol to price; a symbol without a price is absent.', recordOf(positive)),
    data_quality: noted('Share of symbols with a price.', share),
    eigenvalue_gradients: noted(
      "Change of each window's largest eigenvalue since the scan before.",
      object({ '50': value, '150': value, '300': value, '750': value }),
    ),
    multi_window_results: noted(
      'By window, in returns.',
      object({ '50': eigenWindow, '150': eigenWindow, '300': eigenWindow, '750': eigenWindow }),
    ),
  },
  {
    vol_ok: noted('Whether the market moves enough to enter; absent where nobody has decided it.', boolean),
    source: noted(
      'The file that the bridge took it from; absent where its scanner publishes by itself.',
      object({
        file: noted('Below the folder of the scanner.', prose(500)),
        modified_ms: noted('UTC ms of its last change, by the clock of whoever wrote it.', number),
      }),
    ),
  },
)

const boost = noted('Factor of the leverage.', numberFrom(1, 3))
const beta = noted("How much the signal's depth adds to the boost.", numberFrom(0, 1))

/** The day's boost and beta, `acb_boost`. Drives the engine: whatever else it says, boost and beta are applied at the top of the next bar. */
export const ACB_BOOST = gridDocument(
  'acb_boost',
  object(
    { boost, beta },
    {
      date: noted('The UTC day that it is of.', date),
      fence: noted(
        'Token of the lock that its writer held, in decimal: it may exceed 2^53.',
        text('^\\d{1,19}$', 'a fencing token in decimal'),
      ),
      computed_at: isoTime,
    },
  ),
)

/** What the breaker has seen, for people: `acb_state_latest`. */
export const ACB_STATE = gridDocument(
  'acb_state_latest',
  object(
    {
      boost,
      beta,
      signals: noted('Bearish signals counted, in halves.', numberFrom(0, 4)),
      factors: noted(
        'As known at 00:00 UTC of the date; null: not known.',
        object({ funding_btc: value, dvol_btc: value, fng: value, taker: value }),
      ),
      computed_at: isoTime,
    },
    {
      date,
      w750_velocity: value,
      w750_by_date: noted('Velocities of the dates so far, for a breaker that goes on.', recordOf(value)),
      w750_threshold: value,
      stress_share: share,
      reason: prose(500),
    },
  ),
)

const fundingRate = numberFrom(FACTOR_RANGES.funding.min, FACTOR_RANGES.funding.max)
const dvol = numberFrom(FACTOR_RANGES.dvol.min, FACTOR_RANGES.dvol.max)
const fearAndGreed = integerFrom(FACTOR_RANGES.fng.min, FACTOR_RANGES.fng.max)
const takerRatio = numberFrom(FACTOR_RANGES.taker.min, FACTOR_RANGES.taker.max)
const factorSource = object({
  value,
  at: noted("The source's stamp, UTC seconds since the epoch.", value),
  age_s: noted('Below zero where the stamp is ahead of the clock.', value),
  ok: noted('The last attempt succeeded and the value is not missing.', boolean),
  error: nullable(prose(500)),
})

/** Funding, volatility, fear and greed, takers: `exf_latest`. The older name `ext_features_latest` is read, and not written. */
export const EXTERNAL_FACTORS = gridDocument(
  'exf_latest',
  object(
    {
      funding_btc: noted('Rate per settlement; null: missing.', nullable(fundingRate)),
      dvol_btc: noted('Volatility points; null: missing.', nullable(dvol)),
      fng: noted('Fear & Greed; null: missing.', nullable(fearAndGreed)),
      taker: noted('Taker buy to sell volume of the last 24 h; null: missing.', nullable(takerRatio)),
      _pushed_at: unixSeconds,
    },
    { sources: noted('By source: funding, dvol, fng, taker.', recordOf(factorSource)) },
  ),
)
