import { minifyIntrospection, outputIntrospectionFile } from '@gql.tada/internal'
import { buildSchema, introspectionFromSchema } from 'graphql'

/** Types of GraphQL's schema for the TypeScript client of docs/api.md. */
export const CLIENT_TYPES = 'docs/examples/typescript/graphql-env.d.ts'

export function clientTypes(schema: string): string {
  const introspection = minifyIntrospection(
    introspectionFromSchema(buildSchema(schema), { descriptions: false }),
  )
  return outputIntrospectionFile(introspection, { fileType: '.d.ts', shouldPreprocess: true })
}
