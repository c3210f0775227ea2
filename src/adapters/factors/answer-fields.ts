import { found } from '../../base/mistakes.js'

/** An answer is not of the form that its source documents. `message` names the path, what was expected and what was found. */
export class UnlikeAnswer extends Error {
  override readonly name = 'UnlikeAnswer'

  constructor(path: string, expected: string, value: unknown) {
    super(`${path}: expected ${expected}, found ${found(value)}`)
  }
}

/** One place of an answer: its value and the way to it, for messages. */
export class Field {
  private constructor(
    readonly value: unknown,
    private readonly path: string,
  ) {}

  /** @throws UnlikeAnswer when the text is no JSON. */
  static ofText(text: string): Field {
    try {
      return new Field(JSON.parse(text), 'answer')
    } catch {
      throw new UnlikeAnswer('answer', 'JSON', text.trimStart().slice(0, 60))
    }
  }

  /** A field of an object. */
  at(name: string): Field {
    const { value } = this
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.unlike('an object')
    const inside = Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined
    return new Field(inside, `${this.path}.${name}`)
  }

  /** The elements of a list of at most `max`. */
  list(max: number): readonly Field[] {
    const { value } = this
    if (!Array.isArray(value)) throw this.unlike('a list')
    if (value.length > max) throw new UnlikeAnswer(this.path, `at most ${max} elements`, value.length)
    return value.map((element: unknown, i) => new Field(element, `${this.path}[${i}]`))
  }

  number(): number {
    return typeof this.value === 'number' && Number.isFinite(this.value) ? this.value : this.refuse('a number')
  }

  /** A number, or one as a text in plain decimals. */
  decimal(): number {
    const { value } = this
    if (typeof value === 'string' && /^-?\d{1,20}(\.\d{1,20})?$/.test(value)) return Number(value)
    return typeof value === 'number' && Number.isFinite(value) ? value : this.refuse('a number, or one as a text')
  }

  /** A moment as `unit` counts since 1970, as a number or as a text. Answers UTC ms. */
  moment(unit: 'ms' | 's'): number {
    const ms = unit === 'ms' ? this.decimal() : this.decimal() * 1_000
    const isOne = Number.isInteger(ms) && ms >= MOMENT_MIN_MS && ms <= MOMENT_MAX_MS
    return isOne ? ms : this.refuse(`a time in ${unit === 'ms' ? 'milliseconds' : 'seconds'} since 1970`)
  }

  /** Exactly this value. */
  is(expected: unknown): void {
    if (this.value !== expected) this.refuse(found(expected))
  }

  refuse(expected: string): never {
    throw this.unlike(expected)
  }

  private unlike(expected: string): UnlikeAnswer {
    return new UnlikeAnswer(this.path, expected, this.value)
  }
}

/** 2001 and 2100: what lies outside was meant in another unit. */
const MOMENT_MIN_MS = 978_307_200_000
const MOMENT_MAX_MS = 4_102_444_800_000
