// What waits for a person, largest amounts first, over GraphQL. Types follow from the query and the schema: misspell a field,
// and `npx tsc -p docs/examples/typescript` refuses it.
import { initGraphQLTada, type ResultOf, type TadaDocumentNode } from 'gql.tada'
import { print } from 'graphql'
import type { introspection } from './graphql-env.d.ts'

const graphql = initGraphQLTada<{
  introspection: introspection
  // Amounts and keys are decimal texts: a double would round them.
  scalars: { BigInt: string; BigFloat: string; Cursor: string; Date: string; Datetime: string; JSON: unknown }
}>()

const Waiting = graphql(`
  query Waiting($first: Int!, $after: Cursor) {
    divergenciasAbertas(first: $first, after: $after, orderBy: [VALOR_EM_RISCO_DESC, ID_DESC]) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        regra
        registroId
        valorEmRisco
        confianca
        justificativa
      }
    }
  }
`)

const { CONFERENTE_API = 'http://127.0.0.1:8000', CONFERENTE_TOKEN = '' } = process.env

async function ask<Result, Variables>(
  document: TadaDocumentNode<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  const response = await fetch(`${CONFERENTE_API}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${CONFERENTE_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: print(document), variables }),
  })
  const { data, errors, detail } = (await response.json()) as {
    data?: Result
    errors?: { message: string }[]
    detail?: string
  }
  if (data === undefined || data === null || errors !== undefined) {
    throw new Error(errors?.map(({ message }) => message).join('; ') ?? detail ?? response.statusText)
  }
  return data
}

let after: string | null = null
do {
  const { divergenciasAbertas: page }: ResultOf<typeof Waiting> = await ask(Waiting, { first: 50, after })
  for (const finding of page?.nodes ?? []) {
    if (finding === null) continue
    console.log(
      `${finding.id}\t${finding.regra}\t${finding.registroId}\t${finding.valorEmRisco}\t${finding.justificativa}`,
    )
  }
  after = page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
} while (after !== null)
