import { Ajv, type ErrorObject } from 'ajv'
import addFormats from 'ajv-formats'
import type { FastifyInstance, FastifySchemaCompiler } from 'fastify'
import type { Catalogue } from '../i18n/index.ts'
import { Problem } from './problem.ts'

/** Refuses unknown names rather than dropping them: a filter with a typo must not answer as if it were not there. */
export function installValidation(app: FastifyInstance): void {
  const options = { strict: false, verbose: true, useDefaults: true } as const
  const ofText = new Ajv({ ...options, coerceTypes: 'array' })
  const ofJson = new Ajv(options)
  // ajv-formats is CommonJS, and its default export is missing from its types.
  for (const ajv of [ofText, ofJson]) (addFormats as unknown as (ajv: Ajv) => void)(ajv)
  const compiler: FastifySchemaCompiler<object> = ({ schema, httpPart }) =>
    (httpPart === 'body' ? ofJson : ofText).compile(schema)
  app.setValidatorCompiler(compiler)
}

/** A request that does not fit its schema: which value, where, and what would be right. */
export function validationProblem(
  { rest }: Catalogue,
  { validation, validationContext = '' }: { validation?: unknown; validationContext?: string | undefined },
): Problem {
  const [error] = validation as ErrorObject[]
  const place = rest.place[validationContext] ?? validationContext
  if (error === undefined) return new Problem(400, rest.invalid(place, ''))
  const { keyword, params, instancePath, parentSchema = {} } = error
  const name = instancePath.slice(1)
  if (keyword === 'additionalProperties') {
    const unknown = String(params['additionalProperty']).slice(0, 100)
    const known = Object.keys((parentSchema['properties'] as object | undefined) ?? {}).join(', ')
    return new Problem(400, rest.unknownName(place, unknown), { hint: rest.expected.names(known) })
  }
  if (keyword === 'required') {
    const missing = String(params['missingProperty'])
    const properties = parentSchema['properties'] as Record<string, { description?: string }> | undefined
    return new Problem(400, rest.missingName(place, missing), { hint: properties?.[missing]?.description })
  }
  return new Problem(400, rest.invalid(place, name), { hint: expectation(rest.expected, keyword, params) })
}

function expectation(
  expected: Catalogue['rest']['expected'],
  keyword: string,
  params: Record<string, unknown>,
): string | undefined {
  const limit = Number(params['limit'])
  switch (keyword) {
    case 'enum':
      return expected.names((params['allowedValues'] as unknown[]).join(', '))
    case 'type':
      return expected.type(String(params['type']))
    case 'format':
      return expected.format(String(params['format']))
    case 'pattern':
      return expected.pattern
    case 'minimum':
    case 'maximum':
      return expected.limit(String(params['comparison']), limit)
    case 'minItems':
    case 'maxItems':
      return expected.items(limit, keyword === 'maxItems')
    case 'minLength':
    case 'maxLength':
      return expected.length(limit, keyword === 'maxLength')
    case 'uniqueItems':
      return expected.unique
    default:
      return undefined
  }
}
