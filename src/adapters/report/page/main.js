import { unpackTrades } from '../page-data.js'
import { startCharts } from './charts.js'
import { byId } from './dom.js'
import { makeSortable } from './sortable-tables.js'
import { startTradeList } from './trade-list.js'

/** @type {import('../page-data.js').PageData} */
const data = JSON.parse(byId('page-data').textContent ?? '')
const trades = unpackTrades(data.trades)

document.documentElement.classList.add('scripted')
for (const table of document.querySelectorAll('table.sortable')) makeSortable(/** @type {HTMLTableElement} */ (table))
startCharts(data, trades)
if (trades.length > 0) startTradeList(data, trades)
