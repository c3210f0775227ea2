import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { openFileJournal } from '../src/adapters/journal/file-journal.js'
import { MemoryJournal } from '../src/adapters/journal/memory-journal.js'
import { connectLink, serveLink } from '../src/adapters/socket/socket-link.js'
import { connectVenue } from '../src/adapters/socket/socket-venue.js'
import { serveVenue } from '../src/adapters/socket/venue-server.js'
import { ExecutionSide } from '../src/core/execution/execution-side.js'
import type { ExecutionRecord } from '../src/core/execution/records.js'
import { EXECUTION_DEFAULTS } from '../src/core/execution/settings.js'
import { recordLine } from '../src/core/journal/frame.js'
import { journalFormat } from '../src/core/journal/journal-format.js'
import type { Journal, SideKind } from '../src/ports/journal.js'
import type { ExecutionInput } from '../src/ports/sides.js'
import type { Venue } from '../src/ports/venue.js'
import { hostedVenue } from '../src/runtime/host/hosted-venue.js'
import { SideHost } from '../src/runtime/host/side-host.js'
import { BUILD, instrument, SYMBOLS } from '../test/support/in-and-out.js'
import type { LiveSessionParts } from '../test/support/live-session.js'
import { LIVE_TIME } from '../test/support/live-session.js'
import { nowUs } from './scan-publishers.js'

export type JournalChoice = 'memory' | 'file'

/** A journal in this folder, or in memory. */
export async function journalIn(choice: JournalChoice, folder: string, kind: SideKind): Promise<Journal> {
  if (choice === 'memory') return new MemoryJournal()
  return (await openFileJournal(join(folder, kind), journalFormat(kind, BUILD), { take() {} })).journal
}

/** The execution side in a process of its own, at sockets in the folder. `submitted` is told when it asked its venue, µs. */
export function executorProcess(
  { folder, journal }: { readonly folder: string; readonly journal: JournalChoice },
  submitted: (atUs: number) => void,
): Extract<LiveSessionParts['execution'], (...given: never[]) => unknown> {
  return async (venue) => {
    const link = await serveLink(join(folder, 'link.sock'))
    const server = await serveVenue(join(folder, 'exchange.sock'), venue)
    const child = fork(process.argv[1]!, ['executor', folder, journal])
    child.on('message', (atUs) => submitted(atUs as number))
    const stop = async () => {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
      await server.close()
      await link.close()
      return { records: 0, stateHash: '' }
    }
    let stopped: ReturnType<typeof stop> | undefined
    const stopOnce = () => {
      stopped ??= stop()
      return stopped
    }
    return { link, execution: { name: 'executor', take: async () => {}, stop: stopOnce } }
  }
}

/** The program of {@link executorProcess}. */
export async function executorProgram(folder: string, choice: JournalChoice): Promise<void> {
  const link = connectLink(join(folder, 'link.sock'))
  const venue = watched(connectVenue(join(folder, 'exchange.sock')))
  const settings = { ...EXECUTION_DEFAULTS, instruments: SYMBOLS.map(instrument), build: BUILD }
  const host = new SideHost<ExecutionInput, ExecutionRecord>(new ExecutionSide(settings), {
    timer: LIVE_TIME,
    journal: await journalIn(choice, folder, 'execution'),
    link,
    venue: hostedVenue(venue),
    format: recordLine,
    recorded() {},
    alerted: ({ level, message }) => level !== 'INFO' && console.error(`executor: ${level}: ${message}`),
    broken(error) {
      throw error
    },
  })
  host.start()
  process.on('disconnect', () => void host.stop().then(() => process.exit()))
}

function watched(venue: Venue): Venue {
  return {
    send(request) {
      if (isOrder(request)) process.send!(nowUs())
      venue.send(request)
    },
    listen: (listener) => venue.listen(listener),
    close: () => venue.close(),
  }
}

/** An entry, or the exit from it: what protects a position in between is none. */
export function isOrder(request: Parameters<Venue['send']>[0]): boolean {
  return request.kind === 'submit' && request.order.type === 'MARKET'
}
