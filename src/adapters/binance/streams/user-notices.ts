import type { Notice } from '../notice.js'

/** Why a new key and a new socket are asked for. */
export type RenewalReason = 'start' | 'closed' | 'expired' | 'keyGone' | 'keepalive' | 'deaf' | 'silent' | 'age'

/** What a person is told of the user stream; never its key. */
export const USER_NOTICES = Object.freeze({
  /** Nothing of a start and of an age, which are as they should be. */
  renewed: (reason: RenewalReason): Notice | undefined => {
    const why = WHY[reason]
    return why === undefined ? undefined : notice('USER_STREAM_RENEWED', `${why}: a new one is opened`)
  },
  unreachable: (why: string) =>
    notice('USER_STREAM_UNREACHABLE', `the user stream could not be opened: ${why}; it is tried again`),
  malformed: () => notice('USER_STREAM_MALFORMED', 'an event of the account cannot be read: the account is read anew'),
})

const WHY: Record<RenewalReason, string | undefined> = {
  start: undefined,
  closed: 'the user stream was closed',
  expired: 'the listen key has expired',
  keyGone: 'the listen key is gone: another client of the account may have deleted it',
  keepalive: 'the listen key could not be kept alive',
  deaf: 'the user stream did not tell what it had to',
  silent: 'the user stream has not been pinged for too long',
  age: undefined,
}

function notice(code: string, message: string): Notice {
  return { kind: 'notice', level: 'WARNING', code, message }
}
