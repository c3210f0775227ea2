import { formatCount, formatNumber, formatPercent, formatProfitFactor, formatUsdChange } from '../format.js'
import { tradeColumns } from '../trade-columns.js'
import { tradesCsv } from '../trade-csv.js'
import { TradeQuery } from '../trade-query.js'
import { byId, element, makeSortButton } from './dom.js'

/**
 * The trade list: filters, order, pages, download. Only the rows of one page are ever in the document, so its size does
 * not grow with the run.
 * @param {import('../page-data.js').PageData} data
 * @param {readonly import('../../../ports/vocabulary/trades.js').Trade[]} trades
 */
export function startTradeList(data, trades) {
  const columns = tradeColumns(data.axis)
  const query = new TradeQuery(trades, columns)
  const form = /** @type {HTMLFormElement} */ (byId('trade-filter'))
  const table = /** @type {HTMLTableElement} */ (byId('trade-list'))
  const sizes = /** @type {HTMLSelectElement} */ (byId('trade-page-size'))
  /** @type {import('../trade-query.js').TradeOrder} */
  let order = { key: 'number', sort: 'ascending' }
  /** @type {number[]} */
  let selected = []
  let page = 0

  const heads = columns.map((column) => {
    const head = element('th', { text: column.label, className: column.kind === 'number' ? 'num' : '' })
    head.scope = 'col'
    head.title = column.explanation
    head.dataset.column = column.key
    makeSortButton(head, () => {
      order = nextOrder(order, column)
      refresh()
    })
    return head
  })
  const headRow = element('tr')
  headRow.append(...heads)
  table.tHead?.replaceChildren(headRow)

  function refresh() {
    selected = query.select(filterOf(form), order)
    page = 0
    heads.forEach((head, i) => {
      if (columns[i]?.key === order.key) head.setAttribute('aria-sort', order.sort)
      else head.removeAttribute('aria-sort')
    })
    byId('trade-totals').textContent = totalsText(query.totals(selected), trades.length)
    showPage()
  }

  function showPage() {
    const size = Number(sizes.value)
    const pages = Math.max(1, Math.ceil(selected.length / size))
    page = Math.min(Math.max(page, 0), pages - 1)
    const shown = selected.slice(page * size, (page + 1) * size)
    const rows = shown.map((i) =>
      tradeRow(columns, /** @type {import('../../../ports/vocabulary/trades.js').Trade} */ (trades[i]), i),
    )
    table.tBodies[0]?.replaceChildren(...(rows.length > 0 ? rows : [emptyRow(columns.length)]))
    byId('trade-page').textContent =
      shown.length === 0
        ? '0 of 0'
        : `${formatNumber(page * size + 1, 0)} – ${formatNumber(page * size + shown.length, 0)} of ${formatNumber(selected.length, 0)}`
    for (const button of pageButtons) {
      const backwards = button.dataset.page === 'first' || button.dataset.page === 'previous'
      button.disabled = backwards ? page === 0 : page === pages - 1
    }
  }

  const pageButtons = Array.from(
    /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll('button[data-page]')),
  )
  for (const button of pageButtons) {
    button.addEventListener('click', () => {
      const target = { first: 0, previous: page - 1, next: page + 1, last: Number.MAX_SAFE_INTEGER }
      page = target[/** @type {keyof typeof target} */ (button.dataset.page)]
      showPage()
    })
  }
  sizes.addEventListener('change', () => {
    page = 0
    showPage()
  })
  form.addEventListener('input', refresh)
  form.addEventListener('submit', (event) => event.preventDefault())
  // The fields are cleared after the event, so the list is made again once they are.
  form.addEventListener('reset', () => setTimeout(refresh))
  byId('trade-csv').addEventListener('click', () =>
    download(`${data.fileStem}-trades.csv`, tradesCsv(trades, selected)),
  )
  refresh()
}

/**
 * @param {import('../trade-query.js').TradeOrder} order
 * @param {import('../trade-columns.js').TradeColumn} column
 * @returns {import('../trade-query.js').TradeOrder}
 */
function nextOrder(order, column) {
  const first = column.kind === 'text' ? 'ascending' : 'descending'
  const second = column.kind === 'text' ? 'descending' : 'ascending'
  return { key: column.key, sort: order.key === column.key && order.sort === first ? second : first }
}

/**
 * @param {HTMLFormElement} form
 * @returns {import('../trade-query.js').TradeFilter}
 */
function filterOf(form) {
  const fields = new FormData(form)
  const text = (/** @type {string} */ name) => String(fields.get(name) ?? '')
  const outcome = text('outcome')
  return {
    asset: text('asset'),
    reason: text('reason'),
    outcome: outcome === 'win' || outcome === 'loss' ? outcome : '',
    words: text('words'),
  }
}

/**
 * @param {import('../trade-query.js').TradeTotals} totals
 * @param {number} all
 */
function totalsText({ count, net, winRate, profitFactor }, all) {
  const share = count === all ? formatCount(all, 'trade') : `${formatNumber(count, 0)} of ${formatCount(all, 'trade')}`
  if (count === 0) return share
  const factor = formatProfitFactor(profitFactor)
  return `${share} · ${formatUsdChange(net)} net · ${formatPercent(winRate, 1)} wins · profit factor ${factor}`
}

/**
 * @param {readonly import('../trade-columns.js').TradeColumn[]} columns
 * @param {import('../../../ports/vocabulary/trades.js').Trade} trade
 * @param {number} index
 */
function tradeRow(columns, trade, index) {
  const row = element('tr')
  for (const column of columns) {
    const value = column.signed ? Number(column.value(trade, index)) : 0
    const tone = value > 0 ? ' gain' : value < 0 ? ' loss' : ''
    const kind = column.kind === 'number' ? 'num' : column.key
    row.append(element('td', { className: kind + tone, text: column.text(trade, index) }))
  }
  return row
}

/** @param {number} width */
function emptyRow(width) {
  const row = element('tr')
  const cell = element('td', { className: 'empty', text: 'No trade matches.' })
  cell.colSpan = width
  row.append(cell)
  return row
}

/**
 * @param {string} fileName
 * @param {string} text
 */
function download(fileName, text) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  const link = element('a')
  link.href = url
  link.download = fileName
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 1000)
}
