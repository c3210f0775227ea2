import { createRequire } from 'node:module'
import type * as Yaml from 'yaml'
import type { Document, Pair } from 'yaml'
import { InputMistake, Mistake, type Place, type Problem } from '../base/mistakes.js'
import { plainText } from '../base/plain-text.js'

/** A YAML file that knows where each of its keys and values stands. */
export interface ConfigDocument {
  readonly file: string
  readonly value: unknown
  /** Position of the key at `path`; of the start of the file when there is none. */
  keyPlace(path: readonly string[]): Place
  /** Position of the value at `path`; of its key when the value is left out. */
  valuePlace(path: readonly string[]): Place
}

/**
 * Parses YAML 1.2, one document. Throws {@link Mistake} with every syntax error, duplicate key and further document at its
 * line and column: a duplicate would silently win over a line that a reader believes in, and of several documents only the first
 * would count.
 */
export function parseConfigDocument(written: string, file: string): ConfigDocument {
  const text = plainText(written, file)
  const lines = new (yaml().LineCounter)()
  const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: false, logLevel: 'silent' } as const
  const [first, second] = yaml().parseAllDocuments(text, options) as Document.Parsed[]
  const document = first ?? yaml().parseDocument(text, options)
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { file, line, column: col }
  }
  const problems: Problem[] = [...document.errors, ...document.warnings].map((error) => ({
    place: at(error.pos[0]),
    message: `not valid YAML: ${error.message.charAt(0).toLowerCase()}${error.message.slice(1)}`,
  }))
  if (second !== undefined) {
    const message = 'expected one YAML document, found another from here on (behind --- or ...)'
    problems.push({ place: at(second.range[0]), message })
  }
  if (problems.length === 0) problems.push(...unknownAliases(document, at), ...duplicateKeys(document, at))
  if (problems.length > 0) throw new InputMistake(problems)

  const root = document.contents
  const start: Place = { file, line: 1, column: 1 }
  return {
    file,
    value: plainValue(document, file),
    keyPlace: (path) => offsetPlace(pairAt(root, path)?.key) ?? start,
    valuePlace(path) {
      const pair = pairAt(root, path)
      if (path.length === 0) return offsetPlace(root) ?? start
      // A value left out (`fraction:`) has a position on some later line; the key is where the reader looks.
      const empty = yaml().isScalar(pair?.value) && pair.value.source === ''
      return offsetPlace(empty ? pair?.key : pair?.value) ?? offsetPlace(pair?.key) ?? start
    },
  }

  function offsetPlace(node: unknown): Place | undefined {
    return yaml().isNode(node) && node.range ? at(node.range[0]) : undefined
  }
}

const require = createRequire(import.meta.url)

/** The parser, loaded when there is something to parse: 40 ms that a run of the champion as it ships does without. */
const yaml = (): typeof Yaml => require('yaml') as typeof Yaml

/** Aliases of aliases may stand for more than memory holds; the parser then gives up. */
function plainValue(document: Document, file: string): unknown {
  try {
    return document.toJS()
  } catch (error) {
    throw new InputMistake({ place: { file }, message: `not valid YAML: ${(error as Error).message}` })
  }
}

/** `*name` without an earlier `&name`. */
function unknownAliases(document: Document.Parsed, at: (offset: number) => Place): Problem[] {
  const problems: Problem[] = []
  yaml().visit(document, {
    Alias(_key, alias) {
      if (alias.range && alias.resolve(document) === undefined) {
        problems.push({ place: at(alias.range[0]), message: `unknown alias '*${alias.source}'` })
      }
    },
  })
  return problems
}

function pairAt(root: unknown, path: readonly string[]): Pair<unknown, unknown> | undefined {
  let node = root
  let pair: Pair<unknown, unknown> | undefined
  for (const key of path) {
    if (!yaml().isMap(node)) return undefined
    pair = node.items.find((item) => keyText(item.key) === key)
    node = pair?.value
  }
  return pair
}

/** The parser's own check reports no first position, and one that does is worth more. */
function duplicateKeys(document: Document.Parsed, at: (offset: number) => Place): Problem[] {
  const problems: Problem[] = []
  yaml().visit(document, {
    Map(_key, map) {
      const seen = new Map<string, Place>()
      for (const { key } of map.items) {
        const place = yaml().isNode(key) && key.range ? at(key.range[0]) : undefined
        if (place === undefined) continue
        const name = keyText(yaml().isAlias(key) ? key.resolve(document) : key)
        const first = seen.get(name)
        if (first === undefined) seen.set(name, place)
        else problems.push({ place, message: `duplicate key '${name}', first given in line ${first.line}` })
      }
    },
  })
  return problems.sort((a, b) => (a.place as Place).line! - (b.place as Place).line!)
}

function keyText(key: unknown): string {
  return String(yaml().isScalar(key) ? key.value : key)
}
