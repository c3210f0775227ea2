import { readFileSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { InputMistake } from '../../base/mistakes.js'
import { parseEvidence } from '../../config/forewarner-evidence.js'
import { type Assessment, type AssessmentRequest, assessTrades } from '../../core/forewarner/assessment.js'
import { displayPath } from '../../files/package-files.js'
import { reason } from '../../files/reason.js'

/** One assessment, with the trades of a file beside those of the request. Reads, parses and computes as long as that takes. */
export function assessWithFile({ request, trades }: ForewarnerErrand): Assessment {
  if (trades === undefined) return assessTrades(request)
  const ofFile = tradesOfFile(trades)
  return assessTrades({ ...request, trades: [...request.trades, ...ofFile] })
}

/** What the thread is started for. */
export interface ForewarnerErrand {
  readonly request: AssessmentRequest
  /** A file of closed trades. */
  readonly trades?: string
}

/** @throws InputMistake with everything that is wrong with the file. */
export function tradesOfFile(path: string): AssessmentRequest['trades'] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new InputMistake({ place: displayPath(path), message: `cannot read it: ${reason(error)}` })
  }
  return parseEvidence(text, displayPath(path)).map((trade) => ({ ...trade, exitTimeMs: trade.exitTimeMs! }))
}

/** What it answers; a message of its failure, which is a person's to read. */
export type ForewarnerAnswer = { readonly assessment: Assessment } | { readonly failure: string }

if (parentPort !== null && isErrand(workerData)) parentPort.postMessage(answerTo(workerData))

function answerTo(errand: ForewarnerErrand): ForewarnerAnswer {
  try {
    return { assessment: assessWithFile(errand) }
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) }
  }
}

/** Other threads load modules of this one's bundle, too. */
function isErrand(data: unknown): data is ForewarnerErrand {
  return typeof data === 'object' && data !== null && 'request' in data
}
