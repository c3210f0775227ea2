/**
 * Text that somebody else may have written, as it may stand in one line: what would act is written out as in JSON
 * (`\u001b`), so that JSON stays the JSON it is.
 */
export function printable(text: string): string {
  return text.replace(ACTING, escaped)
}

/** The same of a text of several lines. */
export function printableLines(text: string): string {
  return text.replace(ACTING_WITHIN_LINES, escaped)
}

/**
 * What acts on a terminal or a page instead of being read: control characters (C0, DEL, C1, and so every escape sequence),
 * format characters (bidirectional controls among them), line and paragraph separators, and lone surrogates.
 */
const ACTING = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu
const ACTING_WITHIN_LINES = /[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?!\n)\p{Cc}/gu

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function escaped(character: string): string {
  const short = SHORT[character]
  if (short !== undefined) return short
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}
