import type { MarketTable } from '../../ports/market-recording.js'

/** Stands in the metadata of each part and in `recording.json`; raised when a reader of before could misread what is written now. */
export const RECORDING_SCHEMA = 'dolphin.market-recording/1'

/** A column of a table. Whole numbers are INT64, figures DOUBLE, flags BOOLEAN, names (few different ones) and text UTF8. */
export interface TableColumn {
  readonly name: string
  readonly kind: 'whole' | 'figure' | 'flag' | 'name' | 'text'
  /** Whether a row may have none. */
  readonly optional: boolean
  /** Parts of before it was kept do not have it; a row without it has no field of its name. */
  readonly isLater?: true
}

export interface TableColumns {
  /** The column that says to which date a row belongs, UTC ms. */
  readonly time: string
  readonly columns: readonly TableColumn[]
  /** Whether a part has more columns, one for each figure that occurs in it. */
  readonly hasFigures: boolean
}

const whole = (name: string): TableColumn => ({ name, kind: 'whole', optional: false })
const figure = (name: string): TableColumn => ({ name, kind: 'figure', optional: false })
const flag = (name: string): TableColumn => ({ name, kind: 'flag', optional: false })
const name = (column: string): TableColumn => ({ name: column, kind: 'name', optional: false })
const text = (column: string): TableColumn => ({ name: column, kind: 'text', optional: true })
const optional = (column: TableColumn): TableColumn => ({ ...column, optional: true })
const later = (column: TableColumn): TableColumn => ({ ...column, optional: true, isLater: true })

const FIGURES: TableColumns = {
  time: 't_ms',
  columns: [whole('n'), whole('t_ms'), name('symbol')],
  hasFigures: true,
}

/** In file order. */
export const TABLES: Readonly<Record<MarketTable, TableColumns>> = {
  frames: {
    time: 'E_ms',
    columns: [
      ...[whole('n'), whole('E_ms'), whole('received_ms'), name('symbol')],
      ...[optional(whole('U')), optional(whole('u')), optional(whole('pu')), text('bids'), text('asks')],
    ],
    hasFigures: false,
  },
  samples: FIGURES,
  features: FIGURES,
  macro: FIGURES,
  closings: { time: 't_ms', columns: [whole('n'), whole('t_ms'), whole('closed_at_ms')], hasFigures: false },
  listings: {
    time: 't_ms',
    columns: [whole('n'), whole('t_ms'), name('symbol'), flag('is_listed')],
    hasFigures: false,
  },
  universe: {
    time: 't_ms',
    columns: [
      ...[whole('n'), whole('t_ms'), name('symbol'), figure('spread_bps'), figure('depth_1pct_usd')],
      ...[figure('depth_quality'), optional(figure('fill_probability')), figure('imbalance'), figure('best_bid')],
      ...[figure('best_ask'), whole('n_bid_levels'), whole('n_ask_levels')],
    ],
    hasFigures: false,
  },
  trades: {
    time: 'T_ms',
    columns: [
      ...[whole('n'), whole('T_ms'), whole('received_ms'), name('symbol'), name('side')],
      ...[figure('price'), figure('base_qty'), whole('venue_id')],
    ],
    hasFigures: false,
  },
  liquidations: {
    time: 'T_ms',
    columns: [
      ...[whole('n'), whole('T_ms'), whole('received_ms'), name('symbol'), name('side')],
      ...[figure('price'), figure('order_price'), figure('base_qty'), later(figure('order_qty'))],
    ],
    hasFigures: false,
  },
  funding: { time: 't_ms', columns: [whole('n'), whole('t_ms'), name('symbol'), figure('rate')], hasFigures: false },
  open_interest: {
    time: 't_ms',
    columns: [whole('n'), whole('t_ms'), name('symbol'), figure('open_interest')],
    hasFigures: false,
  },
  marks: {
    time: 'E_ms',
    columns: [
      ...[whole('n'), whole('E_ms'), name('symbol'), figure('mark'), optional(figure('index'))],
      ...[optional(figure('funding_rate')), optional(whole('next_funding_ms'))],
    ],
    hasFigures: false,
  },
  klines: {
    time: 'close_ms',
    columns: [
      ...[whole('n'), whole('close_ms'), whole('received_ms'), name('symbol'), name('interval'), whole('open_ms')],
      ...[figure('open'), figure('high'), figure('low'), figure('close'), figure('base_volume')],
    ],
    hasFigures: false,
  },
}

export const MARKET_TABLES = Object.keys(TABLES) as readonly MarketTable[]

export function isMarketTable(folder: string): folder is MarketTable {
  return Object.hasOwn(TABLES, folder)
}
