import { Interrupted } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { demandedCredentials } from '../compose/demanded-credentials.js'
import { gatesHeld } from '../compose/gates-held.js'
import { lookAtGates, refuseClosedGates } from '../compose/live-gates.js'
import { runLiveSession } from '../compose/live-session.js'
import { recordSlippageBps } from '../compose/record-slippage.js'
import { meansFractions } from '../compose/session-settings.js'
import { interruptedText, sessionSummaryJson, sessionSummaryText } from '../compose/session-text.js'
import { runOfSession } from '../run-options.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { watchInterrupt } from '../shell/signals.js'
import { coloursFor, notice, noticeWarning, printResult } from '../shell/terminal.js'
import type { TradeOptions } from '../trade-options.js'

/**
 * Runs `dolphin trade` on checked options: until it is told to stop. `look` is how its gates are looked at; no option and no file
 * stands for it, only a program that is made of these parts.
 */
export async function runTrade(options: TradeOptions, look: typeof lookAtGates = lookAtGates): Promise<ExitCode> {
  const { credentials, environment: keys } = demandedCredentials()
  const watch = watchInterrupt('bar')
  try {
    const { session, live, environment, executor, serve, quiet } = options
    if (environment === 'LIVE')
      refuseClosedGates(
        await look({
          ...options,
          credentials,
          runOf: ({ options: given }, place) => runOfSession(given, place, { fills: 'bar-price' }),
        }),
      )
    const { run, execution } = session
    const { setup, result } = await runLiveSession(
      {
        ...live,
        session,
        account: { credentials, withCapital: (usd) => options.withCapital(usd) },
        grid: options.grid,
        survival: options.survival,
        executor:
          executor === 'in-process'
            ? executor
            : {
                ...present({ execution }),
                exchangeAt: live.at.name,
                iMeanFractions: meansFractions(run),
                // Gates that hold for this process hold for the execution side that it starts.
                environment: environment === 'LIVE' ? { ...keys, ...gatesHeld(process.pid) } : keys,
              },
        serve,
        quiet,
        ...present({ bars: options.bars }),
        earlierSlippageBps: await recordSlippageBps(options.record),
        tell: (text) => (quiet ? undefined : notice(text)),
        warn: noticeWarning,
      },
      watch.signal,
    )
    if (!result.finished) throw new Interrupted(interruptedText(result, setup.folder))
    const text = options.json
      ? sessionSummaryJson(setup, result)
      : sessionSummaryText(setup, result, coloursFor(process.stdout))
    await printResult(text)
    return EXIT.ok
  } catch (error) {
    if (!watch.signal.aborted || error !== watch.signal.reason) throw error
    throw new Interrupted('Interrupted before the session began.')
  } finally {
    watch.stop()
  }
}
