// Writes the first migration from sql/, then docs/schema.sql and docs/schema.graphql from a freshly migrated database:
// `npm run schema`.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from '../src/db/connection.ts'
import { printGraphql } from '../src/http/graphql/print.ts'
import { writeFirstMigration } from './first_migration.ts'
import { CLIENT_TYPES, clientTypes } from './helper/client.ts'
import { ROOT } from './helper/files.ts'
import { dumpSchema } from './helper/schema.ts'
import { databaseUrl, prepare, TEMPLATE } from './helper/server.ts'
import { throwAwayServer } from './helper/throwaway.ts'

writeFirstMigration()
const server = await throwAwayServer()
try {
  await prepare(server.url)
  const url = databaseUrl(server.url, TEMPLATE)
  const sql = connect(url, { max: 1 })
  writeFileSync(join(ROOT, 'docs/schema.sql'), await dumpSchema(sql))
  await sql.end()
  const graphql = await printGraphql(url)
  writeFileSync(join(ROOT, 'docs/schema.graphql'), graphql)
  writeFileSync(join(ROOT, CLIENT_TYPES), clientTypes(graphql))
} finally {
  await server.release()
}
