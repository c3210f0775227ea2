import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, it } from 'vitest'
import { packageFile } from '../../src/files/package-files.js'

it('the configuration schema is a valid JSON Schema 2020-12', () => {
  const ajv = new Ajv2020({ keywords: ['expected'] })
  const schema: unknown = JSON.parse(readFileSync(packageFile('specs', 'config.schema.json'), 'utf8'))
  ajv.validateSchema(schema as object, true)
  expect(ajv.errors).toBeNull()
})
