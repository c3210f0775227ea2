import { FileSessionLog } from '../../../src/adapters/session-log/session-log.js'
import { positionId } from '../../../src/ports/vocabulary/ids.js'
import { sessionSettings, tradeRecord } from '../../support/session.js'

/** Records trades for ever, one line on stdout for each that is durable, until somebody ends the process. */
const log = await FileSessionLog.open(process.argv[2]!, sessionSettings())
for (let i = 0; ; i++) {
  log.trade(tradeRecord({ tradeId: positionId(`t${i}`) }))
  await log.flush()
  process.stdout.write(`t${i}\n`)
}
