import { describe, expect, it } from 'vitest'
import { parseConfigDocument } from '../../src/config/yaml-document.js'

describe('a YAML file', () => {
  it.each<[string, unknown]>([
    ['', null],
    ['# nothing\n', null],
    ['a: 1\n', { a: 1 }],
    ['%YAML 1.2\n---\na: 1\n...\n# the end\n', { a: 1 }],
    ['a: &x 1\nb: *x\n', { a: 1, b: 1 }],
  ])('%j is one document', (text, value) => {
    expect(parseConfigDocument(text, 'f.yml').value).toEqual(value)
  })

  const another = 'expected one YAML document, found another from here on (behind --- or ...)'
  it.each([
    ['a: 1\n---\nb: 2\n', `f.yml:2:1: ${another}`],
    ['a: 1\n---\n', `f.yml:2:1: ${another}`],
    ['a: 1\n...\nno yaml: [\n', `f.yml:3:1: ${another}`],
    ['---\na: 1\n---\na: 1\n---\na: 1\n', `f.yml:3:1: ${another}`],
    ['a: 1\nb: 2\na: 3\n', "f.yml:3:1: duplicate key 'a', first given in line 1"],
    ['n: &n a\na: 1\n*n : 2\n', "f.yml:3:1: duplicate key 'a', first given in line 2"],
    ['n: &n a\ns:\n  *n : 1\n  b: 2\n  *n : 3\n', "f.yml:5:3: duplicate key 'a', first given in line 3"],
    ['a: *nobody\n', "f.yml:1:4: unknown alias '*nobody'"],
  ])('%j is refused at its line and column', (text, message) => {
    expect(() => parseConfigDocument(text, 'f.yml')).toThrow(message)
  })
})
