/** What the process answers to its caller. The same everywhere, and part of the public surface: scripts branch on it. */
export const EXIT = Object.freeze({
  /** The command did what was asked. */
  ok: 0,
  /**
   * It ran to the end and the answer is bad (a causality violation, findings in the data), or the machine could not do it: a full
   * disk, a file that may not be read.
   */
  failed: 1,
  /** The command line or a configuration is wrong; nothing was run. */
  usage: 2,
  /** Data was refused: unreadable, inconsistent, or not a day file. */
  dataRefused: 3,
  /** An observation has failed for ever: what it said before holds, and it says nothing more. */
  observationFailed: 4,
  /** Stopped by Ctrl-C; nothing half was printed or written. 128 + SIGINT, as shells count. */
  interrupted: 130,
})

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** The table at the foot of `--help`. */
export const EXIT_CODES_HELP = `Exit codes:
  0    done
  1    it ran, and the answer is bad (findings, a causality violation), or the machine
       could not do it (a full disk, a file that may not be read)
  2    wrong command line or configuration; nothing was run
  3    data refused
  130  interrupted; nothing half was written`

/** The same for what observes. */
export const OBSERVE_EXIT_CODES_HELP = EXIT_CODES_HELP.replace(
  '\n  130 ',
  '\n  4    the observation has FAILED: what it said before holds, and it says nothing more\n  130 ',
).replace('nothing half was written', 'the summary so far was printed')
