/** `npm run status:fixtures`: writes the golden documents and what is made of them. A test holds all of it to the simulation. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { FIXTURES, outputs, takeAll } from './fixtures.js'

mkdirSync(FIXTURES, { recursive: true })
for (const [path, text] of outputs(takeAll())) writeFileSync(path, text)
