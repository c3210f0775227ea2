import { describe, expect, it } from 'vitest'
import { hazelcastAddress, readHazelcastUrl } from '../../../src/adapters/hazelcast/url.js'
import { InputMistake } from '../../../src/base/mistakes.js'

const FORM = 'expected hazelcast://host:port[,host:port…][/cluster]'
const MEMBER = 'expected a member as host:port, such as 127.0.0.1:5701, found'
const NAME = 'expected the name of a cluster behind the "/", letters, digits and ._-, found'

describe('the address of a cluster', () => {
  it.each([
    ['hazelcast://127.0.0.1:5701', ['127.0.0.1:5701'], 'dolphin'],
    ['hazelcast://a:1,b.c:65535,[::1]:5701/green', ['a:1', 'b.c:65535', '[::1]:5701'], 'green'],
    ['hazelcast://grid-1.local:5701/dolphin_2.a-b', ['grid-1.local:5701'], 'dolphin_2.a-b'],
  ])('%s names its members and its cluster', (text, members, cluster) => {
    expect(hazelcastAddress(text, refuse)).toEqual({ members, cluster })
  })

  it.each([
    ['', `${FORM}, found ""`],
    ['127.0.0.1:5701', `${FORM}, found "127.0.0.1:5701"`],
    ['HAZELCAST://a:1', `${FORM}, found "HAZELCAST://a:1"`],
    ['hazelcast://', `${MEMBER} ""`],
    ['hazelcast://a', `${MEMBER} "a"`],
    ['hazelcast://a:1,', `${MEMBER} ""`],
    ['hazelcast://a:1, b:2', `${MEMBER} " b:2"`],
    ['hazelcast://:5701', `${MEMBER} ":5701"`],
    ['hazelcast://a:x', `${MEMBER} "a:x"`],
    ['hazelcast://a:0', 'expected a port from 1 to 65535, found "a:0"'],
    ['hazelcast://a:65536', 'expected a port from 1 to 65535, found "a:65536"'],
    ['hazelcast://a:1,b:1,a:1', 'expected every member once, found "a:1" twice'],
    ['hazelcast://a:1/', `${NAME} ""`],
    ['hazelcast://a:1/b/c', `${NAME} "b/c"`],
    ['hazelcast://a:1?b=c', `${FORM} without parameters, found "hazelcast://a:1?b=c"`],
  ])('%j is refused: %s', (text, message) => {
    expect(problemOf(text)).toBe(message)
  })

  it('a program reads one that is right, and is refused any other with an InputMistake', () => {
    expect(readHazelcastUrl('hazelcast://a:1,b:2/mine')).toEqual({ members: ['a:1', 'b:2'], cluster: 'mine' })
    expect(() => readHazelcastUrl('redis://a:1')).toThrow(
      new InputMistake({ place: 'url', message: `${FORM}, found "redis://a:1"` }),
    )
  })

  it('carries no credentials, and they are not repeated', () => {
    const problem = problemOf('hazelcast://me:secret@a:1')
    expect(problem).toBe(`${FORM} without credentials: a cluster asks for none, found an "@"`)
  })
})

function refuse(message: string): never {
  throw new Error(message)
}

function problemOf(text: string): string | undefined {
  let problem: string | undefined
  const address = hazelcastAddress(text, (message) => {
    problem = message
    return undefined
  })
  expect(address).toBeUndefined()
  return problem
}
