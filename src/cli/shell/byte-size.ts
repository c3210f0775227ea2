/** What {@link parseBytes} takes, for a message. */
export const BYTES_EXPECTED = 'a size such as 500MB, 4GB or 2GiB'

/** Bytes of `500MB`, `4GB`, `1.5 GiB`; undefined for anything else, a number without a unit and nothing at all included. */
export function parseBytes(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?) ?([kMGT]?B|[KMGT]iB)$/.exec(text) ?? []
  const bytes = Math.round(Number(number) * (UNITS[unit] ?? Number.NaN))
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined
}

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
}

/** `5.4 GB`: two digits or more, in the largest unit that leaves a whole one. */
export function bytesText(bytes: number): string {
  const [unit, size] = (['TB', 'GB', 'MB', 'kB'] as const)
    .map((name) => [name, UNITS[name]!] as const)
    .find(([, size]) => bytes >= size) ?? ['B', 1]
  const value = bytes / size
  return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} ${unit}`
}
