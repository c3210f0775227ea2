import { InputMistake } from '../../base/mistakes.js'

/** What an execution side finds in its environment when the process that has started it, of that id, has found every gate of LIVE open. */
export function gatesHeld(pid: number): Readonly<Record<string, string>> {
  return { [VARIABLE]: String(pid) }
}

/**
 * An execution side by itself trades no money: gates are looked at by whoever starts it.
 *
 * @throws InputMistake where that was not `dolphin trade --environment LIVE`.
 */
export function refuseUngated(
  exchange: string,
  { parentPid, environment }: { readonly parentPid: number; readonly environment: NodeJS.ProcessEnv },
): void {
  if (exchange !== 'production' || environment[VARIABLE] === String(parentPid)) return
  throw new InputMistake(
    {
      place: '--exchange-at',
      message:
        'expected demo, or the address of a sandbox, found production: money is traded behind the gates of LIVE alone',
    },
    { hint: 'dolphin trade --environment LIVE --executor process starts an executor there, once every gate holds.' },
  )
}

/** Set for that child alone; the id makes one that was left in a shell worthless. */
const VARIABLE = 'DOLPHIN_LIVE_GATES_HELD_BY'
