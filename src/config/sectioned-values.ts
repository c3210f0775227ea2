import { readFileSync } from 'node:fs'
import { found, InputMistake, type Problem } from '../base/mistakes.js'
import { didYouMean } from '../base/suggest.js'
import { displayPath } from '../files/package-files.js'
import { reason } from '../files/reason.js'
import type { ValueCheck } from './execution-values.js'
import { probablyMeant } from './percent-or-fraction.js'
import type { ConfigDocument } from './yaml-document.js'

/**
 * Reads a file of sections with keys and values; what it leaves out has its default value.
 *
 * @param defaults by `section.key`: the keys that there are.
 * @param refuses what is wrong with a value that fits otherwise.
 */
export function sectionedValues<Key extends string>(
  document: ConfigDocument,
  defaults: Readonly<Record<Key, unknown>>,
  check: (key: string, standard: unknown) => ValueCheck,
  refuses: (key: Key, value: unknown) => string | undefined = () => undefined,
): { readonly values: Record<Key, unknown>; readonly problems: readonly Problem[] } {
  const values: Record<Key, unknown> = { ...defaults }
  const problems: Problem[] = []
  const isKey = (key: string): key is Key => Object.hasOwn(defaults, key)
  for (const [section, keys] of Object.entries(sectionsOf(document, { defaults, problems }))) {
    for (const [name, value] of Object.entries(keys)) {
      const key = `${section}.${name}`
      const path = [section, name]
      if (!isKey(key)) {
        const message = `${key}: no such key${didYouMean(key, Object.keys(values))}`
        problems.push({ place: document.keyPlace(path), message })
        continue
      }
      const { expected, fits } = check(key, defaults[key])
      const place = document.valuePlace(path)
      const refused = fits(value) ? refuses(key, value) : undefined
      if (!fits(value)) {
        const meant = probablyMeant(key, typeof value === 'string' ? Number(value) : value)
        problems.push({ place, message: `${key}: expected ${expected}, found ${found(value)}${meant}` })
      } else if (refused !== undefined) problems.push({ place, message: `${key}: ${refused}` })
      else values[key] = value
    }
  }
  return { values, problems }
}

/** @throws InputMistake when there is no such file, or it says nothing. */
export async function readSections(path: string): Promise<ConfigDocument> {
  const file = displayPath(path)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new InputMistake({ place: file, message: `cannot read the configuration: ${reason(error)}` })
  }
  // Loaded only here: a process that starts again after a crash without a file need not wait for the parser.
  const { parseConfigDocument } = await import('./yaml-document.js')
  const document = parseConfigDocument(text, file)
  if (document.value === null) {
    const place = { file, line: 1, column: 1 }
    throw new InputMistake({ place, message: 'expected a configuration, found an empty file' })
  }
  return document
}

function sectionsOf(
  document: ConfigDocument,
  { defaults, problems }: { readonly defaults: Readonly<Record<string, unknown>>; readonly problems: Problem[] },
): Record<string, Readonly<Record<string, unknown>>> {
  const sections: Record<string, Readonly<Record<string, unknown>>> = {}
  if (!isObject(document.value)) {
    const [first, second] = new Set(Object.keys(defaults).map((key) => key.split('.', 1)[0]))
    const message = `expected sections (${first}, ${second}, …), found ${found(document.value)}`
    problems.push({ place: document.valuePlace([]), message })
    return sections
  }
  for (const [section, keys] of Object.entries(document.value)) {
    if (isObject(keys)) sections[section] = keys
    // A section whose lines are all commented out says nothing.
    else if (keys !== null) {
      const message = `${section}: expected keys with values, found ${found(keys)}`
      problems.push({ place: document.valuePlace([section]), message })
    }
  }
  return sections
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
