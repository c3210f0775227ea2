/** Names of columns as an option takes them, `BTC,ETH`; undefined for an empty name and one that is there twice. */
export function columnList(typed: string): readonly string[] | undefined {
  const names = typed.split(',').map((name) => name.trim())
  return names.includes('') || new Set(names).size < names.length ? undefined : names
}

export const COLUMN_LIST_EXPECTED = 'names of columns, each once, such as BTC,ETH'
