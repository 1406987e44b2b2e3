// docs/custom-rules.md does what it says: its SQL is run as it stands, by the people it names, and prints what it shows.
import { test } from 'tap'
import { banco } from '../helper/database.ts'
import { blocos, comandos, tabela } from '../helper/document.ts'
import type { PEOPLE } from '../helper/server.ts'

const PAGE = 'docs/custom-rules.md'

test('a rule of one’s own, as the page tells it', async (t) => {
  const { sql, como } = await banco(t)
  const people = new Map<string, typeof sql>([['dba', sql]])
  for (const { pessoa, sql: block, saida } of blocos(PAGE)) {
    const by = people.get(pessoa) ?? como(pessoa as keyof typeof PEOPLE)
    people.set(pessoa, by)
    const printed: string[] = []
    for (const command of comandos(block)) printed.push(...(await print(by, command)))
    t.equal(printed.join('\n'), saida.trimEnd(), block)
  }
  t.ok(people.size > 3, 'several people')
})

test('the rule of the page fits on a screen', async (t) => {
  const rule = blocos(PAGE).find(({ sql }) => sql.includes('create function'))?.sql ?? ''
  t.ok(rule.split('\n').length <= 40, `${rule.split('\n').length} lines`)
})

async function print(by: Awaited<ReturnType<typeof banco>>['sql'], command: string): Promise<string[]> {
  try {
    const result = await by.unsafe(command).values()
    const columns = result.columns ?? []
    return columns.length > 0 ? [tabela(columns, result)] : []
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    return [`${code}: ${message}`]
  }
}
