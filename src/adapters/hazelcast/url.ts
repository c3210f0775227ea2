import { found, InputMistake } from '../../base/mistakes.js'

/** Where a cluster is: any of its members, and its name. */
export interface HazelcastAddress {
  /** `host:port` each; one that answers is enough, it knows the others. */
  readonly members: readonly string[]
  readonly cluster: string
}

/**
 * `hazelcast://host:port[,host:port…][/cluster]`; undefined, after `wrong` has been told what was expected and what was
 * found, when the text is none.
 */
export function hazelcastAddress(text: string, wrong: (message: string) => undefined): HazelcastAddress | undefined {
  const expected = 'expected hazelcast://host:port[,host:port…][/cluster]'
  if (!text.startsWith(SCHEME)) return wrong(`${expected}, found ${found(text)}`)
  const rest = text.slice(SCHEME.length)
  // Not quoted: what stands before the @ may be a secret.
  if (rest.includes('@')) return wrong(`${expected} without credentials: a cluster asks for none, found an "@"`)
  if (/[?#]/.test(rest)) return wrong(`${expected} without parameters, found ${found(text)}`)
  const slash = rest.indexOf('/')
  const [hosts, cluster] = slash < 0 ? [rest, CLUSTER] : [rest.slice(0, slash), rest.slice(slash + 1)]
  if (!/^[\w.-]+$/.test(cluster)) {
    return wrong(`expected the name of a cluster behind the "/", letters, digits and ._-, found ${found(cluster)}`)
  }
  const members = hosts.split(',')
  for (const member of members) {
    const problem = memberProblem(member)
    if (problem !== undefined) return wrong(problem)
  }
  const twice = members.find((member, i) => members.indexOf(member) !== i)
  if (twice !== undefined) return wrong(`expected every member once, found ${found(twice)} twice`)
  return { members, cluster }
}

/**
 * Where a cluster is that a URL names, `hazelcast://host:port[,host:port…][/cluster]`: for `hazelcastGrid`.
 *
 * @throws InputMistake when the text is none: with what was expected and what was found.
 */
export function readHazelcastUrl(text: string): HazelcastAddress {
  const problems: string[] = []
  const address = hazelcastAddress(text, (problem) => void problems.push(problem))
  if (address === undefined) throw new InputMistake(problems.map((message) => ({ place: 'url', message })))
  return address
}

export const SCHEME = 'hazelcast://'
const CLUSTER = 'dolphin'

function memberProblem(member: string): string | undefined {
  const [, port] = /^(?:[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?|\[[\da-fA-F:]+\]):(\d{1,5})$/.exec(member) ?? []
  if (port === undefined) return `expected a member as host:port, such as 127.0.0.1:5701, found ${found(member)}`
  if (Number(port) < 1 || Number(port) > 65_535) {
    return `expected a port from 1 to 65535, found ${found(member)}`
  }
  return undefined
}
