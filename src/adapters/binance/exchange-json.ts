/**
 * Reads a text of the exchange. Its ids are 64-bit integers: one that a number may not hold exactly comes as its digits in a
 * string, so whoever reads an id takes both and says `String(id)`. Throws `SyntaxError`.
 */
export function parseExchangeJson(text: string): unknown {
  return JSON.parse(LONG_INTEGER.test(text) ? text.replace(STRING_OR_NUMBER, quoted) : text)
}

/** 16 digits or more: 2^53 has 16. Most texts have none, and are read as they are. */
const LONG_INTEGER = /[:[,]\s*-?\d{16}/
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g

function quoted(token: string): string {
  return /^-?\d{16,}$/.test(token) ? `"${token}"` : token
}
