/**
 * Runs a TypeScript program as one plain script: `node scripts/run-bundled.mjs bench/x.ts [arguments]`. A loader that rewrites
 * modules as they are imported wraps every function, and that is then measured as well: a third more at microseconds.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildSync } from 'esbuild'

const [program, ...args] = process.argv.slice(2)
const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(root, 'node_modules/.bundled-'))
try {
  const outfile = join(folder, 'program.mjs')
  buildSync({
    entryPoints: [program],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    // What looks for files beside itself stays where it is.
    external: [join(root, 'scripts/hazelcast-members.mjs')],
    logLevel: 'error',
  })
  process.exitCode = spawnSync(process.execPath, [outfile, ...args], { stdio: 'inherit' }).status ?? 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
