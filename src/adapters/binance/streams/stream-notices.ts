import type { Notice } from '../notice.js'
import { shown } from '../shown.js'
import { LATENESS } from './lateness.js'

/** What a person is told of market streams: one function a thing that happens. */
export const STREAM_NOTICES = Object.freeze({
  /** We refuse it: the exchange would acknowledge it, and never send anything. */
  refused: (names: readonly string[]) =>
    notice('ERROR', 'STREAM_REFUSED', `no stream of the exchange has such a name: ${listed(names)}`),
  subscriptionRefused: (names: readonly string[], answer: unknown) =>
    notice(
      'WARNING',
      'SUBSCRIPTION_REFUSED',
      `the exchange refused ${listed(names)}: ${shown(answer, ANSWER_LENGTH_MAX)}`,
    ),
  malformed: (connection: string) =>
    notice('WARNING', 'STREAM_MALFORMED', `a frame of ${connection} cannot be read and was passed over`),
  closed: (connection: string, { streams, how }: { streams: number; how: string }) =>
    notice('WARNING', 'STREAM_CLOSED', `${connection} with ${streams} streams was closed with ${how}`),
  unreachable: (connection: string, how: string) =>
    notice('WARNING', 'STREAM_UNREACHABLE', `${connection} could not be opened: ${how}; it is tried again`),
  silent: (connection: string) =>
    notice('WARNING', 'STREAM_SILENT', `${connection} or a stream of it is silent: a new connection is made`),
  late: (connection: string) =>
    notice(
      'WARNING',
      'STREAM_LATE',
      `${connection} is more than ${LATENESS.behindMs / 1_000} s behind: a new connection is made`,
    ),
  mute: (names: readonly string[]) =>
    notice('ERROR', 'STREAM_MUTE', `acknowledged, and not a frame of ${listed(names)}: ${TRIED}`),
  dead: (names: readonly string[]) => notice('ERROR', 'STREAM_DEAD', `no frame any more of ${listed(names)}: ${TRIED}`),
  back: (name: string) => notice('INFO', 'STREAM_BACK', `${name} speaks again`),
})

const TRIED = 'neither a new subscription nor a new connection helped'
const NAMES_TOLD = 5
const ANSWER_LENGTH_MAX = 200

function notice(level: Notice['level'], code: string, message: string): Notice {
  return { kind: 'notice', level, code, message }
}

function listed(names: readonly string[]): string {
  const more = names.length - NAMES_TOLD
  return names.slice(0, NAMES_TOLD).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
