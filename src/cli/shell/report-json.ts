/**
 * A report as JSON that people can read and diff, too: one line per top-level key, one line per element of a list of
 * objects (a trade, a day). The same report gives the same bytes.
 */
export function reportJson(report: object): string {
  const lines = Object.entries(report).map(([key, value]) => `  ${JSON.stringify(key)}: ${valueJson(value)}`)
  return `{\n${lines.join(',\n')}\n}\n`
}

function valueJson(value: unknown): string {
  const isList = Array.isArray(value) && value.length > 0 && typeof value[0] === 'object'
  if (!isList) return JSON.stringify(value)
  return `[\n${value.map((element) => `    ${JSON.stringify(element)}`).join(',\n')}\n  ]`
}
