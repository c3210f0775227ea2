/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`the page has an element #${id}`)
  return element
}

/**
 * An element with a class and text. Text only: nothing from a report ever becomes markup here.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {{ className?: string, text?: string }} [content]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, { className, text } = {}) {
  const made = document.createElement(tag)
  if (className) made.className = className
  if (text !== undefined) made.textContent = text
  return made
}

/**
 * A column head that sorts: a real button in the cell, so that it is reached and pressed by keyboard.
 * @param {HTMLTableCellElement} cell
 * @param {() => void} onSort
 */
export function makeSortButton(cell, onSort) {
  const button = element('button', { className: 'sort' })
  button.type = 'button'
  button.append(...cell.childNodes)
  button.addEventListener('click', onSort)
  cell.append(button)
}
