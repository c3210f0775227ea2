import { readFileSync } from 'node:fs'
import { found, InputMistake } from '../base/mistakes.js'
import { packageFile } from '../files/package-files.js'
import { reason } from '../files/reason.js'
import { parseJsonDocument } from './json-document.js'

/** The packaged list of symbols, and the word for every symbol that the input has. */
export const DEFAULT_UNIVERSE = packageFile('configs', 'universe.json')
export const ALL_SYMBOLS = 'all'

/**
 * The symbols to build, in column order: those of a universe file that the input has, or all of them alphabetically.
 * `unused` are in the input and not in the universe, `absent` the other way round.
 */
export interface Universe {
  readonly symbols: readonly string[]
  readonly unused: readonly string[]
  readonly absent: readonly string[]
}

export function chooseUniverse(name: string, available: readonly string[]): Universe {
  if (name === ALL_SYMBOLS) return { symbols: [...available].sort(), unused: [], absent: [] }
  const wanted = readUniverse(name)
  const there = new Set(available)
  return {
    symbols: wanted.filter((symbol) => there.has(symbol)),
    unused: available.filter((symbol) => !wanted.includes(symbol)),
    absent: wanted.filter((symbol) => !there.has(symbol)),
  }
}

/** The symbols of a universe file. @throws InputMistake */
export function readUniverse(path: string): readonly string[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new InputMistake({ place: path, message: `cannot read a universe: ${reason(error)}` })
  }
  const json = parseJsonDocument(text, path, 'a universe')
  const symbols = typeof json === 'object' && json !== null ? (json as { symbols?: unknown }).symbols : undefined
  if (!Array.isArray(symbols) || symbols.length === 0) {
    throw new InputMistake({ place: path, message: `symbols: expected a list of symbols, found ${found(symbols)}` })
  }
  symbols.forEach((symbol: unknown, i) => {
    if (typeof symbol !== 'string' || symbol === '') {
      throw new InputMistake({ place: path, message: `symbols[${i}]: expected a symbol, found ${found(symbol)}` })
    }
    if (symbols.indexOf(symbol) < i) {
      throw new InputMistake({ place: path, message: `symbols[${i}]: ${symbol} is given twice` })
    }
  })
  return symbols as string[]
}
