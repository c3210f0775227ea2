/**
 * UTC ms of a time in ISO 8601, finer digits cut off; undefined when it is none, or no day of the calendar. A time without an
 * offset is UTC: Python's `isoformat` leaves it out.
 */
export function isoMs(text: string): number | undefined {
  const parts = ISO.exec(text)
  if (parts === null) return undefined
  const [, date, clock, seconds = ':00', fraction = '', zone = 'Z'] = parts
  const ms = Date.parse(`${date}T${clock}${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}Z`)
  // Date.parse takes 30 February for 2 March.
  if (Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(date!)) return undefined
  return ms - offsetMs(zone)
}

const ISO = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2})?(?:\.(\d+))?(Z|[+-]\d{2}(?::?\d{2})?)?$/

function offsetMs(zone: string): number {
  if (zone === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', ''))
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000
}
