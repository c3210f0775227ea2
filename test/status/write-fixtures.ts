/** `npm run status:fixtures`: writes the golden documents and what is made of them. A test holds all of it to the simulation. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { FIXTURES, OUTPUTS } from './fixtures.js'

mkdirSync(FIXTURES, { recursive: true })
for (const { path, text } of OUTPUTS) writeFileSync(path, text())
