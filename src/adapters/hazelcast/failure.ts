import { type GridFailure, GridUnavailable } from '../../ports/grid.js'

/** The client as it was loaded: its classes are what errors are told apart by, since each calls itself `Error`. */
export type HazelcastModule = typeof import('hazelcast-client')

/**
 * What a call came to, in the words of the port.
 *
 * @param asked what was asked for, `set in map DOLPHIN_FEATURES`.
 */
export function gridUnavailable(client: HazelcastModule, error: unknown, asked: string): GridUnavailable {
  if (error instanceof GridUnavailable) return error
  const [, reason] = reasons(client).find(([kind]) => error instanceof kind) ?? [undefined, 'indeterminate' as const]
  const text = error instanceof Error ? `${error.constructor.name}: ${error.message}` : String(error)
  return new GridUnavailable(reason, `asked for ${asked}, and was answered ${text}`, { cause: error })
}

type ErrorClass = abstract new (...args: never) => Error

/**
 * The first that fits counts: a class stands before the one that it extends. Whatever is not here may have come after a
 * change was made.
 */
function reasons(client: HazelcastModule): readonly (readonly [ErrorClass, GridFailure])[] {
  return [
    [client.ClientNotActiveError, 'closed'],
    // Not `offline`: a call that may be repeated was under way before, and is told so when it is tried again.
    [client.ClientOfflineError, 'indeterminate'],
    [client.OperationTimeoutError, 'deadline'],
    [client.UnsupportedOperationError, 'unsupported'],
    [client.SplitBrainProtectionError, 'unsupported'],
    [client.NoDataMemberInClusterError, 'unsupported'],
    [client.ClassCastError, 'unsupported'],
    [client.HazelcastSerializationError, 'unsupported'],
  ]
}
