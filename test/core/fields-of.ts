/** What a value is made of: a line per field, with the kinds of what is in it. Keys that are names of things are one. */
export function fieldsOf(value: unknown, at = ''): readonly string[] {
  if (value === null || typeof value !== 'object') return [`${at}: ${value === null ? 'null' : typeof value}`]
  if (Array.isArray(value)) return [...new Set(value.flatMap((item) => fieldsOf(item, `${at}[]`)))]
  const entries = Object.entries(value)
  const lines = entries.flatMap(([key, field]) => fieldsOf(field, `${at}.${/^[a-z]\w*$/.test(key) ? key : '*'}`))
  return entries.length === 0 ? [`${at}: {}`] : [...new Set(lines)].sort()
}
