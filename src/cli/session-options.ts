import { found } from '../base/mistakes.js'
import { didYouMean } from '../base/suggest.js'
import { aFile, asTyped, option } from './shell/option-table.js'

/** How a session runs, on paper or at an exchange. */
export const RUNNING_OPTIONS = {
  execution: option({
    flag: '--execution',
    value: '<yaml>',
    help: 'execution configuration (default: the packaged configs/execution.yml)',
    parse: aFile,
  }),
  out: option({
    flag: '--out',
    value: '<folder>',
    help: "the session's folder (default: paper-<first day>)",
    parse: (typed, check, flag) => (typed === '' ? check.wrong(flag, 'expected a folder, found ""') : typed),
  }),
  resume: option({
    flag: '--resume',
    help: 'continue the session in --out, whatever ended its process',
    parse: asTyped<boolean>,
  }),
  executor: option({
    flag: '--executor',
    value: '<where>',
    help: 'in-process, or process: one of its own, started again when it dies',
    standard: 'in-process',
    parse: (typed, check, flag) => {
      if (typed === 'in-process' || typed === 'process') return typed
      const near = didYouMean(typed, ['in-process', 'process'])
      return check.wrong(flag, `expected in-process or process, found ${found(typed)}${near}`)
    },
  }),
  json: option({ flag: '--json', help: 'the summary as JSON', parse: asTyped<boolean> }),
}
