import type { VerifiedHop } from '../../runtime/verification/path-verification.js'
import { plural, table } from '../shell/figures-text.js'
import { coloursFor, textOfLines } from '../shell/terminal.js'

/** For people: a table of the hops, and below it why those did not hold that did not. */
export function verifiedText(hops: readonly VerifiedHop[], { color }: { readonly color: boolean }): string {
  const colours = coloursFor(process.stdout, color)
  const rows = hops.map(({ path, hop, held, rounds, p50Ms, maxMs }) => [
    `${path}: ${hop}`,
    held ? HELD : NOT_HELD,
    String(rounds),
    milliseconds(p50Ms),
    milliseconds(maxMs),
  ])
  const paint = (text: string, column: number): string =>
    column !== 1 ? text : text.trim() === HELD ? colours.green(text) : colours.red(text)
  const head = ['hop', 'verdict', 'rounds', 'p50 ms', 'max ms']
  const lines = table(head, rows, { head: colours.bold, cell: paint })
  const failed = hops.filter(({ held }) => !held)
  const reasons = failed.map(({ path, hop, why }) => `${path}: ${hop}: ${why}`)
  const end =
    failed.length === 0
      ? `All ${plural(hops.length, 'hop')} held.`
      : `${failed.length} of ${plural(hops.length, 'hop')} did not hold.`
  return textOfLines([...lines, '', ...reasons, ...(reasons.length > 0 ? [''] : []), end])
}

const HELD = 'HELD'
const NOT_HELD = 'NOT HELD'

function milliseconds(ms: number | null): string {
  return ms === null ? '-' : ms.toFixed(1)
}
