/**
 * The known name a person most likely meant, or undefined when nothing is near. Spelling style (`maxHoldBars`,
 * `max-hold-bars`) is forgiven first; then typing slips, up to a third of the word; then one word of the name alone.
 */
export function nearestName(wrong: string, known: readonly string[]): string | undefined {
  const plain = plainSpelling(wrong)
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(plain.length / 3)) + 1
  for (const name of known) {
    const distance = editDistance(plain, plainSpelling(name))
    if (distance < bestDistance) {
      best = name
      bestDistance = distance
    }
  }
  return best ?? onlyOneWith(wrong.toLowerCase(), known)
}

/** `capital` for `initial_capital`, `tp` for `fixed_tp_pct`: unless several names have that word. */
function onlyOneWith(word: string, known: readonly string[]): string | undefined {
  const having = known.filter((name) => name.split(/[-_. ]/).includes(word))
  return having.length === 1 ? having[0] : undefined
}

/** `; did you mean 'fraction'?`, or nothing. */
export function didYouMean(wrong: string, known: readonly string[]): string {
  const name = nearestName(wrong, known)
  return name === undefined ? '' : `; did you mean '${name}'?`
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, beforeLast[j - 2]! + 1)
      row.push(cost)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}

function plainSpelling(name: string): string {
  return name.toLowerCase().replaceAll(/[-_ ]/g, '')
}
