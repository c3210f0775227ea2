import type { ShownBar, ShownBook, ShownLevel } from '../compose/shown-book.js'
import { count, percent, usd } from '../shell/figures-text.js'
import { type Colours, textOfLines } from '../shell/terminal.js'

/** A book as a ladder: asks above, the best quotes in the middle, and below what they and the last bar come to; in 80 columns. */
export function ladderText(book: ShownBook, colours: Colours): string {
  const { symbol, atMs, updateId, bids, asks } = book
  const update = updateId === null ? '' : colours.dim(`  update ${updateId}`)
  const head = `${colours.bold(symbol)}  ${atMs === null ? 'no time yet' : timeText(atMs)}${update}`
  if (bids.length === 0 && asks.length === 0)
    return textOfLines([head, '', 'The book is not known at this time.', ...barLines(book.bar, colours)])
  const sums = { asks: summed(asks), bids: summed(bids) }
  const widths = widthsOf([...asks, ...bids], [...sums.asks, ...sums.bids])
  const widest = Math.max(...sums.asks, ...sums.bids)
  const row = (side: 'asks' | 'bids') => (level: ShownLevel, i: number) => {
    const paint = side === 'asks' ? colours.red : colours.green
    const sum = sums[side][i]!
    const cells = [
      side === 'asks' ? 'ask' : 'bid',
      paint(level.price.padStart(widths.price)),
      level.quantity.padStart(widths.quantity),
      count(usdOf(level)).padStart(widths.usd),
      count(sum).padStart(widths.usd),
    ]
    const room = LINE_WIDTH - (3 + widths.price + widths.quantity + 2 * widths.usd) - cells.length * GAP.length
    return [...cells, paint('='.repeat(Math.max(0, Math.round((sum / widest) * room))))].join(GAP).trimEnd()
  }
  const titles = ['   ', 'price'.padStart(widths.price), 'quantity'.padStart(widths.quantity)]
  const titleLine = [...titles, 'USD'.padStart(widths.usd), 'USD up to'.padStart(widths.usd)].join(GAP)
  return textOfLines([
    head,
    '',
    colours.dim(titleLine),
    ...asks.map(row('asks')).reverse(),
    colours.dim(spreadLine(book)),
    ...bids.map(row('bids')),
    ...figureLines(book, colours),
    ...barLines(book.bar, colours),
  ])
}

/** UTC to the millisecond. */
export function timeText(ms: number): string {
  return `${new Date(ms).toISOString().replace('T', ' ').replace('Z', '')} UTC`
}

const LINE_WIDTH = 79
const GAP = '  '

interface Widths {
  readonly price: number
  readonly quantity: number
  readonly usd: number
}

function widthsOf(levels: readonly ShownLevel[], sums: readonly number[]): Widths {
  return {
    price: Math.max(5, ...levels.map(({ price }) => price.length)),
    quantity: Math.max(8, ...levels.map(({ quantity }) => quantity.length)),
    usd: Math.max(11, ...sums.map((sum) => count(sum).length)),
  }
}

function usdOf({ price, quantity }: ShownLevel): number {
  return Number(price) * Number(quantity)
}

function summed(levels: readonly ShownLevel[]): number[] {
  let sum = 0
  return levels.map((level) => {
    sum += usdOf(level)
    return sum
  })
}

function spreadLine({ figures, bids, asks }: ShownBook): string {
  if (bids[0] === undefined || asks[0] === undefined) return '--- one side is empty'
  const mid = figures?.mid
  const bps = figures?.spread_bps
  if (mid === undefined || bps === undefined) return '---'
  return `---  mid ${plain(mid)}  spread ${bps.toFixed(3)} bps`
}

function figureLines({ figures, depthBandPpm }: ShownBook, colours: Colours): string[] {
  if (figures === null) return []
  const { imbalance, depth_usd: depth, weighted_mid: weightedMid, bid_usd: bid, ask_usd: ask } = figures
  // Where a snapshot reaches less far than 1 %, so does the depth.
  const band = depthBandPpm === null ? '1 %' : percent(depthBandPpm / 1e6)
  const lines: string[] = ['']
  if (imbalance !== undefined) {
    const sides = bid === undefined || ask === undefined ? '' : `bid ${count(bid)} USD, ask ${count(ask)} USD`
    lines.push(row('imbalance', `${signed(imbalance)}  of 5 levels: ${sides}`, colours))
  }
  if (depth !== undefined) lines.push(row('depth', `${usd(depth)} USD within ${band} of mid`, colours))
  if (weightedMid !== undefined) lines.push(row('weighted', `mid ${plain(weightedMid)} by volume`, colours))
  return lines
}

function barLines(bar: ShownBar | null, colours: Colours): string[] {
  if (bar === null) return []
  const { endMs, features, cascadeCount, regimeSignal } = bar
  const cells = Object.entries(features).map(
    ([name, value]) => `${name} ${value === null ? '-' : value.toFixed(FEATURE_DIGITS)}`,
  )
  const macro = cascadeCount === null ? [] : [`cascades ${cascadeCount}, regime ${regimeSignal}`]
  const lines: string[] = []
  for (let i = 0; i < cells.length; i += 2)
    lines.push(
      row(
        '',
        cells
          .slice(i, i + 2)
          .map((cell) => cell.padEnd(32))
          .join('')
          .trimEnd(),
        colours,
      ),
    )
  return ['', row('bar', [`ended ${timeText(endMs)}`, ...macro].join(', '), colours), ...lines]
}

const FEATURE_DIGITS = 4

function row(name: string, text: string, colours: Colours): string {
  return `${colours.dim(name.padEnd(11))}${text}`
}

function signed(value: number): string {
  return `${value > 0 ? '+' : ''}${value.toFixed(FEATURE_DIGITS)}`
}

/** As many digits as a price needs, and no tail of float64. */
function plain(value: number): string {
  return String(Number(value.toPrecision(10)))
}
