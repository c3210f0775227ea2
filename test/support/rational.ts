/** Slow, literal rational arithmetic, to hold fast code against. Denominators are positive; nothing is reduced. */
export interface Rational {
  readonly numerator: bigint
  readonly denominator: bigint
}

/** The exact value of a finite float64. */
export function rational(value: number): Rational {
  let scaled = value
  let denominator = 1n
  while (!Number.isInteger(scaled)) {
    scaled *= 2
    denominator *= 2n
  }
  return { numerator: BigInt(scaled), denominator }
}

export function plus(a: Rational, b: Rational): Rational {
  return {
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  }
}

export function minus(a: Rational, b: Rational): Rational {
  return plus(a, { numerator: -b.numerator, denominator: b.denominator })
}

export function times(a: Rational, b: Rational): Rational {
  return { numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator }
}

/** `a / b` for a positive `b`. */
export function over(a: Rational, b: Rational): Rational {
  return { numerator: a.numerator * b.denominator, denominator: a.denominator * b.numerator }
}

export function exceeds(a: Rational, b: Rational): boolean {
  return a.numerator * b.denominator > b.numerator * a.denominator
}

/**
 * Whether the population deviation of the simple returns of `prices` exceeds `threshold` ≥ 0: the mean of the squares
 * less the square of the mean, of the returns as defined.
 */
export function deviationExceeds(prices: readonly number[], threshold: number): boolean {
  const returns = prices
    .slice(1)
    .map((price, i) => over(minus(rational(price), rational(prices[i]!)), rational(prices[i]!)))
  const zero = rational(0)
  const count = rational(returns.length)
  const mean = over(returns.reduce(plus, zero), count)
  const meanSquare = over(returns.map((value) => times(value, value)).reduce(plus, zero), count)
  const variance = minus(meanSquare, times(mean, mean))
  return exceeds(variance, times(rational(threshold), rational(threshold)))
}
