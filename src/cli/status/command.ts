import type { Command } from 'commander'
import { register as registerShow } from './show.js'
import { register as registerValidate } from './validate.js'

/** `dolphin status …`: reading the safety surface. */
export function register(parent: Command): void {
  const status = parent
    .command('status')
    .summary('read and check the safety surface')
    .description('Read and check /status, the safety surface of a running system.')
  registerShow(status)
  registerValidate(status)
}
