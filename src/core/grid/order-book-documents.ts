import { gridDocument } from './document.js'
import {
  count,
  decimal,
  integerFrom,
  listOf,
  name,
  noted,
  notNegative,
  nullable,
  number,
  numberFrom,
  object,
  oneOf,
  positive,
  recordOf,
  share,
  unixSeconds,
} from './document-schema.js'

/** Documents of the order book. Source: system bible §9, §15.1, §15.2, §26.2; spec "Books and features", "The grid". */

/** Every perpetual's health, once a minute, `obf_universe_latest`: not what is traded on. */
export const UNIVERSE = gridDocument(
  'obf_universe_latest',
  object(
    {
      _snapshot_utc: unixSeconds,
      _n_assets: count,
      assets: noted(
        'By symbol.',
        recordOf(
          object({
            spread_bps: notNegative,
            depth_1pct_usd: notNegative,
            depth_quality: share,
            fill_probability: noted('null: too few windows.', nullable(share)),
            imbalance: noted('(bid − ask)/(bid + ask) of USD.', numberFrom(-1, 1)),
            best_bid: positive,
            best_ask: positive,
            n_bid_levels: count,
            n_ask_levels: count,
          }),
        ),
      ),
    },
    { _missing: noted('Symbols without a book that is known and fresh.', listOf(name, { itemsMax: 10_000 })) },
  ),
)

/** Of the last closed bar; one that cannot be told is absent. */
const features = {
  imbalance_ma5: numberFrom(-1, 1),
  imbalance_persistence: share,
  withdrawal_velocity: noted('Change of depth over 5 bars, a share.', numberFrom(-1)),
  depth_quality: noted('Depth by its own median of 720 bars.', numberFrom(0, 3)),
  fill_probability: share,
  fill_quality: noted('fill_probability by its own median of 720 bars.', numberFrom(0, 3)),
}
const regimeSignal = noted('+1 stress, 0 neutral, -1 calm.', oneOf(-1, 0, 1))
const macro = object({ cascade_count: count, stress_share: share, regime_signal: regimeSignal })

/** Features of the order books, `obf_features_latest`, on which the engine trades; `ob_cache/latest_ob_features.json` is the same document. */
export const ORDER_BOOK_FEATURES = gridDocument(
  'obf_features_latest',
  object(
    {
      _pushed_at: unixSeconds,
      bar_ts: noted('End of the bar, UTC seconds since the epoch.', notNegative),
      step_ms: integerFrom(1),
      assets: noted('By symbol; a feature that cannot be told is absent.', recordOf(object({}, features))),
      macro,
    },
    {
      books: noted(
        'Kept by their changes (absent: so), or best levels alone: then depth means nothing.',
        oneOf('diffs', 'partial'),
      ),
    },
  ),
)

/** A symbol's value in its shard: its latest sample, with the features of its last closed bar. */
export const ORDER_BOOK_SHARD = gridDocument(
  'obf_shard',
  object(
    {
      imbalance: noted('(bid − ask)/(bid + ask) of USD.', numberFrom(-1, 1)),
      sample_ts: noted("The exchange's time of the sample, UTC seconds since the epoch.", notNegative),
    },
    {
      mid: positive,
      spread_bps: notNegative,
      bid_usd: noted('Within the top 5 levels.', notNegative),
      ask_usd: noted('Within the top 5 levels.', notNegative),
      depth_usd: noted('Within 1 % of mid, as far as levels reach.', notNegative),
      pressure_ratio: noted('bid_usd by ask_usd.', notNegative),
      weighted_mid: positive,
      bar_ts: noted('End of the bar of the features, UTC seconds since the epoch.', notNegative),
      ...features,
      regime_signal: regimeSignal,
    },
  ),
)

const level = noted('[price, quantity].', listOf(decimal, { itemsMin: 2, itemsMax: 2 }))
const side = noted('The best first.', listOf(level, { itemsMax: 1_000 }))

/** The book of an asset as it is. */
export const ORDER_BOOK = gridDocument(
  'order_book',
  object(
    { ts: noted("The exchange's time of the book, UTC seconds since the epoch.", notNegative), bids: side, asks: side },
    {
      symbol: name,
      last_update_id: count,
      mid: number,
    },
  ),
)
