import type { Command } from 'commander'
import { register as registerBuild } from './build/run.js'
import { register as registerDownload } from './download/command.js'
import { register as registerSynth } from './synth/run.js'
import { register as registerVerify } from './verify/run.js'

/** `dolphin data …`: fetching prices, making and checking day files. */
export function register(parent: Command): void {
  const data = parent
    .command('data')
    .summary('fetch prices, make and check day files')
    .description('Fetch prices, make and check day files.')
  registerBuild(data)
  registerDownload(data)
  registerSynth(data)
  registerVerify(data)
}
