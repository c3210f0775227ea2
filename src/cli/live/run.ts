import { readCredentials } from '../../adapters/binance/credentials.js'
import type { GateFinding } from '../../core/live/live-gates.js'
import { lookAtGates } from '../compose/live-gates.js'
import { runOfSession } from '../run-options.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { reportJson } from '../shell/report-json.js'
import { type Colours, coloursFor, printResult, textOfLines } from '../shell/terminal.js'
import type { TradeOptions } from '../trade-options.js'

/** Runs `dolphin live check` on checked options. */
export async function runLiveCheck(options: TradeOptions): Promise<ExitCode> {
  const credentials = readCredentials(process.env)
  const runOf = ({ options: given }: Parameters<Parameters<typeof lookAtGates>[0]['runOf']>[0], place: string) =>
    runOfSession(given, place, { fills: 'bar-price' })
  const gates = await lookAtGates({ ...options, credentials, runOf })
  await printResult(options.json ? gatesJson(gates) : gatesText(gates, coloursFor(process.stdout)))
  return gates.every(({ holds }) => holds) ? EXIT.ok : EXIT.failed
}

export function gatesJson(gates: readonly GateFinding[]): string {
  return reportJson({
    schema: 'dolphin.live-check/1',
    holds: gates.every(({ holds }) => holds),
    gates: gates.map(({ gate, holds, sinceMs, found, remedy }) => ({ gate, holds, since_ms: sinceMs, found, remedy })),
  })
}

/** A line for each gate; below one that is closed, what to do. */
export function gatesText(gates: readonly GateFinding[], colours: Colours): string {
  const width = Math.max(...gates.map(({ gate }) => gate.length))
  const lines = gates.flatMap(({ gate, holds, sinceMs, found, remedy }) => {
    const since = sinceMs === null ? '' : `, since ${new Date(sinceMs).toISOString()}`
    const word = holds ? colours.green('HOLDS        ') : colours.red('DOES NOT HOLD')
    const line = `${word}  ${gate.padEnd(width)}  ${found}${since}`
    return remedy === null ? [line] : [line, `${' '.repeat(INDENT + width)}${colours.dim(remedy)}`]
  })
  const closed = gates.filter(({ holds }) => !holds).length
  const verdict =
    closed === 0
      ? 'All gates hold: LIVE may be started.'
      : `${closed} of ${gates.length} gates do not hold: LIVE refuses to start.`
  return textOfLines([...lines, '', colours.bold(verdict)])
}

/** Width of the verdict and the gaps around the name. */
const INDENT = 'DOES NOT HOLD'.length + 4
