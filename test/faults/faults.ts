import { parseArgs } from 'node:util'
import { SCENES } from './commands.js'
import { disorders, inPreparedFolder, trials } from './law.js'

/**
 * `npx tsx test/faults/faults.ts`: makes every call to the file system fail, one at a time, in every command. `--stays`: and every
 * later one of its kind. `--disorder`: puts other things where files are expected, instead. `--scene <name>`: of one command.
 * `--runs <n>`: at most so many of each, `--errors <n>`: so many errors at each call.
 */
const { values } = parseArgs({
  options: {
    scene: { type: 'string' },
    runs: { type: 'string', default: 'Infinity' },
    from: { type: 'string', default: '1' },
    errors: { type: 'string', default: '1' },
    disorder: { type: 'boolean', default: false },
    stays: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
})
const plan = {
  runs: Number(values.runs),
  from: Number(values.from),
  errors: Number(values.errors),
  stays: values.stays,
}
const unhandled: unknown[] = []
process.on('unhandledRejection', (error) => void unhandled.push(error))
process.on('uncaughtException', (error) => void unhandled.push(error))

async function main(): Promise<void> {
  let broken = 0
  await inPreparedFolder(async (prepared) => {
    for (const scene of SCENES.filter(({ name }) => values.scene === undefined || name === values.scene)) {
      let [runs, bad] = [0, 0]
      const startedMs = performance.now()
      for await (const trial of values.disorder ? disorders(scene, prepared) : trials(scene, prepared, plan)) {
        runs++
        await new Promise((resolve) => setImmediate(resolve))
        const laws = [
          ...trial.broken,
          ...unhandled.splice(0).map((error) => `nobody's: ${String((error as Error)?.stack ?? error)}`),
        ]
        const { call, code, path } = trial.failed ?? { call: 'nothing', code: '', path: '' }
        const line = `${scene.name} ${trial.at}: ${call} ${code} ${path} → ${trial.code}`
        if (laws.length > 0) {
          bad++
          process.stdout.write(
            `  ${line}: ${laws.join('; ')}\n${trial.stderr.split('\n').slice(0, 8).join('\n').replace(/^/gm, '      ')}\n`,
          )
        } else if (values.verbose) process.stdout.write(`  ${line}: ${trial.stderr.split('\n')[0]}\n`)
      }
      broken += bad
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
      process.stdout.write(
        `${scene.name}: ${runs} runs in ${seconds} s, ${bad === 0 ? 'the law held' : `${bad} BROKEN`}\n`,
      )
    }
  })
  process.exitCode = broken === 0 ? 0 : 1
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`)
  process.exitCode = 1
})
