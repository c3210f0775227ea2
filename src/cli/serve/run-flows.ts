import { InputMistake, type Problem } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { FLOW_SCHEDULES } from '../../core/flows/flow-graphs.js'
import type { FlowRow } from '../../ports/vocabulary/flows.js'
import type { FlowListener } from '../../runtime/flows/flow-listener.js'
import { type FlowAlert, FlowsService } from '../../runtime/services/flows/flows-service.js'
import { hostService } from '../../runtime/services/service-host.js'
import { openFlows } from '../compose/flows.js'
import { EMBEDDED_GRID } from '../compose/grid-address.js'
import { type ServeAddress, serveAddress } from '../compose/serve-address.js'
import { servedFlows } from '../compose/served-flows.js'
import { ServiceRoom } from '../compose/services.js'
import { openWhenFree, SharedFlowTasks } from '../compose/shared-flow-tasks.js'
import { type FlowsChoice, flowsChoice, type RawFlowsOptions } from '../flows-options.js'
import { tasksOf } from '../flows-tasks-choice.js'
import type { ExitCode } from '../shell/exit-codes.js'
import { coloursFor, notice, noticeWarning } from '../shell/terminal.js'
import { MACHINE, type RunSurroundings } from './run-service.js'
import { serveUntilStopped } from './serve-until-stopped.js'

/** The options of `dolphin serve flows` as they were typed. */
export interface RawServeFlowsOptions extends RawFlowsOptions {
  readonly serve?: string | true
}

export interface ServeFlowsOptions extends FlowsChoice {
  readonly serve?: ServeAddress
}

/** @throws InputMistake with every mistake. */
export async function serveFlowsOptions({ serve: typed, ...raw }: RawServeFlowsOptions): Promise<ServeFlowsOptions> {
  const problems: Problem[] = []
  const serve = typed === undefined ? undefined : serveAddress(typed, problems)
  const choice = await flowsChoice(raw)
  if (choice.isBundled) {
    const message =
      'expected the folder that days are put in, found nothing: the bundled days are of 2025, and no day is added to them'
    problems.push({ place: '--days', message })
  }
  if (problems.length > 0) throw new InputMistake(problems)
  return { ...choice, ...present({ serve }) }
}

/** Runs `dolphin serve flows` on checked options, until it is told to stop or cannot go on. */
export async function runFlows(options: ServeFlowsOptions, surroundings: RunSurroundings = MACHINE): Promise<ExitCode> {
  const { flows, grid: url, serve, options: typed } = options
  const { time: clock } = surroundings
  const [quiet, json] = [typed.quiet === true, typed.json === true]
  const scheduled = flows.run.map((key) => ({ ...key, schedule: FLOW_SCHEDULES[key.flow] }))
  const stop = surroundings.signals()
  const stopping = new AbortController()
  void stop.stopped.then(() => stopping.abort())
  try {
    const { store, scheduler, close } = await openFlows(flows, noticeWarning)
    try {
      const served = servedFlows(scheduled, { store, clock })
      const shared = new SharedFlowTasks(() =>
        openWhenFree(tasksOf(options, noticeWarning), { clock, stop: stopping.signal }),
      )
      const service = new FlowsService(scheduled, {
        ...{
          clock,
          scheduler,
          store,
          alert,
          warn: noticeWarning,
          listener: told(quiet, served.metrics.ended.bind(served.metrics)),
        },
        open: () => shared.open(),
      })
      const server = await (serve && served.serve(serve, () => service.health()))
      if (server !== undefined && !quiet) notice(`Serving /metrics, /healthz and /flows at ${server.address}`)
      try {
        const names = flows.run.map(({ flow, colour }) => `${flow} ${colour}`).join(', ')
        const about = `of ${flows.days}, ledger in ${flows.redis === undefined ? flows.folder : 'Redis'}: ${names}`
        return await withHost(url, surroundings, (room) =>
          serveUntilStopped(service, { room, stop, about, json, quiet }),
        )
      } finally {
        await server?.close()
      }
    } finally {
      await close()
    }
  } finally {
    stop.release()
  }
}

/** Hosts with heartbeats in a grid that others see; an embedded one is open while something is run alone. */
async function withHost<T>(
  url: string,
  { time, openGrid }: RunSurroundings,
  use: (room: Pick<ServiceRoom, 'host'>) => Promise<T>,
): Promise<T> {
  if (url === EMBEDDED_GRID) {
    return use({ host: (service, signal) => hostService(service, { clock: time, beat: () => {} }, signal) })
  }
  const grid = await openGrid({ url, report: noticeWarning })
  const room = new ServiceRoom({ grid, time, random: Math.random, warn: noticeWarning })
  try {
    return await use(room)
  } finally {
    await room.close()
    await grid.close()
  }
}

/** A line that a log can be searched for, whatever is quiet. */
function alert({ kind, flow, colour, stamp, message }: FlowAlert): void {
  const c = coloursFor(process.stderr)
  notice(`${c.bold(c.red('ALERT'))} ${kind} flow=${flow} colour=${colour} date=${stamp}: ${message}`)
}

function told(
  quiet: boolean,
  counted: (row: FlowRow, outcome: 'SUCCESS' | 'HIBERNATED' | 'FAILED') => void,
): FlowListener {
  const say = (text: string): void => {
    if (!quiet) notice(text)
  }
  return {
    begun: ({ flow, colour, stamp }, row) =>
      say(`${flow} ${colour} ${stamp}: begun${row !== null && row.attempts > 1 ? `, run ${row.attempts}` : ''}`),
    ended: (row) => {
      const { flow, colour, stamp, status } = row
      if (status === 'SUCCESS' || status === 'HIBERNATED' || status === 'FAILED') counted(row, status)
      say(`${flow} ${colour} ${stamp}: ${status}`)
    },
  }
}
