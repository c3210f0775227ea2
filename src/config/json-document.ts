import { InputMistake, type Problem } from '../base/mistakes.js'
import { plainText } from '../base/plain-text.js'
import { reason } from '../files/reason.js'

/**
 * Parses JSON that a person may have written. `what` is what the file is read as, for the message.
 *
 * @throws InputMistake on what is no JSON, and with the place of every key that is given twice in one object: the parser
 *   lets the last one win over a line that a reader believes in.
 */
export function parseJsonDocument(written: string, file: string, what: string): unknown {
  const text = plainText(written, file)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new InputMistake({
      place: { file, ...faultPosition(text, error) },
      message: `cannot read ${what}: ${reason(error)}`,
    })
  }
  const problems = duplicateKeys(text, file)
  if (problems.length > 0) throw new InputMistake(problems.slice(0, PROBLEMS_MAX))
  return value
}

const PROBLEMS_MAX = 20
/** What matters of sound JSON: texts, and where objects and lists begin and end. A choice per character would use up the stack. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}[\]]/g

function duplicateKeys(text: string, file: string): Problem[] {
  const problems: Problem[] = []
  /** The keys of every open object and where they stand; of a list, none. */
  const open: Map<string, number>[] = []
  for (const { 0: token, 1: colon, index } of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') open.push(new Map())
    else if (token === '}' || token === ']') open.pop()
    else if (colon !== undefined) {
      const key = JSON.parse(token.slice(0, -colon.length)) as string
      const first = open.at(-1)!.get(key)
      if (first === undefined) open.at(-1)!.set(key, index)
      else {
        const { line: firstLine } = positionOf(text, first)
        const message = `duplicate key '${key}', first given in line ${firstLine}`
        problems.push({ place: { file, ...positionOf(text, index) }, message })
      }
    }
  }
  return problems
}

/** Where the parser stopped, as far as it says so: of an unexpected character it may quote only the surroundings. */
function faultPosition(text: string, error: unknown): { line: number; column: number } | undefined {
  const { message } = error as SyntaxError
  const index = /at position (\d+)/.exec(message)?.[1]
  if (index !== undefined) return positionOf(text, Number(index))
  return message.startsWith('Unexpected end') ? positionOf(text, text.length) : undefined
}

function positionOf(text: string, index: number): { line: number; column: number } {
  const before = text.slice(0, index)
  return { line: before.split('\n').length, column: index - before.lastIndexOf('\n') }
}
