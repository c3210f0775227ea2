// Makes fixtures/days anew from the recorded price table: npm run build && node scripts/build-fixture-days.mjs <prices.parquet>
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const days = fileURLToPath(new URL('../fixtures/days', import.meta.url))
const prices = process.argv[2]
if (prices === undefined) {
  console.error('usage: node scripts/build-fixture-days.mjs <prices.parquet>')
  process.exit(2)
}
// Built beside, not in place: the fixtures are the days alone, without manifest and state.
const out = mkdtempSync(join(tmpdir(), 'dolphin-fixtures-'))
const { status } = spawnSync(
  process.execPath,
  [main, 'data', 'build', '--klines', prices, '--universe', 'all', '--out', out],
  { stdio: 'inherit' },
)
if (status === 0) {
  for (const name of readdirSync(out)) if (name.endsWith('.parquet')) copyFileSync(join(out, name), join(days, name))
}
rmSync(out, { recursive: true })
process.exitCode = status ?? 1
