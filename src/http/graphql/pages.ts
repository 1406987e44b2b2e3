import { type FieldArgs, lambda } from 'postgraphile/grafast'
import type { GraphQLEnumType } from 'postgraphile/graphql'
import { ORDERED } from './names.ts'

/** Rows of a page, by default and at most. */
export const PAGE = { usual: 50, most: 1000 } as const

interface Pageable {
  setFirst(step: unknown): void
  setLast(step: unknown): void
}

const size = ([first, last]: readonly unknown[]) =>
  typeof first === 'number' ? Math.min(first, PAGE.most) : typeof last === 'number' ? null : PAGE.usual
const backwards = (last: unknown) => (typeof last === 'number' ? Math.min(last, PAGE.most) : null)
const nothing = () => {}

/**
 * No list without an end: a connection gives `usual` rows by default, and never more than `most`. And no pages where there is no
 * order: for such functions PostGraphile forgets that their rows have a key and can be sorted by it.
 */
export const PagesPlugin: GraphileConfig.Plugin = {
  name: 'PagesPlugin',
  version: '1.0.0',
  after: ['PgFirstLastBeforeAfterArgsPlugin'],
  gather: {
    hooks: {
      pgProcedures_functionResourceOptions(_info, { pgProc, baseResourceOptions, functionResourceOptions }) {
        if (!ORDERED.includes(pgProc.proname) || !baseResourceOptions.uniques) return
        functionResourceOptions.uniques = baseResourceOptions.uniques
      },
    },
  },
  schema: {
    hooks: {
      GraphQLObjectType_fields_field_args_arg(arg, build, { scope: { argName, pgFieldResource } }) {
        if (argName !== 'orderBy' || !pgFieldResource?.parameters) return arg
        const { inflection } = build
        const orders = build.getTypeByName(
          inflection.orderByType(inflection.tableType(pgFieldResource.codec)),
        )
        const byKey = (orders as GraphQLEnumType).getValue('PRIMARY_KEY_ASC')
        return { ...arg, defaultValue: [byKey?.value] }
      },
      GraphQLObjectType_fields_field_args(args, _build, { scope }) {
        const { first, last } = args
        if (!scope.isPgFieldConnection || first === undefined) return args
        first.description = `Only the first \`n\` rows; ${PAGE.usual} unless told, at most ${PAGE.most}.`
        first.applyPlan = nothing
        if (last !== undefined) {
          last.description = `Only the last \`n\` rows; at most ${PAGE.most}.`
          last.applyPlan = nothing
        }
        return args
      },
      GraphQLObjectType_fields_field(field, _build, { scope }) {
        const { plan } = field
        if (!scope.isPgFieldConnection || plan === undefined) return field
        return {
          ...field,
          plan($parent, fieldArgs: FieldArgs, info) {
            const $rows = plan($parent, fieldArgs, info)
            const has = (name: string) => info.field.args.some((arg) => arg.name === name)
            if (!has('first')) return $rows
            const pageable = $rows as unknown as Pageable
            const $first = fieldArgs.getRaw('first')
            if (has('last')) {
              const $last = fieldArgs.getRaw('last')
              pageable.setFirst(lambda([$first, $last], size, true))
              pageable.setLast(lambda($last, backwards, true))
            } else {
              pageable.setFirst(lambda([$first], size, true))
            }
            return $rows
          },
        }
      },
    },
  },
}
