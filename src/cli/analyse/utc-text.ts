/** `2026-01-05 14:03:20`: UTC to the second. */
export function utcText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}
