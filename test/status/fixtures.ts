import { join } from 'node:path'
import { VOLATILE_FIELDS } from '../../src/cli/drill/compare.js'
import { DRILLS } from '../../src/cli/drill/drills.js'
import { EXCHANGE_DRILLS } from '../../src/cli/drill/exchange-drills.js'
import { type Picture, take } from './picture.js'
import { SCENARIOS, type Scenario } from './scenarios.js'

export const FIXTURES = 'fixtures/status'

interface Taken {
  readonly scenario: Scenario
  readonly picture: Picture
}

const pictures = new Map<Scenario, Picture>()

/** Taken once. Throws when the scenario does not come about. */
export function pictureOf(scenario: Scenario): Picture {
  const picture = pictures.get(scenario) ?? take(scenario)
  pictures.set(scenario, picture)
  return picture
}

/** Everything that is written from the scenarios. */
export const OUTPUTS: readonly { readonly path: string; text(): string }[] = [
  ...SCENARIOS.map((scenario) => ({
    path: join(FIXTURES, `${scenario.name}.json`),
    text: () => fixtureText(pictureOf(scenario)),
  })),
  { path: 'specs/status/STATUS_JSON_EXAMPLES.md', text: () => examples(takeAll()) },
  { path: 'specs/status/CHAOS_DRILLS.md', text: () => chaosDrills(takeAll()) },
]

function takeAll(): readonly Taken[] {
  return SCENARIOS.map((scenario) => ({ scenario, picture: pictureOf(scenario) }))
}

function fixtureText({ document }: Picture): string {
  return `${JSON.stringify(document, undefined, 2)}\n`
}

function examples(taken: readonly Taken[]): string {
  return `# \`/status\` by example

Written by \`npm run status:fixtures\`: each document is what the simulated system said when it was driven into that state, and is
kept in \`${FIXTURES}/\`. Environment, hashes and times are those of the simulation.

| state | mode | what an owner reads | ends |
|---|---|---|---|
${taken.map(row).join('\n')}

${taken.map(section).join('\n')}`
}

function row({ scenario: { name }, picture }: Taken): string {
  const { trading_mode, owner_view } = picture.document
  return `| [${name}](#${name}) | ${trading_mode} | ${owner_view.owner_message} | ${ending(picture)} |`
}

function section({ scenario: { name, story }, picture }: Taken): string {
  return `## ${name}

${story}

\`\`\`json
${fixtureText(picture)}\`\`\`
`
}

function ending({ document, orders, activeAfterMs }: Picture): string {
  if (document.trading_mode === 'Active') return '–'
  const seconds = `${((activeAfterMs ?? Number.NaN) / 1000).toFixed(1)} s`
  if (orders.length > 0) return `by a person: ${orders.join(', ')}; here after ${seconds}`
  return `by itself; here after ${seconds}`
}

/** Why a scenario is played in the simulator and not in real processes. */
const SIMULATED_ONLY: Readonly<Record<string, string>> = {
  wal_backpressure: 'a disk cannot be made slow from outside',
  unknown_token_force_kill: 'nothing from outside can bring an unknown word: a message with one is refused as damaged',
  book_gap: 'a paper session is recorded bars: no feed can lose an event of them',
  trades_gap: 'a paper session is recorded bars: no feed can lose an event of them',
  disk_high: 'a disk cannot be filled without harm to whoever else is on it',
  disk_critical: 'a disk cannot be filled without harm to whoever else is on it',
  grid_unavailable: 'a paper session has no grid; what will report it is told to the decision side',
}

function chaosDrills(taken: readonly Taken[]): string {
  const byName = new Map(taken.map((each) => [each.scenario.name, each]))
  const drilled = DRILLS.map(({ name, provokes, recovers }) => {
    const { document } = byName.get(name)!.picture
    return `| \`${name}\` | ${provokes} | ${shown(document)} | ${recovers} |`
  })
  const atExchange = EXCHANGE_DRILLS.map(({ name, provokes, reason, shows, recovers }) => {
    const mode = reason === undefined ? 'Active' : `ReduceOnly: \`${reason}\``
    return `| \`${name}\` | ${provokes} | ${shows === undefined ? mode : `${mode}; ${shows}`} | ${recovers} |`
  })
  const others = taken.filter(({ scenario }) => !DRILLS.some(({ name }) => name === scenario.name))
  const simulated = others.map(({ scenario: { name, story }, picture }) => {
    return `| \`${name}\` | ${story} | ${shown(picture.document)} | ${ending(picture)} | ${SIMULATED_ONLY[name]} |`
  })
  const volatile = Object.entries(VOLATILE_FIELDS).map(([field, why]) => `| \`${field}\` | ${why} |`)
  return `# Chaos drills

Written by \`npm run status:fixtures\` from the drills themselves.

\`\`\`
dolphin drill all
dolphin drill link_lost operator_kill --json
\`\`\`

Each drill starts a paper session of bundled prices in processes of its own (the session, which serves \`/status\`, and its
executor), waits until the system is Active, provokes, and asks \`/status\` over HTTP until it is the golden document of
\`${FIXTURES}/\`, field by field. Then it recovers, waits until the system is Active again, and leaves nothing behind. It prints
PASS or FAIL for each, and ends with 0 when all passed, 1 when one did not.

## On bundled prices

| drill | provoked by | \`/status\` shows | recovers |
|---|---|---|---|
${drilled.join('\n')}

## At an exchange

These start \`dolphin trade\` in STAGING at an exchange of their own (the [sandbox](../../docs/sandbox.md), in the drill's process, over
HTTP and WebSockets), wait until it is Active and holds a position, and provoke as \`dolphin sandbox fault\` does. Words and reasons of
\`/status\` are the same as above, so there are no golden documents of these. When the system is Active again the position is left in
its turn, and the execution journal has every fill that the exchange ever made.

| drill | provoked by | \`/status\` shows | recovers |
|---|---|---|---|
${atExchange.join('\n')}

## In the simulator only

The golden documents of all scenarios, those above included, come from the simulator, and a test takes them anew.

| scenario | what happens | \`/status\` shows | recovers | why it is no drill |
|---|---|---|---|---|
${simulated.join('\n')}

## What is not compared

In a drill these fields differ from run to run while the state is the same; so does where the owner's view repeats them.

| field | depends on |
|---|---|
${volatile.join('\n')}
`
}

function shown({ trading_mode, mode_reasons, open_permission_reason_codes: codes }: Picture['document']): string {
  const reasons = mode_reasons.map((reason) => `\`${reason}\``).join(', ')
  const latch = codes.length === 0 ? '' : `; latched by ${codes.map((code) => `\`${code}\``).join(', ')}`
  return reasons === '' ? trading_mode : `${trading_mode}: ${reasons}${latch}`
}
