import { Refused, type Token } from './condition-tokens.js'

export type Relation = '==' | '!=' | '<' | '<=' | '>' | '>='

/** A value that stands in the condition. */
export type Literal = {
  /** Character of the condition, counted from 0. */
  readonly at: number
} & (
  | { readonly kind: 'text'; readonly value: string }
  | {
      readonly kind: 'number'
      /** A fraction or a count, as its path is. */
      readonly value: number
      readonly text: string
    }
  | { readonly kind: 'boolean'; readonly value: boolean }
)

/** A path, as it stands in the condition. */
export interface Path {
  readonly names: readonly string[]
  /** Character of the condition, counted from 0. */
  readonly at: number
}

/** A condition as it is written. Source: spec "Conditions", the grammar. */
export type ConditionTree =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly ConditionTree[] }
  | { readonly kind: 'not'; readonly part: ConditionTree }
  | { readonly kind: 'has'; readonly path: Path }
  | { readonly kind: 'bare'; readonly path: Path }
  | { readonly kind: 'compare'; readonly path: Path; readonly relation: Relation; readonly literal: Literal }
  | { readonly kind: 'in'; readonly path: Path; readonly isNegated: boolean; readonly literals: readonly Literal[] }

export const CONDITION_DEPTH_MAX = 16

/** @throws Refused */
export function treeOf(tokens: readonly Token[], length: number): ConditionTree {
  if (tokens.length === 0) throw new Refused('EMPTY', 0, 'expected a condition, found nothing')
  return new Parser(tokens, length).condition()
}

const RESERVED = new Set(['and', 'or', 'not', 'in', 'has', 'true', 'false'])
const RELATIONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>='])

class Parser {
  private at = 0
  private depth = 0

  constructor(
    private readonly tokens: readonly Token[],
    private readonly length: number,
  ) {}

  condition(): ConditionTree {
    const tree = this.either()
    if (this.at < this.tokens.length) this.fail('and, or, or the end')
    return tree
  }

  private either(): ConditionTree {
    return this.chain('or', () => this.both())
  }

  private both(): ConditionTree {
    return this.chain('and', () => this.unary())
  }

  private chain(kind: 'and' | 'or', part: () => ConditionTree): ConditionTree {
    const first = part()
    const parts = [first]
    while (this.takes('name', kind)) parts.push(part())
    return parts.length === 1 ? first : { kind, parts }
  }

  private unary(): ConditionTree {
    const opening = this.tokens[this.at]
    if (this.takes('name', 'not')) return this.deeper(opening!, () => ({ kind: 'not', part: this.unary() }))
    if (!this.takes('sign', '(')) return this.test()
    return this.deeper(opening!, () => {
      const tree = this.either()
      this.expect(')')
      return tree
    })
  }

  private deeper(opening: Token, within: () => ConditionTree): ConditionTree {
    if (++this.depth > CONDITION_DEPTH_MAX) {
      const message = `expected at most ${CONDITION_DEPTH_MAX} nested brackets and not, found one more`
      throw new Refused('TOO_DEEP', opening.at, message)
    }
    const tree = within()
    this.depth--
    return tree
  }

  private test(): ConditionTree {
    if (this.takes('name', 'has')) {
      this.expect('(')
      const path = this.path()
      this.expect(')')
      return { kind: 'has', path }
    }
    const path = this.path()
    const sign = this.tokens[this.at]
    if (sign?.kind === 'sign' && RELATIONS.has(sign.text)) {
      this.at++
      return { kind: 'compare', path, relation: sign.text as Relation, literal: this.literal() }
    }
    const isNegated = this.takes('name', 'not')
    if (this.takes('name', 'in')) return { kind: 'in', path, isNegated, literals: this.literals() }
    if (isNegated) this.fail('in after not')
    return { kind: 'bare', path }
  }

  private literals(): readonly Literal[] {
    this.expect('[')
    const literals = [this.literal()]
    while (this.takes('sign', ',')) literals.push(this.literal())
    this.expect(']')
    return literals
  }

  private literal(): Literal {
    const token = this.tokens[this.at]
    const literal = token === undefined ? undefined : literalOf(token)
    if (literal === undefined) return this.fail('a literal: a name in single quotes, a number, true or false')
    this.at++
    return literal
  }

  private path(): Path {
    const at = this.tokens[this.at]?.at ?? this.length
    const names = [this.name()]
    while (this.takes('sign', '.')) names.push(this.name())
    return { names, at }
  }

  private name(): string {
    const token = this.tokens[this.at]
    if (token?.kind !== 'name' || RESERVED.has(token.text))
      return this.fail('the name of a state object or of its field')
    this.at++
    return token.text
  }

  private expect(sign: string): void {
    if (!this.takes('sign', sign)) this.fail(sign)
  }

  private takes(kind: Token['kind'], text: string): boolean {
    const token = this.tokens[this.at]
    if (token?.kind !== kind || token.text !== text) return false
    this.at++
    return true
  }

  private fail(expected: string): never {
    const token = this.tokens[this.at]
    const found = token === undefined ? 'the end' : token.text
    throw new Refused('SYNTAX', token?.at ?? this.length, `expected ${expected}, found ${found}`)
  }
}

function literalOf(token: Token): Literal | undefined {
  const { kind, text, at } = token
  if (kind === 'text') return { kind, value: text, at }
  if (kind === 'number') return { kind, value: Number(text), text, at }
  if (kind === 'name' && (text === 'true' || text === 'false')) return { kind: 'boolean', value: text === 'true', at }
  return undefined
}
