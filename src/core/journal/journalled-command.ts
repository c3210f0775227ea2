import type { CommonEvent } from '../../ports/sides.js'

/** A command event as the hash in its records covers it: journals know a command by the word `operator`. */
export function journalledCommand({ nowMs, command }: Extract<CommonEvent, { readonly kind: 'command' }>) {
  return { kind: 'operator', nowMs, operator: command } as const
}
