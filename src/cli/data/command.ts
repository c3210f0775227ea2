import type { Command } from 'commander'
import { register as registerBuild } from './build/run.js'
import { register as registerSynth } from './synth/run.js'
import { register as registerVerify } from './verify/run.js'

/** `dolphin data …`: making and checking day files. */
export function register(parent: Command): void {
  const data = parent.command('data').summary('make and check day files').description('Make and check day files.')
  registerBuild(data)
  registerSynth(data)
  registerVerify(data)
}
