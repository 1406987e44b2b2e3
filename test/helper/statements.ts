// The statements that the server runs over a table, as it parsed them: those inside functions too, with every name resolved.

import postgres from 'postgres'
import type { Test } from 'tap'

/** A node of a parsed statement; its fields hold nodes, lists and words. */
export interface Tree {
  readonly node: string
  readonly [field: string]: Part
}
type Part = Tree | readonly Part[] | string

export interface Statement {
  readonly tree: Tree
  /** The function and line in which it stands. */
  readonly where: string
}

export const isTree = (part: Part | undefined): part is Tree =>
  typeof part === 'object' && !Array.isArray(part)

/** The tree that debug_print_rewritten writes: `{NAME :field part …}`, `(list …)`, `<>` for nothing. */
export function readTree(text: string): Part[] {
  const tokens = text.match(/(?:\\[\s\S]|[^\\\s(){}])+|[(){}]/g) ?? []
  let at = 0
  const parts = (end: string | undefined): Part[] => {
    const read: Part[] = []
    while (at < tokens.length && tokens[at] !== end) read.push(part())
    at++
    return read
  }
  const part = (): Part => {
    const token = tokens[at++] as string
    if (token === '(') return parts(')')
    return token === '{' ? node() : token
  }
  const node = (): Tree => {
    const tree: Record<string, Part> = { node: tokens[at++] as string }
    while (at < tokens.length && tokens[at] !== '}') {
      const field = (tokens[at++] as string).replace(/^:/, '')
      const words: Part[] = []
      while (at < tokens.length && tokens[at] !== '}' && !/^:./.test(tokens[at] as string)) words.push(part())
      tree[field] = words.length === 1 ? (words[0] as Part) : words
    }
    at++
    return tree as Tree
  }
  return parts(undefined)
}

/** Every node of a part, from the outside in. */
export function* nodes(part: Part): Generator<Tree> {
  if (typeof part === 'string') return
  if (isTree(part)) yield part
  for (const inner of isTree(part) ? Object.values(part) : part) yield* nodes(inner)
}

/**
 * From now on, every connection to the database shows what it parses.
 * @returns a connection of a login, whose statements over the table are kept in the list
 */
export async function watchStatements(t: Pick<Test, 'teardown'>, url: string, table: string) {
  const database = new URL(url).pathname.slice(1)
  const setup = postgres(url, { max: 1, onnotice: () => {} })
  // our functions quiet the messages of their own statements
  await setup.unsafe(`do $$ begin execute (
      select string_agg(format('alter function %s reset client_min_messages', p.oid::regprocedure), ';')
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'audit_interno' and p.proname not in ('escrever', 'preparar', 'disparar_adiados') and exists (
        select from unnest(p.proconfig) as c where c like 'client_min_messages=%')); end $$;
    alter database ${database} set debug_print_rewritten = on;
    alter database ${database} set debug_pretty_print = off;
    alter database ${database} set client_min_messages = log;
    alter database ${database} set log_min_messages = panic`)
  const [found] = await setup`select ${table}::regclass::oid::int as oid`
  await setup.end()
  const named = new RegExp(`:relid\\s+${found?.['oid']}\\s`)
  const statements: Statement[] = []
  const seen = new Set<string>()
  const connectTo = (login: string, password: string) => {
    const to = new URL(url)
    to.username = login
    to.password = password
    const sql = postgres(to.href, {
      max: 1,
      fetch_types: false,
      onnotice: ({ message, detail, where }) => {
        if (message !== 'rewritten parse tree:' || !detail || seen.has(detail) || !named.test(detail)) return
        seen.add(detail)
        for (const tree of readTree(detail).flat())
          if (isTree(tree)) statements.push({ tree, where: where?.split('\n')[0] ?? '' })
      },
    })
    t.teardown(() => sql.end({ timeout: 5 }))
    return sql
  }
  return { statements, connectTo }
}
