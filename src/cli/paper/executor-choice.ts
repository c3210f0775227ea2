import { present } from '../../base/present.js'
import type { KeptChoice } from '../compose/kept-session.js'
import { meansFractions } from '../compose/session-settings.js'
import type { PaperOptions } from './options.js'

/** Where the execution side runs. A process of its own reads its files itself. */
export function executorOf({ executor, execution, instruments, run }: PaperOptions): KeptChoice['executor'] {
  if (executor === 'in-process') return executor
  return { ...present({ execution, instruments }), iMeanFractions: meansFractions(run) }
}
