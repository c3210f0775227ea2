import { makeSortButton } from './dom.js'

/**
 * Gives a table of plain markup a sort button in every column head. Cells sort by `data-value`, else by their text;
 * a column whose first value is a number sorts as numbers, greatest first.
 * @param {HTMLTableElement} table
 */
export function makeSortable(table) {
  const heads = Array.from(table.tHead?.rows[0]?.cells ?? [])
  heads.forEach((head, column) => {
    if (head.hasAttribute('data-unsorted')) return
    makeSortButton(head, () => {
      const isNumber = head.classList.contains('num')
      const first = isNumber ? 'descending' : 'ascending'
      const second = isNumber ? 'ascending' : 'descending'
      const sort = head.getAttribute('aria-sort') === first ? second : first
      for (const other of heads) other.removeAttribute('aria-sort')
      head.setAttribute('aria-sort', sort)
      sortRows(table, { column, isNumber, sign: sort === 'ascending' ? 1 : -1 })
    })
  })
}

/**
 * @param {HTMLTableElement} table
 * @param {{ column: number, isNumber: boolean, sign: number }} order
 */
function sortRows(table, { column, isNumber, sign }) {
  const body = table.tBodies[0]
  if (body === undefined) return
  const keyed = Array.from(body.rows, (row) => {
    const cell = row.cells[column]
    const text = cell?.dataset.value ?? cell?.textContent ?? ''
    return { row, key: isNumber ? Number(text) : text }
  })
  keyed.sort((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : 0))
  body.append(...keyed.map(({ row }) => row))
}
