/**
 * CPU time of whole sessions, `dolphin paper --speed max` on bundled days of 1,440 bars, best of several runs:
 *
 *   npm run build && npx tsx bench/session.ts
 *
 * The baseline of two days that lie nine days apart is two days that follow each other: the gap between them is empty.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Figure, line, runNode } from './measure.js'

const ROUNDS = 3
const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const DAYS = fileURLToPath(new URL('../fixtures/days', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'dolphin-bench-'))

/** Least CPU time of a session over these days, s. */
function session(name: string, dates: readonly string[]): number {
  const days = join(folder, name)
  mkdirSync(days)
  for (const date of dates) copyFileSync(join(DAYS, `${date}.parquet`), join(days, `${date}.parquet`))
  const times = Array.from({ length: ROUNDS }, (_, round) => {
    const out = join(folder, `${name}-${round}`)
    return runNode([MAIN, 'paper', '--days', days, '--out', out, '--speed', 'max', '--quiet']).cpuMs / 1e3
  })
  return Math.min(...times)
}

try {
  const one = session('one', ['2025-05-11'])
  const neighbours = session('neighbours', ['2025-05-11', '2025-05-12'])
  const apart = session('apart', ['2025-05-11', '2025-05-20'])
  const figures: Figure[] = [
    { name: 'a day of 1,440 bars, CPU', value: one, unit: 's', target: '2 s' },
    { name: 'two days, CPU', value: neighbours, unit: 's' },
    {
      name: 'two days nine days apart, CPU',
      value: apart,
      unit: 's',
      baseline: { name: 'two days', value: neighbours },
    },
  ]
  for (const figure of figures) console.log(line(figure))
} finally {
  rmSync(folder, { recursive: true })
}
