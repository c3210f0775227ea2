import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

/** For a container: no sandbox to set up, no graphics card, and nothing that talks to the network by itself. */
const LAUNCH_ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/**
 * The Chromium of this machine: `$CHROMIUM`, else the first one on the usual paths and `$PATH`.
 * @returns its path, or undefined when there is none, after saying loudly that browser tests will be skipped
 * @throws when there is none and `DOLPHIN_REQUIRE_CHROMIUM=1`: where a browser is promised, a skip would be a false green
 */
export function findChromium(): string | undefined {
  const named = process.env.CHROMIUM
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)]
  const candidates = named ? [named] : folders.flatMap((folder) => PROGRAMS.map((program) => join(folder, program)))
  const found = candidates.find((candidate) => existsSync(candidate))
  if (found !== undefined) return found
  const problem = named
    ? `CHROMIUM names ${named}, which does not exist`
    : `no Chromium found: looked for ${PROGRAMS.join(', ')} in /usr/bin and on PATH; set CHROMIUM to its path`
  if (process.env.DOLPHIN_REQUIRE_CHROMIUM === '1') throw new Error(`DOLPHIN_REQUIRE_CHROMIUM=1, but ${problem}`)
  process.stderr.write(`\n!!! BROWSER TESTS SKIPPED: ${problem}\n\n`)
  return undefined
}

/** Starts the browser at `executablePath`; the caller closes it. */
export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: LAUNCH_ARGUMENTS })
}
