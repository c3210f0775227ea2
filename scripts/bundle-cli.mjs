/**
 * Bundles the command line of a build: `node scripts/bundle-cli.mjs dist`. What `dolphin` runs lies in `dist/cli` then, in files
 * that are loaded together, instead of one file a module (see docs/decisions/016-bundled-command-line.md). The modules of
 * the library stay as they are; names and comments stay in the bundle, so that stack traces can be read.
 */
import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildSync } from 'esbuild'

/** Where `dolphin` and its threads begin. */
const ENTRIES = [
  'cli/main.js',
  'adapters/parquet/decode-worker.js',
  'runtime/strategy/guard-thread.js',
  'runtime/strategy/call-watchdog-thread.js',
  'cli/compose/forewarner-thread.js',
  'cli/compose/day-writing-thread.js',
  'cli/compose/part-encoding-thread.js',
]

const [build] = process.argv.slice(2)
const folder = join(build, 'cli')
const bundled = join(build, 'cli.bundled')
buildSync({
  entryPoints: ENTRIES.map((entry) => join(build, entry)),
  outdir: bundled,
  // One folder for all, as deep as the modules that look for files of the package or beside their own.
  entryNames: '[name]',
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
})
rmSync(folder, { recursive: true })
renameSync(bundled, folder)
