import { join } from 'node:path'
import ts from 'typescript'

const ROOT = join(import.meta.dirname, '..', '..')

/**
 * Public numeric fields of what the entries export that say their unit nowhere: neither in a comment (their own, or that of
 * the field or the member of a union that they are nested in) nor by a unit at the end of their name. `file: Type.field`, in alphabetical order.
 */
export function undocumentedNumbers({ checker, declarations }: Surface): string[] {
  const found = new Set<string>()
  const seen = new Set<ts.Node>()

  /** Types are written where they are declared: a walk over the tree finds the fields of nested ones, too. */
  function walk(node: ts.Node, name: string): void {
    if (seen.has(node)) return
    seen.add(node)
    ts.forEachChild(node, function visit(child): void {
      if (ts.isFunctionLike(child) && !ts.isFunctionTypeNode(child) && !ts.isMethodSignature(child)) return
      if (isProperty(child)) look(child, name)
      ts.forEachChild(child, visit)
    })
  }

  function look(field: Property, name: string): void {
    if (!isNumeric(field)) return
    if (UNIT.test(field.name.getText())) return
    for (let at: ts.Node = field; at.parent !== undefined; at = at.parent) {
      if (isProperty(at) && (!isPublic(at) || isDocumented(at))) return
      if (ts.isUnionTypeNode(at.parent) && isMemberDocumented(at.parent, at as ts.TypeNode)) return
    }
    found.add(`${field.getSourceFile().fileName.slice(ROOT.length + 1)}: ${name}.${field.name.getText()}`)
  }

  function isDocumented(field: Property): boolean {
    const comment = checker.getSymbolAtLocation(field.name)?.getDocumentationComment(checker)
    return comment !== undefined && comment.length > 0
  }

  function isNumeric(field: Property): boolean {
    const type = checker.getTypeAtLocation(field)
    const parts = type.isUnion() ? type.types : [type]
    const isUnit = parts.every((part) => part.isNumberLiteral() || (part.flags & NOTHING) !== 0)
    return (
      !isUnit &&
      parts.some((part) => (part.flags & ts.TypeFlags.NumberLike) !== 0 || part.aliasSymbol?.name === 'DecimalText')
    )
  }

  for (const [name, declaration] of declarations) walk(declaration, name)
  return [...found].sort()
}

/**
 * Exported functions, constructors and methods whose own body throws or refuses, and whose comment does not say what:
 * `file: name`, in alphabetical order.
 */
export function silentThrowers({ declarations }: Surface): string[] {
  const found = new Set<string>()
  for (const [name, declaration] of declarations) {
    const members: readonly ts.NamedDeclaration[] = ts.isClassDeclaration(declaration)
      ? declaration.members
      : [declaration]
    for (const member of members) {
      if (!isCallable(member) || member.body === undefined || !isPublic(member) || !throws(member.body)) continue
      const overloads = members.filter(
        (other) => other.kind === member.kind && other.name?.getText() === member.name?.getText(),
      )
      const comments = overloads.flatMap((other) =>
        ts.getJSDocCommentsAndTags(other).map((comment) => comment.getText()),
      )
      if (comments.some((comment) => /@throws|\b(?:throws?|refuses?|rejects?|refused)\b/i.test(comment))) continue
      const which = member === declaration ? name : `${name}.${member.name?.getText() ?? 'constructor'}`
      found.add(`${member.getSourceFile().fileName.slice(ROOT.length + 1)}: ${which}`)
    }
  }
  return [...found].sort()
}

/** What the entries export, with the names that it has there. */
export interface Surface {
  readonly checker: ts.TypeChecker
  readonly declarations: readonly (readonly [name: string, declaration: ts.Declaration])[]
}

/** Of ours alone: what a package that we use declares is its own to document. */
export function surfaceOf(entries: readonly string[]): Surface {
  const config = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile).config as object
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT)
  const program = ts.createProgram(
    entries.map((entry) => join(ROOT, entry)),
    options,
  )
  const checker = program.getTypeChecker()
  const declarations = entries.flatMap((entry) => {
    const file = program.getSourceFile(join(ROOT, entry))!
    return checker.getExportsOfModule(checker.getSymbolAtLocation(file)!).flatMap((exported) => {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
      return (symbol.declarations ?? [])
        .filter((declaration) => declaration.getSourceFile().fileName.startsWith(join(ROOT, 'src')))
        .map((declaration) => [exported.name, declaration] as const)
    })
  })
  return { checker, declarations }
}

type Callable = ts.FunctionDeclaration | ts.MethodDeclaration | ts.ConstructorDeclaration

function isCallable(node: ts.Node): node is Callable {
  return ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isConstructorDeclaration(node)
}

/** In the body itself, not in the functions that it makes or calls; an assert is about a defect of ours. */
function throws(body: ts.Node): boolean {
  let does = false
  ts.forEachChild(body, function visit(node): void {
    if (ts.isFunctionLike(node)) return
    const isRefusal = ts.isCallExpression(node) && /^refuse/.test(node.expression.getText())
    does ||= ts.isThrowStatement(node) || isRefusal
    ts.forEachChild(node, visit)
  })
  return does
}

type Property = ts.PropertySignature | ts.PropertyDeclaration

/** Milliseconds, UTC where an `At` stands before it (`docs/glossary.md`); seconds; US dollars; basis points; fractions, percent; how many; bytes. */
const UNIT = /(?:Ms|Sec|Usd|Bps|Frac|Pct|Ratio|Count|[bB]ytes(?:Max|Written)?)$/

const NOTHING = ts.TypeFlags.Null | ts.TypeFlags.Undefined

function isProperty(node: ts.Node): node is Property {
  return ts.isPropertySignature(node) || ts.isPropertyDeclaration(node)
}

/** A comment in front of a member's bar is about the member, though no symbol has it. */
function isMemberDocumented(union: ts.UnionTypeNode, member: ts.TypeNode): boolean {
  const before = union.types[union.types.indexOf(member) - 1]
  const text = union.getSourceFile().text.slice(before?.end ?? union.pos, member.getStart())
  return text.includes('/**')
}

function isPublic(member: Property | Callable): boolean {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected
  const isHash = member.name !== undefined && ts.isPrivateIdentifier(member.name)
  return !isHash && (ts.getCombinedModifierFlags(member) & hidden) === 0
}
