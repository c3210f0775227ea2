import { startReadings } from './cascade-reading.js'
import { byId } from './dom.js'
import { makeSortable } from './sortable-tables.js'

document.documentElement.classList.add('scripted')
for (const table of document.querySelectorAll('table.sortable')) makeSortable(/** @type {HTMLTableElement} */ (table))
startReadings(JSON.parse(byId('page-data').textContent ?? ''))
