import { decimalNumber } from '../../base/decimal.js'
import { found, InputMistake, type Problem } from '../../base/mistakes.js'
import { didYouMean } from '../../base/suggest.js'
import { type IsoDate, isDate } from '../../base/utc-date.js'

/** Collects what is wrong, so that one run shows all of it. */
export class OptionCheck {
  private readonly problems: Problem[] = []

  wrong(option: string, message: string): undefined {
    this.problems.push({ place: option, message })
    return undefined
  }

  done(): void {
    if (this.problems.length > 0) throw new InputMistake(this.problems)
  }

  date(option: string, text: string | undefined): IsoDate | undefined {
    if (text === undefined) return undefined
    if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return this.wrong(option, `expected a date YYYY-MM-DD, found ${found(text)}`)
    return isDate(text)
      ? text
      : this.wrong(option, `expected a date YYYY-MM-DD, found "${text}", which is not in the calendar`)
  }

  oneOf<T extends string>(option: string, text: string | undefined, known: readonly T[]): T | undefined {
    if (text === undefined) return undefined
    const match = known.find((name) => name === text)
    const names = known.map((name) => `'${name}'`)
    const expected = `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
    return match ?? this.wrong(option, `expected ${expected}, found ${found(text)}${didYouMean(text, known)}`)
  }

  number(
    option: string,
    text: string | undefined,
    range: { readonly min?: number; readonly above?: number; readonly max?: number; readonly integer?: boolean },
  ): number | undefined {
    if (text === undefined) return undefined
    const value = numberOf(text)
    const { min = Number.NEGATIVE_INFINITY, above = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = range
    const ok =
      value !== undefined &&
      value >= min &&
      value > above &&
      value <= max &&
      (!range.integer || Number.isInteger(value))
    if (ok) return value
    const bounds = range.above !== undefined ? ` above ${above}` : range.min !== undefined ? fromTo(min, max) : ''
    return this.wrong(option, `expected ${range.integer ? 'an integer' : 'a number'}${bounds}, found ${found(text)}`)
  }
}

function fromTo(min: number, max: number): string {
  return max === Number.POSITIVE_INFINITY ? ` of ${min} or more` : ` from ${min} to ${max}`
}

/** Decimal numbers only: `Number()` also takes '', '0x10' and 'Infinity', none of which a person means here. */
export function numberOf(text: string): number | undefined {
  const value = decimalNumber(text.trim())
  return Number.isFinite(value) ? value : undefined
}
