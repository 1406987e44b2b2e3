// What the API offers is what docs/schema.graphql says.
import { buildSchema, isObjectType } from 'postgraphile/graphql'
import { test } from 'tap'
import { HIDDEN_COLUMNS, TABLES } from '../../src/http/graphql/names.ts'
import { printGraphql } from '../../src/http/graphql/print.ts'
import { testDatabase } from '../helper/database.ts'
import { read } from '../helper/files.ts'

test('docs/schema.graphql is what /graphql offers', async (t) => {
  const { url } = await testDatabase(t)
  t.equal(await printGraphql(url), read('docs/schema.graphql'), 'run `npm run schema`')
})

test('internal columns are not shown', async (t) => {
  const schema = buildSchema(read('docs/schema.graphql'))
  const camel = (snake: string) => snake.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
  for (const column of HIDDEN_COLUMNS) {
    const [relation = '', name = ''] = column.split('.')
    const [one = ''] = TABLES[relation] ?? []
    const type = schema.getType(camel(`_${one}`))
    if (!isObjectType(type)) throw new Error(`${relation} is not shown at all`)
    t.notOk(camel(name) in type.getFields(), column)
  }
})
