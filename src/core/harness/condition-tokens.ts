/** The words of a condition. Source: spec "Conditions". */

export type Token =
  | { readonly kind: 'name'; readonly text: string; readonly at: number }
  | { readonly kind: 'text'; readonly text: string; readonly at: number }
  | { readonly kind: 'number'; readonly text: string; readonly at: number }
  /** `( ) [ ] , .` and the relations. */
  | { readonly kind: 'sign'; readonly text: string; readonly at: number }

/** Why a condition is refused; the first that is found counts. */
export type ConditionError =
  | 'TOO_LONG'
  | 'ARITHMETIC'
  | 'SYNTAX'
  | 'EMPTY'
  | 'TOO_DEEP'
  | 'TASK_OUTPUT'
  | 'MARKET_LOGIC'
  | 'UNKNOWN_FIELD'
  | 'UNKNOWN_OBJECT'
  | 'TYPE'
  | 'UNKNOWN_VALUE'
  | 'OUT_OF_RANGE'

export interface ConditionRefusal {
  readonly kind: 'refused'
  readonly error: ConditionError
  /** For people: what was expected, what was found. */
  readonly message: string
  /** Character of the condition, from 0. */
  readonly at: number
}

/** Ends the reading of a condition; never leaves `parseCondition`. */
export class Refused extends Error {
  readonly refusal: ConditionRefusal

  constructor(error: ConditionError, at: number, message: string) {
    super(message)
    this.refusal = { kind: 'refused', error, at, message: `character ${at + 1}: ${message}` }
  }
}

export const CONDITION_LENGTH_MAX = 500

/** @throws Refused */
export function tokensOf(condition: string): readonly Token[] {
  if (condition.length > CONDITION_LENGTH_MAX) {
    const message = `expected at most ${CONDITION_LENGTH_MAX} characters, found ${condition.length}`
    throw new Refused('TOO_LONG', CONDITION_LENGTH_MAX, message)
  }
  const tokens: Token[] = []
  for (let at = 0; at < condition.length; ) {
    const token = tokenAt(condition, at)
    if (token === undefined) at++
    else {
      tokens.push(token)
      at += token.kind === 'text' ? token.text.length + 2 : token.text.length
    }
  }
  return tokens
}

const BLANKS = ' \t\n'
const NAME = /[A-Za-z][A-Za-z0-9_]*/y
const NUMBER = /(?:0|[1-9][0-9]*)(?:\.[0-9]+)?/y
const TEXT = /'([A-Za-z0-9_]*)'/y
const SIGN = /==|!=|<=|>=|[<>()[\],.]/y
const ARITHMETIC = '+-*/%^'

/** Undefined: a blank. @throws Refused */
function tokenAt(condition: string, at: number): Token | undefined {
  const character = condition[at]!
  if (BLANKS.includes(character)) return undefined
  const name = match(NAME, condition, at)
  if (name !== undefined) return { kind: 'name', text: name, at }
  const number = match(NUMBER, condition, at)
  if (number !== undefined) {
    const after = condition[at + number.length]
    if (after !== undefined && /[A-Za-z0-9_.]/.test(after)) {
      throw new Refused(
        'SYNTAX',
        at,
        `expected a number such as 0.5, without sign and exponent, found ${number}${after}`,
      )
    }
    return { kind: 'number', text: number, at }
  }
  const text = match(TEXT, condition, at)
  if (text !== undefined) return { kind: 'text', text: text.slice(1, -1), at }
  const sign = match(SIGN, condition, at)
  if (sign !== undefined) return { kind: 'sign', text: sign, at }
  if (ARITHMETIC.includes(character)) {
    throw new Refused(
      'ARITHMETIC',
      at,
      `expected a comparison with a literal, found ${character}: gates do not calculate`,
    )
  }
  throw new Refused('SYNTAX', at, `expected a word of the condition language, found ${JSON.stringify(character)}`)
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}
